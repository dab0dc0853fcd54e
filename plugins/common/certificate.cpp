// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/certificate.hpp>

#include "certificate_extensions.hpp"

namespace unitls::plugin {

namespace {

// An empty Name: a SEQUENCE without content.
constexpr size_t empty_name_size = 2;

malformation read_version(der::reader &fields, certificate &out) noexcept {
  if (!fields.next_is(der::context_constructed(0)))
    return malformation::none;
  const std::optional<der::element> tagged = fields.next();
  const auto number = tagged ? der::only(tagged->content, der::tag_integer) : std::nullopt;
  const auto version = number ? der::unsigned_saturated(number->content) : std::nullopt;
  if (!version || *version > 2)
    return malformation::version;
  out.version = static_cast<uint8_t>(*version + 1);
  return malformation::none;
}

malformation read_serial_number(der::reader &fields, certificate &out) noexcept {
  const std::optional<der::element> serial = fields.next(der::tag_integer);
  if (!serial || !der::is_integer(serial->content))
    return malformation::serial_number;
  out.serial = serial->content;
  return malformation::none;
}

malformation read_inner_algorithm(der::reader &fields, const certificate &out) noexcept {
  const std::optional<der::element> algorithm = fields.next(der::tag_sequence);
  if (!algorithm)
    return malformation::fields;
  return equal(algorithm->whole, out.signature_algorithm) ? malformation::none
                                                          : malformation::algorithm_mismatch;
}

malformation read_issuer(der::reader &fields, certificate &out) noexcept {
  const std::optional<der::element> name = fields.next(der::tag_sequence);
  if (!name || name->whole.size() == empty_name_size || !is_distinguished_name(name->whole))
    return malformation::issuer;
  out.issuer = name->whole;
  return malformation::none;
}

malformation read_validity(der::reader &fields, certificate &out) noexcept {
  const std::optional<der::element> validity = fields.next(der::tag_sequence);
  if (!validity)
    return malformation::validity;
  der::reader times(validity->content);
  const std::optional<der::element> begin = times.next();
  const std::optional<der::element> end = times.next();
  if (!begin || !end || !times.at_end())
    return malformation::validity;
  const std::optional<int64_t> not_before = der::time(*begin);
  const std::optional<int64_t> not_after = der::time(*end);
  if (!not_before || !not_after)
    return malformation::validity;
  out.not_before = *not_before;
  out.not_after = *not_after;
  return malformation::none;
}

malformation read_subject(der::reader &fields, certificate &out) noexcept {
  const std::optional<der::element> name = fields.next(der::tag_sequence);
  if (!name || !is_distinguished_name(name->whole))
    return malformation::subject;
  out.subject = name->whole;
  return malformation::none;
}

malformation read_public_key(der::reader &fields, certificate &out) noexcept {
  const std::optional<der::element> spki = fields.next(der::tag_sequence);
  const std::optional<key_class> key = spki ? classify_key(spki->whole) : std::nullopt;
  if (!key)
    return malformation::public_key;
  out.spki = spki->whole;
  out.key = *key;
  return malformation::none;
}

// issuerUniqueID and subjectUniqueID say nothing today and are skipped.
malformation skip_unique_identifiers(der::reader &fields, const certificate &out) noexcept {
  for (uint8_t number : {uint8_t{1}, uint8_t{2}}) {
    if (!fields.next_is(der::context(number)))
      continue;
    if (out.version == 1 || !fields.next())
      return malformation::fields;
  }
  return malformation::none;
}

malformation read_extensions_field(der::reader &fields, certificate &out) noexcept {
  if (!fields.next_is(der::context_constructed(3)))
    return malformation::none;
  const std::optional<der::element> tagged = fields.next();
  if (!tagged || out.version != 3)
    return malformation::extensions;
  return read_extensions(tagged->content, out);
}

malformation read_tbs(bytes content, certificate &out) noexcept {
  der::reader fields(content);
  for (auto read : {read_version, read_serial_number}) {
    if (const malformation why = read(fields, out); why != malformation::none)
      return why;
  }
  if (const malformation why = read_inner_algorithm(fields, out); why != malformation::none)
    return why;
  for (auto read : {read_issuer, read_validity, read_subject, read_public_key}) {
    if (const malformation why = read(fields, out); why != malformation::none)
      return why;
  }
  if (const malformation why = skip_unique_identifiers(fields, out); why != malformation::none)
    return why;
  if (const malformation why = read_extensions_field(fields, out); why != malformation::none)
    return why;
  return fields.at_end() ? malformation::none : malformation::fields;
}

malformation read_certificate(bytes input, certificate &out) noexcept {
  std::optional<der::reader> fields = der::only_sequence(input);
  if (!fields)
    return malformation::encoding;
  const std::optional<der::element> tbs = fields->next(der::tag_sequence);
  const std::optional<der::element> algorithm = fields->next(der::tag_sequence);
  const std::optional<der::element> signature_bits = fields->next(der::tag_bit_string);
  if (!tbs || !algorithm || !signature_bits || !fields->at_end())
    return malformation::encoding;
  const std::optional<signature_class> kind = classify_signature(algorithm->whole);
  const std::optional<bytes> signature = der::octets_of_bit_string(signature_bits->content);
  if (!kind || !signature)
    return malformation::encoding;
  out.der = input;
  out.tbs = tbs->whole;
  out.signature_algorithm = algorithm->whole;
  out.signature_kind = *kind;
  out.signature = *signature;
  return read_tbs(tbs->content, out);
}

// Whether `left` and `right` do not contradict each other.
bool agree(const std::optional<bytes> &left, bytes right) noexcept {
  return !left || equal(*left, right);
}

} // namespace

std::optional<certificate> certificate::parse(bytes input, malformation *why) noexcept {
  certificate out;
  const malformation found = read_certificate(input, out);
  if (why)
    *why = found;
  return found == malformation::none ? std::optional(out) : std::nullopt;
}

bool may_have_issued(const certificate &issuer, const certificate &subject) noexcept {
  return equal(issuer.subject, subject.issuer) && agree(subject.authority_serial, issuer.serial) &&
         agree(subject.authority_issuer, issuer.issuer) &&
         (!issuer.subject_key_identifier ||
          agree(subject.authority_key_identifier, *issuer.subject_key_identifier));
}

const char *describe(malformation what) noexcept {
  switch (what) {
  case malformation::none:
    return "is well formed";
  case malformation::encoding:
    return "is not DER, is cut short, or is followed by other bytes";
  case malformation::version:
    return "has a version other than 1, 2 or 3";
  case malformation::fields:
    return "lacks a field or has one too many";
  case malformation::serial_number:
    return "has an empty or padded serial number";
  case malformation::algorithm_mismatch:
    return "names two different signature algorithms";
  case malformation::issuer:
    return "has an empty or malformed issuer name";
  case malformation::subject:
    return "has a malformed subject name";
  case malformation::validity:
    return "has a malformed or impossible validity date";
  case malformation::public_key:
    return "has a malformed public key";
  case malformation::extensions:
    return "has malformed, too many or misplaced extensions";
  case malformation::repeated_extension:
    return "repeats an extension";
  case malformation::basic_constraints:
    return "has malformed basic constraints";
  case malformation::key_usage:
    return "has a malformed key usage";
  case malformation::extended_key_usage:
    return "has a malformed or empty extended key usage";
  case malformation::subject_alt_name:
    return "has a malformed or empty subject alternative name";
  case malformation::name_constraints:
    return "has malformed or empty name constraints";
  case malformation::key_identifier:
    return "has a malformed key identifier";
  }
  return "is malformed";
}

} // namespace unitls::plugin
