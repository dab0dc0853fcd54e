// Name constraints (RFC 5280, 4.2.1.10 and 6.1.4).
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_NAME_CONSTRAINTS_HPP
#define UNITLS_PLUGINS_COMMON_NAME_CONSTRAINTS_HPP

#include "path.hpp"

#include <cstdint>
#include <span>

namespace unitls::plugin {

// Constraints bind whether critical or not. Compared are DNS names, addresses and directory names, among them
// the subject, and the common name of a leaf that has no subjectAltName when it has a dot. A name of another
// form is refused as soon as it meets a constraint of its form, since nothing here could show that it is
// allowed. A wildcard is compared as it is written: "*.example.com" lies inside "example.com", not inside
// "a.example.com".
class name_constraint_check {
public:
  // Whether an issuer of the path forbids a name below it, has a critical constraint of a form that libraries
  // do not take, or there is more to compare than limits::name_comparisons.
  bool violated(const path &where) noexcept;

  // Of all paths so far.
  uint64_t comparisons() const noexcept { return comparisons_; }

private:
  bool charge(const certificate &issuer, const certificate &subject, uint64_t &spent) noexcept;

  uint64_t comparisons_ = 0;
};

// Whether a name lies within a constraint of the same form.
bool is_within(const general_name &constraint, const general_name &name) noexcept;

} // namespace unitls::plugin

#endif // UNITLS_PLUGINS_COMMON_NAME_CONSTRAINTS_HPP
