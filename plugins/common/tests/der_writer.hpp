// Makes certificates of any shape, also malformed ones. Their signatures are made up.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#ifndef UNITLS_PLUGINS_COMMON_TESTS_DER_WRITER_HPP
#define UNITLS_PLUGINS_COMMON_TESTS_DER_WRITER_HPP

#include "chain_vectors.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace unitls::test {

blob to_blob(std::string_view text);
blob join(std::initializer_list<blob> parts);
blob tlv(uint8_t tag, const blob &content);
blob sequence(std::initializer_list<blob> parts);
// A Name with one common name; an empty text gives an empty Name.
blob distinguished_name(std::string_view common_name);
// An attribute of a name; its value is a whole string or anything else.
blob attribute(const blob &type, const blob &value);
// A Name of relative distinguished names, each a list of attributes.
blob name_of(const std::vector<std::vector<blob>> &parts);
blob extension(const blob &oid, bool critical, const blob &value);

// What a test wants to say about one certificate. The rest is good: P-256, ECDSA with SHA-256, 2020 to 2040.
struct certificate_plan {
  std::string subject = "leaf";
  std::string issuer = "root";
  // Makes keys different; the same number is the same key.
  uint8_t key = 1;
  // A whole Name, SubjectPublicKeyInfo or AlgorithmIdentifier instead.
  blob subject_name;
  blob public_key;
  blob signature_algorithm;
  uint8_t serial = 1;
  std::string not_before = "20200101000000Z";
  std::string not_after = "20400101000000Z";
  bool ca = false;
  // Contents of subjectAltName; none without entries.
  std::vector<blob> names;
  // Further extensions, each a whole Extension.
  std::vector<blob> extensions;
};
blob make_certificate(const certificate_plan &plan);

// GeneralName entries.
blob dns_entry(std::string_view name);
blob ip_entry(const blob &address);

} // namespace unitls::test

#endif // UNITLS_PLUGINS_COMMON_TESTS_DER_WRITER_HPP
