// The matcher of names. The first line is the reference, each further one an entry of the certificate.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "../tests/der_writer.hpp"
#include "fuzz.hpp"

#include <unitls/plugin/name_match.hpp>

#include <algorithm>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::require;
using unitls::test::blob;

std::string with_case(std::string_view text, char first, char last, int distance) {
  std::string out(text);
  for (char &each : out)
    each = first <= each && each <= last ? static_cast<char>(each + distance) : each;
  return out;
}
std::string upper(std::string_view text) {
  return with_case(text, 'a', 'z', 'A' - 'a');
}
std::string lower(std::string_view text) {
  return with_case(text, 'A', 'Z', 'a' - 'A');
}

auto dots(std::string_view text) {
  return std::count(text.begin(), text.end(), '.');
}

// Whether a certificate with this one subjectAltName entry is for the name.
bool is_for(const reference_name &reference, const blob &entry) {
  certificate presented;
  presented.subject_alt_name = general_names::of_names(entry).value();
  return matches(reference, presented);
}

void check_reference(const reference_name &reference, std::string_view text) {
  require(reference.text() == text, "a reference is its text");
  require(reference.is_ip() == is_ip_literal(text), "an address is an IP literal");
  require(reference.is_ip() != is_valid_server_name(text), "what is no address can be sent as SNI");
  require(reference.is_ip() || (text.size() <= 253 && !text.ends_with('.')), "DNS names are bounded");
  const auto folded = reference_name::parse(upper(text));
  require(folded && folded->type() == reference.type(), "a reference is blind to case");
  const size_t size = reference.address().size();
  require(size == (reference.is_ip() ? (reference.type() == reference_name::kind::ipv4 ? 4U : 16U) : 0U),
          "only addresses have octets");
  if (!reference.is_ip())
    return;
  const blob address(reference.address().begin(), reference.address().end());
  require(is_for(reference, unitls::test::ip_entry(address)), "an address matches itself");
  require(!is_for(reference, unitls::test::dns_entry(text)), "an address never matches a DNS name");
}

void check_entry(const reference_name &reference, std::string_view entry) {
  const bool matched = is_for(reference, unitls::test::dns_entry(entry));
  if (reference.is_ip()) {
    require(!matched, "an address is never compared with a DNS name");
    return;
  }
  if (entry.size() == 4 || entry.size() == 16)
    require(!is_for(reference, unitls::test::ip_entry(unitls::test::to_blob(entry))),
            "a DNS name is never compared with an address");
  const std::string_view name = reference.text();
  require(matched == dns_name_matches(entry, name), "an entry alone decides");
  require(matched == dns_name_matches(upper(entry), lower(name)), "a match is blind to case");
  require(!dns_name_matches("*." + std::string(entry), "two.labels." + std::string(entry)),
          "a wildcard is one label");
  if (!matched)
    return;
  require(dots(entry) == dots(name), "a match has as many labels");
  if (entry.starts_with("*."))
    require(dots(entry) >= 2, "a wildcard has two labels after it");
  else
    require(lower(entry) == lower(name), "without a wildcard a match is the same name");
  require(!dns_name_matches(entry, "more." + std::string(name)), "a match covers no further label");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unitls::fuzz::splitter input({data, size});
  const std::string_view text = input.line();
  std::string_view reason;
  const auto reference = reference_name::parse(text, &reason);
  require(reference.has_value() == reason.empty(), "what is refused has a reason");
  if (!reference)
    return 0;
  check_reference(*reference, text);
  while (!input.at_end())
    check_entry(*reference, input.line());
  return 0;
}
