// unitls/plugin/general_names.hpp: lists of GeneralName (RFC 5280, 4.2.1.6) as ranges without allocation.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGIN_GENERAL_NAMES_HPP
#define UNITLS_PLUGIN_GENERAL_NAMES_HPP

#include <unitls/plugin/der.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace unitls::plugin {

// The numbers of the CHOICE.
enum class name_form : uint8_t {
  other_name = 0,
  rfc822_name = 1,
  dns_name = 2,
  x400_address = 3,
  directory_name = 4,
  edi_party_name = 5,
  uniform_resource_identifier = 6,
  ip_address = 7,
  registered_id = 8,
};

// Forms that are themselves constructed hold DER in `value`; directory_name holds a Name with identifier and
// length. The others hold the name's bytes, which may be anything.
struct general_name {
  name_form form = name_form::other_name;
  bytes value;
};

// A checked list. `for (general_name name : names)` cannot fail.
class general_names {
public:
  class iterator {
  public:
    iterator(bytes rest, bool in_subtrees) noexcept : rest_(rest), in_subtrees_(in_subtrees) {}
    general_name operator*() const noexcept;
    iterator &operator++() noexcept;
    bool operator!=(const iterator &other) const noexcept { return rest_.size() != other.rest_.size(); }

  private:
    bytes rest_;
    bool in_subtrees_;
  };

  general_names() = default;

  // GeneralNames: content of the SEQUENCE, whose addresses have 4 or 16 bytes. Empty: malformed or no name.
  static std::optional<general_names> of_names(bytes content) noexcept;
  // GeneralSubtrees (RFC 5280, 4.2.1.10): content of the SEQUENCE, whose addresses have 8 or 32 bytes and
  // whose minimum and maximum are absent. Empty: malformed or no subtree.
  static std::optional<general_names> of_subtrees(bytes content) noexcept;

  size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  iterator begin() const noexcept { return {content_, in_subtrees_}; }
  iterator end() const noexcept { return {{}, in_subtrees_}; }

private:
  static std::optional<general_names> check(bytes content, bool in_subtrees) noexcept;

  bytes content_;
  size_t size_ = 0;
  bool in_subtrees_ = false;
};

// Whether `name` (with identifier and length) is a Name: a sequence of sets of types and values.
bool is_distinguished_name(bytes name) noexcept;

// Content of the first common name in a Name (with identifier and length); empty when there is none. For
// display, and for name constraints on certificates without a subjectAltName; never for matching a reference
// name.
bytes common_name_of(bytes name) noexcept;

} // namespace unitls::plugin

#endif // UNITLS_PLUGIN_GENERAL_NAMES_HPP
