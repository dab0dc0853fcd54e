// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/certificate.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

malformation fault_of(const blob &der) {
  malformation why = malformation::none;
  certificate::parse(der, &why);
  return why;
}

malformation fault_of_extension(const blob &oid, const blob &value) {
  certificate_plan plan;
  plan.extensions.push_back(extension(oid, false, value));
  return fault_of(make_certificate(plan));
}

const blob name_constraints_oid{0x55, 0x1d, 0x1e};
const blob key_usage_oid{0x55, 0x1d, 0x0f};
const blob alt_name_oid{0x55, 0x1d, 0x11};
const blob authority_oid{0x55, 0x1d, 0x23};
const blob unknown_oid{0x2a, 0x03, 0x04};

blob subtree(const blob &base) {
  return sequence({base});
}

} // namespace

TEST_CASE("a certificate is read as it was written") {
  certificate_plan plan;
  plan.names = {dns_entry("www.example"), ip_entry({192, 0, 2, 1})};
  plan.ca = true;
  const blob der = make_certificate(plan);
  const auto read = certificate::parse(der);
  REQUIRE(read);
  CHECK(read->version == 3);
  CHECK(as_text(common_name_of(read->subject)) == "leaf");
  CHECK(as_text(common_name_of(read->issuer)) == "root");
  CHECK(read->not_before == 1577836800);
  CHECK(read->valid_at(1577836800));
  CHECK_FALSE(read->valid_at(1577836799));
  CHECK(read->valid_at(read->not_after));
  CHECK_FALSE(read->valid_at(read->not_after + 1));
  CHECK(read->is_ca);
  CHECK(read->key.kind == key_kind::ec);
  CHECK(read->key.strong);
  CHECK(read->signature_kind.strong);
  CHECK(read->subject_alt_name.size() == 2);
  CHECK((*read->subject_alt_name.begin()).form == name_form::dns_name);
  CHECK_FALSE(read->self_issued());
}

TEST_CASE("a certificate that is cut short or followed by anything is refused") {
  for (const char *id : {"good-ec", "good-rsa", "nc-perm-ok", "ed25519-leaf"}) {
    const blob whole = find_vector(id).chain.at(0);
    REQUIRE(certificate::parse(whole));
    for (size_t size = 0; size < whole.size(); ++size)
      REQUIRE_FALSE(certificate::parse(bytes(whole).first(size)));
    blob longer = whole;
    longer.push_back(0);
    CHECK_FALSE(certificate::parse(longer));
  }
}

TEST_CASE("any changed byte gives a certificate or a refusal, and views that lie inside the input") {
  for (const char *id : {"good-ec", "nc-perm-ok", "san-email", "aki-serial", "rsa-pss"}) {
    const chain_vector &source = find_vector(id);
    for (const blob &original : source.chain) {
      for (size_t position = 0; position < original.size(); ++position) {
        for (const int change : {0x01, 0x20, 0x7f, 0x80, 0xff}) {
          blob changed = original;
          changed[position] = static_cast<uint8_t>(changed[position] ^ change);
          const auto read = certificate::parse(changed);
          if (!read)
            continue;
          const auto inside = [&](bytes part) {
            return part.empty() || (part.data() >= changed.data() &&
                                    part.data() + part.size() <= changed.data() + changed.size());
          };
          REQUIRE(inside(read->tbs));
          REQUIRE(inside(read->spki));
          REQUIRE(inside(read->signature));
          REQUIRE(inside(common_name_of(read->subject)));
          for (const general_name name : read->subject_alt_name)
            REQUIRE(inside(name.value));
          for (const general_name name : read->permitted)
            REQUIRE(inside(name.value));
        }
      }
    }
  }
}

TEST_CASE("what is malformed is named") {
  CHECK(fault_of({}) == malformation::encoding);
  CHECK(fault_of(find_vector("trail-leaf").chain[0]) == malformation::encoding);
  CHECK(fault_of(find_vector("ber-len").chain[0]) == malformation::encoding);
  CHECK(fault_of(find_vector("v4-leaf").chain[0]) == malformation::version);
  CHECK(fault_of(find_vector("ser-pad").chain[0]) == malformation::serial_number);
  CHECK(fault_of(find_vector("ser-empty").chain[0]) == malformation::serial_number);
  CHECK(fault_of(find_vector("sigalg-mismatch").chain[0]) == malformation::algorithm_mismatch);
  CHECK(fault_of(find_vector("t-feb30").chain[0]) == malformation::validity);
  CHECK(fault_of(find_vector("trail-tbs").chain[0]) == malformation::fields);
  CHECK(fault_of(find_vector("ext-v1").chain[0]) == malformation::extensions);
  CHECK(fault_of(find_vector("ext-dup").chain[0]) == malformation::repeated_extension);
  CHECK(fault_of(find_vector("eku-empty").chain[0]) == malformation::extended_key_usage);
  CHECK(fault_of(find_vector("san-empty").chain[0]) == malformation::subject_alt_name);
  CHECK(fault_of(find_vector("ip-badlen").chain[0]) == malformation::subject_alt_name);
  CHECK(fault_of(find_vector("nc-empty").chain[1]) == malformation::name_constraints);
  CHECK(fault_of(find_vector("pathlen-neg").chain[1]) == malformation::basic_constraints);
  certificate_plan nameless;
  nameless.issuer.clear();
  CHECK(fault_of(make_certificate(nameless)) == malformation::issuer);
}

TEST_CASE("extensions hold what their type allows and nothing more") {
  const blob dns = dns_entry("example.com");
  CHECK(fault_of_extension(key_usage_oid, {0x03, 0x02, 0x07, 0x80}) == malformation::none);
  CHECK(fault_of_extension(key_usage_oid, {0x03, 0x02, 0x08, 0x80}) == malformation::key_usage);
  CHECK(fault_of_extension(key_usage_oid, {0x03, 0x02, 0x07, 0x80, 0x00}) == malformation::key_usage);
  CHECK(fault_of_extension(alt_name_oid, sequence({dns})) == malformation::none);
  CHECK(fault_of_extension(alt_name_oid, sequence({tlv(0x89, {1})})) == malformation::subject_alt_name);
  CHECK(fault_of_extension(alt_name_oid, sequence({tlv(0xa4, {1})})) == malformation::subject_alt_name);
  const auto constraints = [](const blob &base) { return sequence({tlv(0xa0, subtree(base))}); };
  CHECK(fault_of_extension(name_constraints_oid, constraints(dns)) == malformation::none);
  CHECK(fault_of_extension(name_constraints_oid, constraints(ip_entry({10, 0, 0, 0, 255, 0, 0, 0}))) ==
        malformation::none);
  CHECK(fault_of_extension(name_constraints_oid, constraints(ip_entry({10, 0, 0, 0}))) ==
        malformation::name_constraints);
  CHECK(fault_of_extension(name_constraints_oid, constraints(join({dns, tlv(0x81, {1})}))) ==
        malformation::name_constraints);
  CHECK(fault_of_extension(name_constraints_oid, sequence({tlv(0xa0, {})})) ==
        malformation::name_constraints);
  CHECK(fault_of_extension(authority_oid, sequence({tlv(0x80, {1, 2})})) == malformation::none);
  CHECK(fault_of_extension(authority_oid, sequence({tlv(0x82, {0, 1})})) == malformation::key_identifier);
  CHECK(fault_of_extension(unknown_oid, {0xde, 0xad}) == malformation::none);
}

TEST_CASE("more extensions than the limit are refused") {
  certificate_plan plan;
  for (size_t i = 0; i < certificate::extensions_max; ++i)
    plan.extensions.push_back(extension({0x2a, 0x03, static_cast<uint8_t>(i)}, false, {}));
  CHECK(fault_of(make_certificate(plan)) == malformation::none);
  plan.extensions.push_back(extension({0x2a, 0x04}, false, {}));
  CHECK(fault_of(make_certificate(plan)) == malformation::extensions);
}

TEST_CASE("keys and signatures are classified") {
  const auto key_of = [](const char *id) { return certificate::parse(find_vector(id).chain.at(0))->key; };
  CHECK(key_of("rsa2040-leaf").bits == 2040);
  CHECK_FALSE(key_of("rsa2040-leaf").strong);
  CHECK(key_of("good-rsa").bits == 2048);
  CHECK(key_of("good-rsa").strong);
  CHECK(key_of("p521-sha512").strong);
  CHECK_FALSE(key_of("k1-leaf").strong);
  CHECK(key_of("k1-leaf").kind == key_kind::ec);
  CHECK(key_of("ed25519-leaf").kind == key_kind::eddsa);
  CHECK(key_of("dsa-leaf").kind == key_kind::other);
  CHECK(certificate::parse(find_vector("rsa-pss").chain.at(0))->signature_kind.strong);
  CHECK_FALSE(certificate::parse(find_vector("sha224-leaf").chain.at(0))->signature_kind.strong);
}

TEST_CASE("RSASSA-PSS is as strong as both of its digests") {
  const blob pss = tlv(der::tag_oid, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a});
  const blob mgf1 = tlv(der::tag_oid, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08});
  const blob sha1 = sequence({tlv(der::tag_oid, {0x2b, 0x0e, 0x03, 0x02, 0x1a})});
  const blob sha256 = sequence({tlv(der::tag_oid, {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01})});
  const auto strong = [&](const blob &parameters) {
    const auto found = classify_signature(sequence({pss, parameters}));
    return found && found->strong;
  };
  const auto with = [&](const blob &digest, const blob &mask_digest) {
    return sequence({tlv(0xa0, digest), tlv(0xa1, sequence({mgf1, mask_digest}))});
  };
  CHECK(strong(with(sha256, sha256)));
  CHECK_FALSE(strong(with(sha1, sha256)));
  CHECK_FALSE(strong(with(sha256, sha1)));
  CHECK_FALSE(strong(sequence({tlv(0xa0, sha256)})));
  CHECK_FALSE(strong(sequence({})));
  CHECK_FALSE(strong({}));
}

TEST_CASE("an RSA key that costs too much is not affordable") {
  const auto key = [](size_t modulus_octets, size_t exponent_octets) {
    const blob rsa = tlv(der::tag_oid, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01});
    const blob numbers = sequence({tlv(der::tag_integer, blob(modulus_octets, 0x7f)),
                                   tlv(der::tag_integer, blob(exponent_octets, 0x7f))});
    return classify_key(sequence({sequence({rsa}), tlv(der::tag_bit_string, join({{0}, numbers}))}));
  };
  CHECK(key(256, 3)->bits == 2047);
  CHECK(key(2048, 8)->affordable);
  CHECK_FALSE(key(2049, 3)->affordable);
  CHECK_FALSE(key(256, 9)->affordable);
  CHECK_FALSE(key(0, 3));
}

} // namespace unitls::test
