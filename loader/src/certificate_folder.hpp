// Files and folders with trust anchors: the system's and a program's own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace unitls::loader {

// What `stat` says about a file, as far as it tells that its content is the same.
struct file_facts {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
  mode_t mode = 0;
  off_t size = 0;
  std::int64_t modified_seconds = 0;
  std::int64_t modified_nanoseconds = 0;
  std::int64_t changed_seconds = 0;
  std::int64_t changed_nanoseconds = 0;

  friend bool operator==(const file_facts &, const file_facts &) = default;
};

// All functions here throw a refusal "PATH: ..." without a field.
file_facts facts_of(const std::string &path);

// The certificate files of a folder, in byte order, each file once whatever the number of links to it. Bounded in
// their number and in their sizes together; a folder without any is refused.
std::vector<file_facts> list_certificate_files(const std::string &folder);

// UNITLS_FORMAT_PEM or UNITLS_FORMAT_DER: whether a line begins as PEM does (RFC 7468, 2).
std::uint32_t certificate_format(std::string_view content) noexcept;

struct certificate_file {
  std::string path;
  std::string content;
};

// Reads a file that holds certificates, as far as can be seen without parsing them.
certificate_file read_certificate_file(const std::string &path);

// What list_certificate_files names, read; equal contents once.
std::vector<certificate_file> read_certificate_folder(const std::string &folder);

} // namespace unitls::loader
