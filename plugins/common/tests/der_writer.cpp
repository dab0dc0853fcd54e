// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/der.hpp>

namespace unitls::test {

namespace {

using namespace plugin::der;

blob length_octets(size_t length) {
  if (length < 0x80)
    return {static_cast<uint8_t>(length)};
  blob octets;
  for (; length > 0; length >>= 8)
    octets.insert(octets.begin(), static_cast<uint8_t>(length & 0xff));
  octets.insert(octets.begin(), static_cast<uint8_t>(0x80 | octets.size()));
  return octets;
}

void append(blob &out, const blob &part) {
  out.insert(out.end(), part.begin(), part.end());
}

blob concat(const std::vector<blob> &parts) {
  blob out;
  for (const blob &part : parts)
    append(out, part);
  return out;
}

const blob ecdsa_with_sha256{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
const blob ec_public_key{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
const blob secp256r1{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

blob elliptic_key(uint8_t key) {
  blob bits(66, key);
  bits[0] = 0;
  bits[1] = 4;
  return sequence(
      {sequence({tlv(tag_oid, ec_public_key), tlv(tag_oid, secp256r1)}), tlv(tag_bit_string, bits)});
}

blob extensions_of(const certificate_plan &plan) {
  std::vector<blob> all = plan.extensions;
  if (plan.ca)
    all.push_back(extension({0x55, 0x1d, 0x13}, true, sequence({tlv(tag_boolean, {0xff})})));
  if (!plan.names.empty())
    all.push_back(extension({0x55, 0x1d, 0x11}, false, tlv(tag_sequence, concat(plan.names))));
  return all.empty() ? blob{} : tlv(context_constructed(3), tlv(tag_sequence, concat(all)));
}

} // namespace

blob to_blob(std::string_view text) {
  return {text.begin(), text.end()};
}

blob join(std::initializer_list<blob> parts) {
  return concat(std::vector<blob>(parts));
}

blob tlv(uint8_t tag, const blob &content) {
  return join({{tag}, length_octets(content.size()), content});
}

blob sequence(std::initializer_list<blob> parts) {
  return tlv(tag_sequence, join(parts));
}

blob distinguished_name(std::string_view common_name) {
  constexpr uint8_t utf8_string = 0x0c;
  if (common_name.empty())
    return sequence({});
  return sequence(
      {tlv(tag_set, sequence({tlv(tag_oid, {0x55, 0x04, 0x03}), tlv(utf8_string, to_blob(common_name))}))});
}

blob attribute(const blob &type, const blob &value) {
  return sequence({tlv(tag_oid, type), value});
}

blob name_of(const std::vector<std::vector<blob>> &parts) {
  blob sets;
  for (const std::vector<blob> &attributes : parts)
    append(sets, tlv(tag_set, concat(attributes)));
  return tlv(tag_sequence, sets);
}

blob extension(const blob &oid, bool critical, const blob &value) {
  return sequence(
      {tlv(tag_oid, oid), critical ? tlv(tag_boolean, {0xff}) : blob{}, tlv(tag_octet_string, value)});
}

blob make_certificate(const certificate_plan &plan) {
  const blob algorithm = plan.signature_algorithm.empty() ? sequence({tlv(tag_oid, ecdsa_with_sha256)})
                                                          : plan.signature_algorithm;
  const blob validity = sequence({tlv(tag_generalized_time, to_blob(plan.not_before)),
                                  tlv(tag_generalized_time, to_blob(plan.not_after))});
  const blob tbs =
      sequence({tlv(context_constructed(0), tlv(tag_integer, {2})), tlv(tag_integer, {plan.serial}),
                algorithm, distinguished_name(plan.issuer), validity,
                plan.subject_name.empty() ? distinguished_name(plan.subject) : plan.subject_name,
                plan.public_key.empty() ? elliptic_key(plan.key) : plan.public_key, extensions_of(plan)});
  return sequence({tbs, algorithm, tlv(tag_bit_string, {0, 0x30, 0})});
}

blob dns_entry(std::string_view name) {
  return tlv(context(2), to_blob(name));
}

blob ip_entry(const blob &address) {
  return tlv(context(7), address);
}

} // namespace unitls::test
