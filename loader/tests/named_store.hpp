// A system's store of a test's own.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace unitls::testing {

// Makes one file or folder the system's store for one test case.
class named_store {
public:
  explicit named_store(const std::string &file, const std::string &folder = {}) {
    setenv("SSL_CERT_FILE", file.c_str(), 1); // empty is unset
    setenv("SSL_CERT_DIR", folder.c_str(), 1);
  }
  ~named_store() {
    restore("SSL_CERT_FILE", file_);
    restore("SSL_CERT_DIR", folder_);
  }
  named_store(const named_store &) = delete;
  named_store &operator=(const named_store &) = delete;

private:
  static std::optional<std::string> get(const char *name) {
    const char *value = std::getenv(name);
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  }
  static void restore(const char *name, const std::optional<std::string> &value) {
    if (value) {
      setenv(name, value->c_str(), 1);
    } else {
      unsetenv(name);
    }
  }

  const std::optional<std::string> file_ = get("SSL_CERT_FILE");
  const std::optional<std::string> folder_ = get("SSL_CERT_DIR");
};

} // namespace unitls::testing
