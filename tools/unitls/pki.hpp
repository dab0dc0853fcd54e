// Throw-away certificates, made by unitls-pki beside this program: nothing here links a crypto library.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace unitls::tool {

// A new authority and a server certificate under it, in a folder of their own that ends with this object.
class throw_away_pki {
public:
  // Throws failure when unitls-pki is missing or refuses.
  explicit throw_away_pki(const std::vector<std::string> &names);
  ~throw_away_pki();
  throw_away_pki(const throw_away_pki &) = delete;
  throw_away_pki &operator=(const throw_away_pki &) = delete;

  std::filesystem::path authority() const { return folder_ / "ca.pem"; }
  std::filesystem::path certificate() const { return folder_ / "leaf.pem"; }
  std::filesystem::path key() const { return folder_ / "leaf.key"; }

private:
  std::filesystem::path folder_;
};

} // namespace unitls::tool
