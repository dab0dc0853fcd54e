#include "certificate_folder.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include <unitls/unitls.h>

#include "refusal.hpp"
#include "regular_file.hpp"

namespace unitls::loader {
namespace {

constexpr std::size_t size_limit = std::size_t{16} << 20; // of one file, and of a folder's files together
constexpr std::size_t file_limit = 4096;                  // in one folder

[[noreturn]] void refuse(const std::string &path, const std::string &what) {
  throw refusal(printable(path) + ": " + what, UNITLS_E_INVALID);
}

bool is_hash_name(const std::filesystem::path &path) {
  const auto all = [](std::string_view text, auto &&is) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [&](unsigned char c) { return is(c) != 0; });
  };
  const std::string stem = path.stem().string();
  const std::string extension = path.extension().string();
  return stem.size() == 8 && all(stem, [](unsigned char c) { return std::isxdigit(c); }) &&
         extension.size() > 1 &&
         all(std::string_view(extension).substr(1), [](unsigned char c) { return std::isdigit(c); });
}

// c_rehash's names ("a94d09e5.0") and what people call certificate files. Other files in such a folder are notes.
bool is_certificate_name(const std::filesystem::path &path) {
  const std::string extension = path.extension().string();
  return extension == ".pem" || extension == ".crt" || extension == ".cer" || extension == ".der" ||
         is_hash_name(path);
}

// In byte order.
std::vector<std::string> certificate_names(const std::string &folder) {
  std::error_code failure;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (is_certificate_name(at->path())) {
      names.push_back(at->path().string());
    }
    if (names.size() > file_limit) {
      refuse(folder, "there are more than 4096 certificate files");
    }
  }
  if (failure) {
    refuse(folder, failure.message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool holds_certificate(std::string_view pem) {
  for (const std::string_view label : {"CERTIFICATE-----", "TRUSTED CERTIFICATE-----"}) {
    const auto begin = pem.find("-----BEGIN " + std::string(label));
    if (begin != std::string_view::npos && pem.find("-----END " + std::string(label), begin) != pem.npos) {
      return true;
    }
  }
  return false;
}

// A certificate is a SEQUENCE of more than 127 bytes (X.690, 8.1).
bool looks_like_der(std::string_view content) {
  return content.size() > 2 && content[0] == '\x30' && (static_cast<unsigned char>(content[1]) & 0x80U) != 0;
}

} // namespace

file_facts facts_of(const std::string &path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    refuse(path, std::generic_category().message(errno));
  }
  return {path,
          found.st_dev,
          found.st_ino,
          found.st_mode,
          found.st_size,
          found.st_mtim.tv_sec,
          found.st_mtim.tv_nsec,
          found.st_ctim.tv_sec,
          found.st_ctim.tv_nsec};
}

std::vector<file_facts> list_certificate_files(const std::string &folder) {
  std::vector<file_facts> files;
  std::set<std::pair<dev_t, ino_t>> seen;
  std::uint64_t total = 0;
  for (const auto &name : certificate_names(folder)) {
    auto facts = facts_of(name);
    if (!S_ISREG(facts.mode) || !seen.emplace(facts.device, facts.inode).second) {
      continue;
    }
    total += static_cast<std::uint64_t>(facts.size);
    if (total > size_limit) {
      refuse(folder, "the certificate files have more than 16 MiB together");
    }
    files.push_back(std::move(facts));
  }
  if (files.empty()) {
    refuse(folder, "there is no certificate file (.pem, .crt, .cer, .der or a hashed name)");
  }
  return files;
}

std::uint32_t certificate_format(std::string_view content) noexcept {
  constexpr std::string_view begin = "-----BEGIN ";
  for (auto at = content.find(begin); at != content.npos; at = content.find(begin, at + 1)) {
    if (at == 0 || content[at - 1] == '\n' || content[at - 1] == '\r') {
      return UNITLS_FORMAT_PEM;
    }
  }
  return UNITLS_FORMAT_DER;
}

certificate_file read_certificate_file(const std::string &path) {
  certificate_file file{path, regular_file(path).read_all(size_limit)};
  if (file.content.empty()) {
    refuse(path, "the file is empty");
  }
  const bool is_pem = certificate_format(file.content) == UNITLS_FORMAT_PEM;
  if (is_pem && !holds_certificate(file.content)) {
    refuse(path, "there is no PEM certificate in it");
  }
  if (!is_pem && !looks_like_der(file.content)) {
    refuse(path, "there is no certificate in it, neither PEM nor DER");
  }
  return file;
}

std::vector<certificate_file> read_certificate_folder(const std::string &folder) {
  std::vector<certificate_file> files;
  std::set<std::string> seen;
  for (const auto &listed : list_certificate_files(folder)) {
    auto file = read_certificate_file(listed.path);
    if (seen.insert(file.content).second) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

namespace {

struct release_buffer {
  void operator()(unitls_buffer *buffer) const noexcept { unitls_buffer_release(buffer); }
};

unitls_status give(const certificate_file &file, unitls_buffer_sink sink, void *user, unitls_error *err) {
  unitls_buffer *made = nullptr;
  const auto status = unitls_buffer_create(reinterpret_cast<const std::uint8_t *>(file.content.data()),
                                           file.content.size(), 0, &made, err);
  const std::unique_ptr<unitls_buffer, release_buffer> owned(made);
  return status == UNITLS_OK ? sink(user, file.path.c_str(), made) : status;
}

unitls_status give_folder(const char *path, unitls_buffer_sink sink, void *user, unitls_error *err) {
  for (const auto &file : read_certificate_folder(path)) {
    if (const auto status = give(file, sink, user, err); status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

} // namespace
} // namespace unitls::loader

extern "C" unitls_status unitls_trust_read_folder(const char *path, unitls_buffer_sink sink, void *user,
                                                  unitls_error *err) {
  try {
    return unitls::loader::give_folder(path, sink, user, err);
  } catch (...) {
    return unitls::loader::report_current_exception(err);
  }
}
