#include "system_trust.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "certificate_folder.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

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

// A refusal from below names the file alone.
template <class Step>
auto as_trust(const Step &step) {
  try {
    return step();
  } catch (const refusal &reason) {
    refuse(reason.what());
  }
}

void list_folders(std::string_view folders, std::vector<file_facts> &into) {
  while (!folders.empty()) {
    const auto colon = std::min(folders.find(':'), folders.size());
    if (colon != 0) {
      const auto files =
          as_trust([&] { return list_certificate_files(std::string(folders.substr(0, colon))); });
      into.insert(into.end(), files.begin(), files.end());
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
    files.push_back(as_trust([&] { return facts_of(places.file); }));
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
      return {as_trust([&] { return facts_of(path); })};
    }
  }
  refuse(std::string("none of the usual files exists, the first being ") + usual_bundles.front() +
         "; install them (the package is often called ca-certificates) or set SSL_CERT_FILE");
}

// A folder often holds both a bundle and, one by one, the certificates that it was made of.
bool is_contained(const std::vector<std::string> &bundles, const std::string &pem) {
  return std::any_of(bundles.begin(), bundles.end(),
                     [&pem](const std::string &bundle) { return bundle.find(pem) != std::string::npos; });
}

std::vector<std::string> read_bundles(const std::vector<file_facts> &files) {
  std::vector<std::string> bundles;
  for (const auto &file : files) {
    std::string content = as_trust([&] { return read_certificate_file(file.path); }).content;
    if (!is_contained(bundles, content)) {
      bundles.push_back(std::move(content));
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

std::shared_ptr<const system_trust> load_system_trust(store_choice choice) {
  return choice == store_choice::fixed ? load_system_trust(trust_places{}) : load_system_trust();
}

} // namespace unitls::loader
