// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "name_constraints.hpp"

#include <algorithm>

namespace unitls::plugin {

namespace {

char lower(char c) noexcept {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool ends_with_without_case(std::string_view text, std::string_view ending) noexcept {
  return text.size() >= ending.size() &&
         std::equal(ending.begin(), ending.end(), text.end() - static_cast<std::ptrdiff_t>(ending.size()),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// A leading dot of the constraint is ignored, as it is by everybody.
bool is_dns_name_within(std::string_view parent, std::string_view name) noexcept {
  if (parent.starts_with('.'))
    parent.remove_prefix(1);
  if (parent.empty())
    return true;
  if (!ends_with_without_case(name, parent))
    return false;
  return name.size() == parent.size() || name[name.size() - parent.size() - 1] == '.';
}

bool is_address_within(bytes subnet, bytes address) noexcept {
  if (subnet.size() != 2 * address.size())
    return false;
  for (size_t i = 0; i < address.size(); ++i) {
    const uint8_t mask = subnet[address.size() + i];
    if ((address[i] & mask) != (subnet[i] & mask))
      return false;
  }
  return true;
}

// The first RDNs of the name must be those of the constraint. Both are well-formed, so comparing the
// contents' first bytes compares whole RDNs.
bool is_directory_name_within(bytes parent, bytes name) noexcept {
  const auto prefix = der::only(parent, der::tag_sequence);
  const auto all = der::only(name, der::tag_sequence);
  return prefix && all && as_text(all->content).starts_with(as_text(prefix->content));
}

bool is_compared(name_form form) noexcept {
  return form == name_form::dns_name || form == name_form::ip_address || form == name_form::directory_name;
}

// GnuTLS refuses a critical constraint of any other form, and cannot be told otherwise.
bool is_taken_when_critical(name_form form) noexcept {
  return is_compared(form) || form == name_form::rfc822_name ||
         form == name_form::uniform_resource_identifier;
}

bool is_permitted(const general_names &permitted, const general_name &name) noexcept {
  bool constrained = false;
  for (const general_name constraint : permitted) {
    if (constraint.form != name.form)
      continue;
    if (is_within(constraint, name))
      return true;
    constrained = true;
  }
  return !constrained;
}

bool is_excluded(const general_names &excluded, const general_name &name) noexcept {
  for (const general_name constraint : excluded) {
    if (constraint.form == name.form && (!is_compared(name.form) || is_within(constraint, name)))
      return true;
  }
  return false;
}

bool forbids(const certificate &issuer, const general_name &name) noexcept {
  return !is_permitted(issuer.permitted, name) || is_excluded(issuer.excluded, name);
}

std::optional<general_name> subject_as_name(const certificate &subject) noexcept {
  const auto content = der::only(subject.subject, der::tag_sequence);
  if (!content || content->content.empty())
    return std::nullopt;
  return general_name{name_form::directory_name, subject.subject};
}

std::optional<general_name> common_name_as_dns_name(const certificate &leaf) noexcept {
  if (leaf.has_subject_alt_name)
    return std::nullopt;
  const bytes name = common_name_of(leaf.subject);
  if (std::find(name.begin(), name.end(), '.') == name.end())
    return std::nullopt;
  return general_name{name_form::dns_name, name};
}

bool forbids_a_name_of(const certificate &issuer, const certificate &subject, bool is_leaf) noexcept {
  for (const general_name name : subject.subject_alt_name) {
    if (forbids(issuer, name))
      return true;
  }
  if (const auto name = subject_as_name(subject); name && forbids(issuer, *name))
    return true;
  if (!is_leaf)
    return false;
  const auto name = common_name_as_dns_name(subject);
  return name && forbids(issuer, *name);
}

bool has_untaken_form(const certificate &issuer) noexcept {
  for (const general_names &list : {issuer.permitted, issuer.excluded}) {
    for (const general_name constraint : list) {
      if (!is_taken_when_critical(constraint.form))
        return true;
    }
  }
  return false;
}

} // namespace

bool is_within(const general_name &constraint, const general_name &name) noexcept {
  switch (name.form) {
  case name_form::dns_name:
    return is_dns_name_within(as_text(constraint.value), as_text(name.value));
  case name_form::ip_address:
    return is_address_within(constraint.value, name.value);
  case name_form::directory_name:
    return is_directory_name_within(constraint.value, name.value);
  default:
    return false;
  }
}

bool name_constraint_check::charge(const certificate &issuer, const certificate &subject,
                                   uint64_t &spent) noexcept {
  constexpr uint64_t subject_and_common_name = 2;
  const uint64_t names = subject.subject_alt_name.size() + subject_and_common_name;
  const uint64_t cost = names * (issuer.permitted.size() + issuer.excluded.size());
  spent += cost;
  if (spent > limits::name_comparisons)
    return false;
  comparisons_ += cost;
  return true;
}

bool name_constraint_check::violated(const path &where) noexcept {
  uint64_t spent = 0;
  for (size_t i = 1; i < where.size(); ++i) {
    const certificate &issuer = where[i];
    if (!issuer.has_name_constraints)
      continue;
    if (issuer.name_constraints_critical && has_untaken_form(issuer))
      return true;
    for (size_t below = 0; below < i; ++below) {
      if (!charge(issuer, where[below], spent) || forbids_a_name_of(issuer, where[below], below == 0))
        return true;
    }
  }
  return false;
}

} // namespace unitls::plugin
