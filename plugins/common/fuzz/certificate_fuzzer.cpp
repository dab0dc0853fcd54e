// The certificate reader.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fuzz.hpp"

#include <unitls/plugin/certificate.hpp>

#include <string_view>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::is_inside;
using unitls::fuzz::require;

void check_names(const general_names &names, bytes whole) {
  size_t count = 0;
  for (const general_name name : names) {
    require(is_inside(name.value, whole), "a name is a view into the certificate");
    ++count;
  }
  require(count == names.size(), "a list has as many names as it says");
}

void check_views(const certificate &read, bytes whole) {
  require(equal(read.der, whole), "a certificate fills its input");
  for (const bytes part : {read.tbs, read.issuer, read.subject, read.spki, read.serial,
                           read.signature_algorithm, read.signature}) {
    require(is_inside(part, whole), "a field is a view into the certificate");
  }
  for (const auto &part : {read.subject_key_identifier, read.authority_key_identifier, read.authority_serial,
                           read.authority_issuer}) {
    require(!part || is_inside(*part, whole), "a key identifier is a view into the certificate");
  }
  check_names(read.subject_alt_name, whole);
  check_names(read.permitted, whole);
  check_names(read.excluded, whole);
}

void check_rules(const certificate &read) {
  require(is_distinguished_name(read.issuer) && is_distinguished_name(read.subject), "names are Names");
  require(!read.serial.empty(), "a serial number is not empty");
  require(1 <= read.version && read.version <= 3, "versions are 1, 2 and 3");
  require(read.has_subject_alt_name == !read.subject_alt_name.empty(), "an empty subjectAltName is refused");
  require(read.has_name_constraints == !(read.permitted.empty() && read.excluded.empty()),
          "empty name constraints are refused");
  require(read.version == 3 || !(read.is_ca || read.key_usage || read.has_extended_key_usage ||
                                 read.has_subject_alt_name || read.has_unknown_critical_extension),
          "only version 3 has extensions");
  require(!may_have_issued(read, read) || read.self_issued(), "an issuer has the issuer's name");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const bytes input(data, size);
  malformation why = malformation::none;
  const std::optional<certificate> read = certificate::parse(input, &why);
  require(read.has_value() == (why == malformation::none), "what is refused has a reason");
  require(!std::string_view(describe(why)).empty(), "a reason has words");
  if (!read)
    return 0;
  check_views(*read, input);
  check_rules(*read);
  require(!certificate::parse(input.first(size - 1)), "a certificate that is cut short is refused");
  return 0;
}
