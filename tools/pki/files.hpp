#pragma once

#include "crypto.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace unitls::pki {

enum class FileKind { certificate, private_key, crl, chain };

[[nodiscard]] std::string_view name_of(FileKind kind);

/// A file to write. The content stays inside OpenSSL's buffer, which is wiped when it is freed.
struct OutputFile {
  FileKind kind;
  std::string id;
  std::string name;
  BioPtr content;
};

/// Collects all files first, so that nothing is written when anything is wrong.
class OutputFiles {
public:
  /// Throws Failure with `where` if another entry already makes a file of this name.
  void add(OutputFile file, const std::string &where);

  /// Creates the directory and every file in it; private keys are readable by the owner only. A file that is
  /// there already is an error, or with `force` is replaced.
  void write(const std::filesystem::path &directory, bool force) const;

  [[nodiscard]] const std::vector<OutputFile> &all() const noexcept { return files_; }

private:
  std::vector<OutputFile> files_;
  std::set<std::string> names_;
};

} // namespace unitls::pki
