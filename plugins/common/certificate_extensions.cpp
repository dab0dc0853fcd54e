// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "certificate_extensions.hpp"

#include "object_identifiers.hpp"

#include <algorithm>
#include <array>

namespace unitls::plugin {

namespace {

bool read_basic_constraints(const extension &source, certificate &out) noexcept {
  std::optional<der::reader> fields = der::only_sequence(source.value);
  if (!fields)
    return false;
  if (fields->next_is(der::tag_boolean)) {
    const std::optional<der::element> flag = fields->next();
    const std::optional<bool> value = flag ? der::boolean(flag->content) : std::nullopt;
    if (!value)
      return false;
    out.is_ca = *value;
  }
  if (fields->at_end())
    return true;
  const std::optional<der::element> length = fields->next(der::tag_integer);
  if (!length || !fields->at_end())
    return false;
  out.path_length = der::unsigned_saturated(length->content);
  return out.path_length.has_value();
}

bool read_key_usage(const extension &source, certificate &out) noexcept {
  const std::optional<der::element> usage = der::only(source.value, der::tag_bit_string);
  if (!usage)
    return false;
  out.key_usage = der::first_bits(usage->content);
  constexpr size_t second_octet = 2; // after the count of unused bits
  out.has_decipher_only = usage->content.size() > second_octet && (usage->content[second_octet] & 0x80) != 0;
  return out.key_usage.has_value();
}

bool read_extended_key_usage(const extension &source, certificate &out) noexcept {
  std::optional<der::reader> purposes = der::only_sequence(source.value);
  if (!purposes || purposes->at_end())
    return false;
  while (!purposes->at_end()) {
    const std::optional<der::element> purpose = purposes->next(der::tag_oid);
    if (!purpose || purpose->content.empty())
      return false;
    out.allows_server_auth = out.allows_server_auth || equal(purpose->content, oid::server_auth);
    out.allows_client_auth = out.allows_client_auth || equal(purpose->content, oid::client_auth);
  }
  out.has_extended_key_usage = true;
  return true;
}

bool read_subject_alt_name(const extension &source, certificate &out) noexcept {
  const std::optional<der::element> list = der::only(source.value, der::tag_sequence);
  const auto names = list ? general_names::of_names(list->content) : std::nullopt;
  if (!names)
    return false;
  out.has_subject_alt_name = true;
  out.subject_alt_name = *names;
  return true;
}

// Subtrees under this tag, if they come next.
bool read_subtrees(der::reader &fields, uint8_t tag, general_names &out) noexcept {
  if (!fields.next_is(tag))
    return true;
  const std::optional<der::element> list = fields.next();
  const auto subtrees = list ? general_names::of_subtrees(list->content) : std::nullopt;
  if (!subtrees)
    return false;
  out = *subtrees;
  return true;
}

bool read_name_constraints(const extension &source, certificate &out) noexcept {
  std::optional<der::reader> fields = der::only_sequence(source.value);
  if (!fields || fields->at_end())
    return false;
  if (!read_subtrees(*fields, der::context_constructed(0), out.permitted) ||
      !read_subtrees(*fields, der::context_constructed(1), out.excluded) || !fields->at_end())
    return false;
  out.has_name_constraints = true;
  out.name_constraints_critical = source.critical;
  return true;
}

bool read_subject_key_identifier(const extension &source, certificate &out) noexcept {
  const std::optional<der::element> identifier = der::only(source.value, der::tag_octet_string);
  if (!identifier)
    return false;
  out.subject_key_identifier = identifier->content;
  return true;
}

bool read_authority_issuer(bytes content, certificate &out) noexcept {
  const std::optional<general_names> names = general_names::of_names(content);
  if (!names)
    return false;
  for (const general_name name : *names) {
    if (name.form == name_form::directory_name && !out.authority_issuer)
      out.authority_issuer = name.value;
  }
  return true;
}

bool read_authority_key_identifier(const extension &source, certificate &out) noexcept {
  std::optional<der::reader> fields = der::only_sequence(source.value);
  if (!fields)
    return false;
  if (fields->next_is(der::context(0))) {
    const std::optional<der::element> identifier = fields->next();
    if (!identifier)
      return false;
    out.authority_key_identifier = identifier->content;
  }
  if (fields->next_is(der::context_constructed(1))) {
    const std::optional<der::element> issuer = fields->next();
    if (!issuer || !read_authority_issuer(issuer->content, out))
      return false;
  }
  if (fields->next_is(der::context(2))) {
    const std::optional<der::element> serial = fields->next();
    if (!serial || !der::is_integer(serial->content))
      return false;
    out.authority_serial = serial->content;
  }
  return fields->at_end();
}

// What is read, how, and whether a critical one is understood. Key identifiers are read, but a critical one
// is refused: RFC 5280 wants them non-critical, and not every library takes a critical one.
struct known_extension {
  bytes oid;
  bool (*read)(const extension &, certificate &) noexcept;
  malformation fault;
  bool may_be_critical;
};

constexpr std::array<known_extension, 7> known_extensions{{
    {oid::basic_constraints, read_basic_constraints, malformation::basic_constraints, true},
    {oid::key_usage, read_key_usage, malformation::key_usage, true},
    {oid::extended_key_usage, read_extended_key_usage, malformation::extended_key_usage, true},
    {oid::subject_alt_name, read_subject_alt_name, malformation::subject_alt_name, true},
    {oid::name_constraints, read_name_constraints, malformation::name_constraints, true},
    {oid::subject_key_identifier, read_subject_key_identifier, malformation::key_identifier, false},
    {oid::authority_key_identifier, read_authority_key_identifier, malformation::key_identifier, false},
}};

malformation apply(const extension &source, certificate &out) noexcept {
  const auto *const known =
      std::find_if(known_extensions.begin(), known_extensions.end(),
                   [&](const known_extension &candidate) { return equal(candidate.oid, source.oid); });
  const bool is_known = known != known_extensions.end();
  if (source.critical && (!is_known || !known->may_be_critical))
    out.has_unknown_critical_extension = true;
  if (!is_known || known->read(source, out))
    return malformation::none;
  return known->fault;
}

} // namespace

std::optional<extension> read_extension(bytes content) noexcept {
  der::reader fields(content);
  const std::optional<der::element> oid = fields.next(der::tag_oid);
  if (!oid || oid->content.empty())
    return std::nullopt;
  extension out{oid->content, {}, false};
  if (fields.next_is(der::tag_boolean)) {
    const std::optional<der::element> flag = fields.next();
    const std::optional<bool> critical = flag ? der::boolean(flag->content) : std::nullopt;
    if (!critical)
      return std::nullopt;
    out.critical = *critical;
  }
  const std::optional<der::element> value = fields.next(der::tag_octet_string);
  if (!value || !fields.at_end())
    return std::nullopt;
  out.value = value->content;
  return out;
}

malformation read_extensions(bytes input, certificate &out) noexcept {
  std::optional<der::reader> list = der::only_sequence(input);
  if (!list)
    return malformation::extensions;
  std::array<bytes, certificate::extensions_max> seen;
  size_t count = 0;
  while (!list->at_end()) {
    const std::optional<der::element> next = list->next(der::tag_sequence);
    const std::optional<extension> found = next ? read_extension(next->content) : std::nullopt;
    if (!found || count == seen.size())
      return malformation::extensions;
    const auto end = seen.begin() + static_cast<std::ptrdiff_t>(count);
    if (std::any_of(seen.begin(), end, [&](bytes earlier) { return equal(earlier, found->oid); }))
      return malformation::repeated_extension;
    seen[count++] = found->oid;
    if (const malformation why = apply(*found, out); why != malformation::none)
      return why;
  }
  return malformation::none;
}

} // namespace unitls::plugin
