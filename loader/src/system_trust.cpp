#include "system_trust.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "refusal.hpp"
#include "regular_file.hpp"

namespace unitls::loader {
namespace {

constexpr std::size_t size_limit = std::size_t{16} << 20;
constexpr std::size_t file_limit = 4096; // in one folder

// Debian and its relatives, Fedora, openSUSE, RHEL, Alpine and the BSDs.
constexpr std::array usual_bundles{
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

[[noreturn]] void refuse(const std::string &sentence) {
  throw refusal("the system's trust store cannot be used: " + sentence, UNITLS_E_INVALID, "trust");
}

// What `stat` says about a file, as far as it tells that its content is the same.
struct file_facts {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified_seconds = 0;
  std::int64_t modified_nanoseconds = 0;
  std::int64_t changed_seconds = 0;
  std::int64_t changed_nanoseconds = 0;

  friend bool operator==(const file_facts &, const file_facts &) = default;
};

file_facts facts_of(const std::string &path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    refuse(printable(path) + ": " + std::generic_category().message(errno));
  }
  return {path,
          found.st_dev,
          found.st_ino,
          found.st_size,
          found.st_mtim.tv_sec,
          found.st_mtim.tv_nsec,
          found.st_ctim.tv_sec,
          found.st_ctim.tv_nsec};
}

// c_rehash's names ("a94d09e5.0") and what people call certificate files. Other files in such a folder are notes.
bool is_certificate_name(const std::filesystem::path &path) {
  const std::string extension = path.extension().string();
  if (extension == ".pem" || extension == ".crt" || extension == ".cer") {
    return true;
  }
  const std::string stem = path.stem().string();
  const auto all = [](std::string_view text, auto &&is) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [&](unsigned char c) { return is(c) != 0; });
  };
  return stem.size() == 8 && all(stem, [](unsigned char c) { return std::isxdigit(c); }) &&
         extension.size() > 1 &&
         all(std::string_view(extension).substr(1), [](unsigned char c) { return std::isdigit(c); });
}

// The certificate files of a folder, in byte order, each file once whatever the number of links to it.
void list_folder(const std::string &folder, std::vector<file_facts> &into) {
  std::error_code failure;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (is_certificate_name(at->path())) {
      names.push_back(at->path().string());
    }
    if (names.size() > file_limit) {
      refuse(printable(folder) + ": there are more than 4096 certificate files");
    }
  }
  if (failure) {
    refuse(printable(folder) + ": " + failure.message());
  }
  if (names.empty()) {
    refuse(printable(folder) + ": there is no certificate file (.pem, .crt, .cer or a hashed name)");
  }
  std::sort(names.begin(), names.end());
  std::set<std::pair<dev_t, ino_t>> seen;
  for (const auto &name : names) {
    auto facts = facts_of(name);
    if (seen.emplace(facts.device, facts.inode).second) {
      into.push_back(std::move(facts));
    }
  }
}

void list_folders(std::string_view folders, std::vector<file_facts> &into) {
  while (!folders.empty()) {
    const auto colon = std::min(folders.find(':'), folders.size());
    if (colon != 0) {
      list_folder(std::string(folders.substr(0, colon)), into);
    }
    folders.remove_prefix(std::min(colon + 1, folders.size()));
  }
}

bool is_set(const char *value) {
  return value != nullptr && *value != '\0';
}

std::vector<file_facts> list_files(const trust_places &places) {
  std::vector<file_facts> files;
  if (is_set(places.file)) {
    files.push_back(facts_of(places.file));
  }
  if (is_set(places.folders)) {
    list_folders(places.folders, files);
  }
  if (!files.empty()) {
    return files;
  }
  for (const char *path : usual_bundles) {
    struct stat found {};
    if (::stat(path, &found) == 0) {
      return {facts_of(path)};
    }
  }
  refuse(std::string("none of the usual files exists, the first being ") + usual_bundles.front() +
         "; install them (the package is often called ca-certificates) or set SSL_CERT_FILE");
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

std::string read_bundle(const std::string &path) {
  try {
    std::string pem = regular_file(path).read_all(size_limit);
    if (pem.empty()) {
      refuse(printable(path) + ": the file is empty");
    }
    if (!holds_certificate(pem)) {
      refuse(printable(path) + ": there is no PEM certificate in it");
    }
    return pem;
  } catch (const refusal &reason) {
    if (!reason.field().empty()) {
      throw;
    }
    refuse(reason.what());
  }
}

// A folder often holds both a bundle and, one by one, the certificates that it was made of.
bool is_contained(const std::vector<std::string> &bundles, const std::string &pem) {
  return std::any_of(bundles.begin(), bundles.end(),
                     [&pem](const std::string &bundle) { return bundle.find(pem) != std::string::npos; });
}

std::vector<std::string> read_bundles(const std::vector<file_facts> &files) {
  std::vector<std::string> bundles;
  for (const auto &file : files) {
    std::string pem = read_bundle(file.path);
    if (!is_contained(bundles, pem)) {
      bundles.push_back(std::move(pem));
    }
  }
  return bundles;
}

// The last store that was read, and the facts of its files.
class store_cache {
public:
  std::shared_ptr<const system_trust> get(const trust_places &places) {
    auto files = list_files(places);
    const std::lock_guard lock(mutex_);
    if (store_ != nullptr && files == files_) {
      return store_;
    }
    auto bundles = read_bundles(files);
    if (store_ == nullptr || bundles != store_->bundles) {
      store_ =
          std::make_shared<const system_trust>(system_trust{std::move(bundles), next_trust_generation()});
    }
    files_ = std::move(files);
    return store_;
  }

private:
  std::mutex mutex_;
  std::vector<file_facts> files_;
  std::shared_ptr<const system_trust> store_;
};

} // namespace

std::uint64_t next_trust_generation() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::shared_ptr<const system_trust> load_system_trust(const trust_places &places) {
  static store_cache cache;
  return cache.get(places);
}

std::shared_ptr<const system_trust> load_system_trust() {
  // An elevated process must not take its anchors from whoever started it.
  return load_system_trust({secure_getenv("SSL_CERT_FILE"), secure_getenv("SSL_CERT_DIR")});
}

} // namespace unitls::loader
