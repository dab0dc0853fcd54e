// unitls/plugin/anchor_store.hpp: whom to trust, parsed once and shared by all contexts and threads.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_ANCHOR_STORE_HPP
#define UNITLS_PLUGIN_ANCHOR_STORE_HPP

#include <unitls/plugin/certificate.hpp>
#include <unitls/plugin/presented_chain.hpp>
#include <unitls/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace unitls::plugin {

// One trusted certificate, root or not. Lives as long as its store, at the same address.
struct anchor {
  certificate parsed;
  // Position in the store: the order of preference.
  size_t index = 0;
};

// An immutable set of anchors. It owns copies of their bytes. Everything const is [thread-safe].
class anchor_store {
public:
  // Frees what a backend's `make` returned (see native()).
  using native_deleter = void (*)(void *) noexcept;

  // An entry that was left out, by its position in what create() was given.
  struct rejection {
    size_t position = 0;
    malformation why = malformation::none;
  };

  // How many anchors candidates() names at most. Some libraries try every same-named anchor, at 1 to 2 ms
  // each.
  static constexpr size_t candidates_max = 32;

  // Copies and parses the certificates, each one DER structure. Malformed ones are left out and listed in
  // rejections(), repeated ones are left out silently. `deleter` may be null when native() is never called.
  // May throw std::bad_alloc.
  static std::shared_ptr<const anchor_store> create(std::span<const unitls_bytes> certificates,
                                                    native_deleter deleter);
  ~anchor_store();
  anchor_store(const anchor_store &) = delete;
  anchor_store &operator=(const anchor_store &) = delete;

  std::span<const anchor> anchors() const noexcept { return anchors_; }
  size_t size() const noexcept { return anchors_.size(); }
  bool empty() const noexcept { return anchors_.empty(); }
  std::span<const rejection> rejections() const noexcept { return rejections_; }

  // The anchor with exactly these bytes; nullptr when there is none.
  const anchor *find(bytes der) const noexcept;
  bool contains(bytes der) const noexcept { return find(der) != nullptr; }

  // The anchors with this subject (a Name with identifier and length), in store order.
  std::span<const anchor *const> by_subject(bytes name) const noexcept;

  // The anchors that can matter to this chain, in store order: those that are one of its entries, and those
  // whose subject is the issuer of one. At most candidates_max, those of earlier entries first. May throw
  // std::bad_alloc.
  std::vector<const anchor *> candidates(const presented_chain &chain) const;

  // The library's own object for an anchor of this store. It is made by `make(const certificate &) -> void *`
  // when it is first asked for, and then shared by everybody until the store ends. Two threads may make it at
  // the same time; one result is kept and the other deleted. When `make` returns nullptr, so does this, and
  // the next call tries again.
  template <class Make>
  void *native(const anchor &entry, Make &&make) const {
    std::atomic<void *> &slot = natives_[entry.index];
    if (void *made = slot.load(std::memory_order_acquire))
      return made;
    return keep(slot, std::forward<Make>(make)(entry.parsed));
  }

private:
  anchor_store(std::span<const unitls_bytes> certificates, native_deleter deleter);
  void add(bytes der, size_t position);
  void index_subjects();
  void *keep(std::atomic<void *> &slot, void *made) const noexcept;

  std::vector<uint8_t> storage_;
  std::vector<anchor> anchors_;
  std::vector<rejection> rejections_;
  std::unordered_map<std::string_view, const anchor *> by_der_;
  // Anchors sorted by subject, and where in it each subject's run lies.
  std::vector<const anchor *> sorted_;
  std::unordered_map<std::string_view, std::span<const anchor *const>> by_subject_;
  std::unique_ptr<std::atomic<void *>[]> natives_;
  native_deleter deleter_ = nullptr;
};

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_ANCHOR_STORE_HPP
