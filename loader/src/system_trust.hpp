// The system's trust anchors, found and read by the host for all backends, so that one bundle decides for all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unitls::loader {

// What was read at one moment, each PEM or DER (certificate_format). `generation` is not 0 and belongs to these bytes for ever.
struct system_trust {
  std::vector<std::string> bundles;
  std::uint64_t generation = 0;
};

// The store: what SSL_CERT_FILE and SSL_CERT_DIR name, if either is set, else the first of the usual bundles. Files
// are read once, and again when `stat` says that they changed. Throws a refusal on "trust" that names the file.
// [thread-safe]
std::shared_ptr<const system_trust> load_system_trust();

// The same for given places instead of the environment's; NULL is unset. Not cached beyond the last call's.
struct trust_places {
  const char *file = nullptr;
  const char *folders = nullptr; // separated by colons
};
std::shared_ptr<const system_trust> load_system_trust(const trust_places &places);

// Whether the environment may name another store.
enum class store_choice { environments, fixed };
std::shared_ptr<const system_trust> load_system_trust(store_choice choice);

// A number that no other bytes have had.
std::uint64_t next_trust_generation() noexcept;

} // namespace unitls::loader
