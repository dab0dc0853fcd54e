// Turns the trust that a program gave into the trust that a plugin gets: always blobs, never the word "system".
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <unitls/types.h>

#include "system_trust.hpp"

namespace unitls::loader {

class expanded_trust {
public:
  // `trust` may be NULL, which is the system's store for a client and nothing for a server. Throws a refusal on
  // "trust". Points into what it was given.
  static expanded_trust for_client(const unitls_trust *trust, store_choice choice);
  static expanded_trust for_server(const unitls_trust *trust, store_choice choice);

  expanded_trust(expanded_trust &&) noexcept = default;
  expanded_trust &operator=(expanded_trust &&) noexcept = default;

  // NULL when there is none.
  const unitls_trust *get() const noexcept { return native_.struct_size != 0 ? &native_ : nullptr; }

  // A plugin counts the blobs that it got. Counts those of the program again in the field of an error: an anchor of
  // the system's is "trust".
  void restore_field(unitls_error *err) const noexcept;

private:
  expanded_trust() = default;
  void add_system(store_choice choice);
  void add_anchors(const unitls_trust &trust);
  void add(const unitls_blob &blob, std::size_t given_as);
  void finish();

  std::shared_ptr<const system_trust> system_;
  std::vector<unitls_blob> blobs_;
  std::vector<std::size_t> given_as_; // of each blob, its index in the program's list
  unitls_trust native_{};
};

} // namespace unitls::loader
