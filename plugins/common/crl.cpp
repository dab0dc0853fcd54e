// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/crl.hpp>

#include "certificate_extensions.hpp"

#include <unitls/plugin/general_names.hpp>

namespace unitls::plugin {

namespace {

std::optional<int64_t> read_time(der::reader &fields) noexcept {
  const std::optional<der::element> value = fields.next();
  return value ? der::time(*value) : std::nullopt;
}

// Extensions with identifier and length. Empty: malformed.
std::optional<bool> any_critical(bytes input) noexcept {
  std::optional<der::reader> list = der::only_sequence(input);
  if (!list)
    return std::nullopt;
  bool critical = false;
  while (!list->at_end()) {
    const std::optional<der::element> next = list->next(der::tag_sequence);
    const std::optional<extension> found = next ? read_extension(next->content) : std::nullopt;
    if (!found)
      return std::nullopt;
    critical = critical || found->critical;
  }
  return critical;
}

// One of revokedCertificates.
struct revoked_entry {
  bytes serial;
  bool has_critical_extension = false;
};

std::optional<revoked_entry> read_entry(bytes content) noexcept {
  der::reader fields(content);
  const std::optional<der::element> serial = fields.next(der::tag_integer);
  if (!serial || !der::is_integer(serial->content) || !read_time(fields))
    return std::nullopt;
  revoked_entry entry{serial->content};
  if (fields.at_end())
    return entry;
  const std::optional<der::element> extensions = fields.next(der::tag_sequence);
  const std::optional<bool> critical = extensions ? any_critical(extensions->whole) : std::nullopt;
  if (!critical || !fields.at_end())
    return std::nullopt;
  entry.has_critical_extension = *critical;
  return entry;
}

bool read_entries(bytes content, revocation_list &out) noexcept {
  der::reader entries(content);
  while (!entries.at_end()) {
    const std::optional<der::element> next = entries.next(der::tag_sequence);
    const std::optional<revoked_entry> entry = next ? read_entry(next->content) : std::nullopt;
    if (!entry)
      return false;
    out.has_critical_extension = out.has_critical_extension || entry->has_critical_extension;
  }
  out.entries = content;
  return true;
}

bool read_list_extensions(bytes input, revocation_list &out) noexcept {
  const std::optional<bool> critical = any_critical(input);
  if (!critical)
    return false;
  out.has_critical_extension = out.has_critical_extension || *critical;
  return true;
}

// Version 2 is written as 1; version 1 is not written.
bool read_version(der::reader &fields) noexcept {
  if (!fields.next_is(der::tag_integer))
    return true;
  const std::optional<der::element> version = fields.next();
  return version && version->content.size() == 1 && version->content[0] == 1;
}

bool read_names_and_times(der::reader &fields, revocation_list &out) noexcept {
  const std::optional<der::element> algorithm = fields.next(der::tag_sequence);
  if (!algorithm || !equal(algorithm->whole, out.signature_algorithm))
    return false;
  const std::optional<der::element> issuer = fields.next(der::tag_sequence);
  if (!issuer || !is_distinguished_name(issuer->whole))
    return false;
  out.issuer = issuer->whole;
  const std::optional<int64_t> this_update = read_time(fields);
  if (!this_update)
    return false;
  out.this_update = *this_update;
  if (!fields.next_is(der::tag_utc_time) && !fields.next_is(der::tag_generalized_time))
    return true;
  out.next_update = read_time(fields);
  return out.next_update.has_value();
}

bool read_tbs(bytes content, revocation_list &out) noexcept {
  der::reader fields(content);
  if (!read_version(fields) || !read_names_and_times(fields, out))
    return false;
  if (fields.next_is(der::tag_sequence)) {
    const std::optional<der::element> entries = fields.next();
    if (!entries || !read_entries(entries->content, out))
      return false;
  }
  if (fields.next_is(der::context_constructed(0))) {
    const std::optional<der::element> extensions = fields.next();
    if (!extensions || !read_list_extensions(extensions->content, out))
      return false;
  }
  return fields.at_end();
}

} // namespace

std::optional<revocation_list> revocation_list::parse(bytes input) noexcept {
  std::optional<der::reader> fields = der::only_sequence(input);
  if (!fields)
    return std::nullopt;
  const std::optional<der::element> tbs_element = fields->next(der::tag_sequence);
  const std::optional<der::element> algorithm = fields->next(der::tag_sequence);
  const std::optional<der::element> signature_bits = fields->next(der::tag_bit_string);
  if (!tbs_element || !algorithm || !signature_bits || !fields->at_end())
    return std::nullopt;
  const std::optional<signature_class> kind = classify_signature(algorithm->whole);
  const std::optional<bytes> octets = der::octets_of_bit_string(signature_bits->content);
  if (!kind || !octets)
    return std::nullopt;
  revocation_list out;
  out.tbs = tbs_element->whole;
  out.signature_algorithm = algorithm->whole;
  out.signature = *octets;
  out.signature_kind = *kind;
  return read_tbs(tbs_element->content, out) ? std::optional(out) : std::nullopt;
}

bool revocation_list::lists(bytes serial) const noexcept {
  der::reader list(entries);
  while (const std::optional<der::element> entry = list.next()) {
    const std::optional<der::element> listed = der::reader(entry->content).next();
    if (listed && equal(listed->content, serial))
      return true;
  }
  return false;
}

std::optional<revocation_set> revocation_set::create(std::span<const bytes> lists, size_t &position) {
  revocation_set made;
  for (const bytes der : lists) {
    made.storage_.emplace_back(der.begin(), der.end());
    const std::optional<revocation_list> parsed = revocation_list::parse(made.storage_.back());
    if (!parsed) {
      position = made.lists_.size();
      return std::nullopt;
    }
    made.lists_.push_back(*parsed);
  }
  return made;
}

} // namespace unitls::plugin
