// Keys and certificates of the cases, made anew for each run by unitls-pki beside this program: nothing expires in the
// tree, and nothing here links a crypto library.
#pragma once

#include <filesystem>
#include <string>

namespace unitls::conformance {

// A folder with the standard set of unitls-pki and extra_certificates. Throws std::runtime_error and std::system_error.
class certificate_folder {
public:
  // `kept` is taken as it is when it exists, and made when it does not; it stays. An empty one stands for a new folder
  // that ends with this object.
  explicit certificate_folder(const std::string &kept = {});
  ~certificate_folder();
  certificate_folder(const certificate_folder &) = delete;
  certificate_folder &operator=(const certificate_folder &) = delete;

  std::string path() const { return path_.string(); }

private:
  std::filesystem::path path_;
  bool is_kept_ = false;
};

// Where the cases of this process find them.
void use_certificates(const std::string &folder);

// The PEM text of a file of the set: "server.pem", "server.key". Lives until the process ends. Throws
// std::runtime_error.
const std::string &certificate_text(const std::string &file);

} // namespace unitls::conformance
