#include "extra_certificates.hpp"

#include <nlohmann/json.hpp>

#include "live_chains.hpp"
#include "name_certificates.hpp"

namespace unitls::conformance {
namespace {

constexpr const char *certificates = R"json([
  {"id": "common-name-only", "issuer": "ca", "common_name": "localhost", "extended_key_usage": ["serverAuth"]},
  {"id": "address-as-dns", "issuer": "ca", "dns": ["127.0.0.1"], "extended_key_usage": ["serverAuth"]},
  {"id": "partial-wildcard", "issuer": "ca", "dns": ["w*.wild.example"], "extended_key_usage": ["serverAuth"]},
  {"id": "top-level-wildcard", "issuer": "ca", "dns": ["*.example"], "extended_key_usage": ["serverAuth"]},
  {"id": "nul-in-name", "issuer": "ca", "dns": ["localhost\u0000.evil.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "path-0", "issuer": "ca", "ca": true, "path_length": 0},
  {"id": "below-path-0", "issuer": "path-0", "ca": true},
  {"id": "path-length", "issuer": "below-path-0", "with_intermediates": true, "dns": ["localhost"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "constrained", "issuer": "ca", "ca": true, "name_constraints": {"permitted": {"dns": ["good.example"]}}},
  {"id": "name-constraint", "issuer": "constrained", "with_intermediates": true, "dns": ["localhost"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "inside-constraint", "issuer": "constrained", "with_intermediates": true, "dns": ["www.good.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "missing-intermediate", "issuer": "below-path-0", "dns": ["localhost"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "upper", "issuer": "ca", "ca": true},
  {"id": "lower", "issuer": "upper", "ca": true},
  {"id": "below-two", "issuer": "lower", "dns": ["localhost"], "extended_key_usage": ["serverAuth"]},
  {"id": "client-expired", "issuer": "client-ca", "dns": ["client.example"], "extended_key_usage": ["clientAuth"],
   "not_before": "-3d", "not_after": "-1d"},
  {"id": "client-server-purpose", "issuer": "client-ca", "dns": ["client.example"],
   "extended_key_usage": ["serverAuth"]}
])json";

// For identities by name; each group of names has a chain of its own.
constexpr const char *identities = R"json([
  {"id": "names-a", "issuer": "ca", "dns": ["a.example", "second-a.example", "THIRD-A.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "names-a-rsa", "issuer": "upper", "with_intermediates": true, "key_type": "rsa2048",
   "dns": ["third-a.example", "second-a.example", "a.example"], "extended_key_usage": ["serverAuth"]},
  {"id": "names-b", "issuer": "lower", "with_intermediates": true, "dns": ["b.example", "*.wide.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "names-exact", "issuer": "upper", "with_intermediates": true, "dns": ["www.wide.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "pair-ecdsa", "issuer": "ca", "dns": ["pair.example"], "extended_key_usage": ["serverAuth"]},
  {"id": "pair-rsa-ca", "issuer": "self", "ca": true, "key_type": "rsa2048"},
  {"id": "pair-rsa", "issuer": "pair-rsa-ca", "key_type": "rsa2048", "dns": ["pair.example"],
   "extended_key_usage": ["serverAuth"]},
  {"id": "rsa-int", "issuer": "ca", "ca": true, "key_type": "rsa2048"},
  {"id": "ecdh-rsa", "issuer": "rsa-int", "with_intermediates": true, "dns": ["localhost"],
   "key_usage": ["digitalSignature", "keyAgreement"], "extended_key_usage": ["serverAuth"]},
  {"id": "ecdh-ecdsa", "issuer": "intermediate", "with_intermediates": true, "dns": ["localhost"],
   "key_usage": ["digitalSignature", "keyAgreement"], "extended_key_usage": ["serverAuth"]},
  {"id": "server-rsa-any", "issuer": "intermediate", "with_intermediates": true, "key_type": "rsa2048",
   "key_usage": ["digitalSignature", "keyEncipherment"], "dns": ["localhost"],
   "extended_key_usage": ["serverAuth"]}
])json";

// For revocation: a hierarchy of its own, since lists name certificates of their own description.
constexpr const char *revocable = R"json([
  {"id": "crl-root", "issuer": "self", "ca": true},
  {"id": "crl-int", "issuer": "crl-root", "ca": true},
  {"id": "crl-int-revoked", "issuer": "crl-root", "ca": true},
  {"id": "crl-good", "issuer": "crl-int", "with_intermediates": true, "dns": ["localhost"],
   "extended_key_usage": ["serverAuth", "clientAuth"]},
  {"id": "crl-revoked", "issuer": "crl-int", "with_intermediates": true, "dns": ["localhost"],
   "extended_key_usage": ["serverAuth", "clientAuth"]},
  {"id": "crl-below-revoked", "issuer": "crl-int-revoked", "with_intermediates": true, "dns": ["localhost"],
   "extended_key_usage": ["serverAuth", "clientAuth"]}
])json";

constexpr const char *revocation_lists = R"json([
  {"id": "of-root", "issuer": "crl-root", "revoked": ["crl-int-revoked"]},
  {"id": "of-int", "issuer": "crl-int", "revoked": ["crl-revoked"]},
  {"id": "of-int-revoked", "issuer": "crl-int-revoked"},
  {"id": "of-int-old", "issuer": "crl-int", "this_update": "-10d", "next_update": "-1d"},
  {"id": "of-int-endless", "issuer": "crl-int", "next_update": null},
  {"id": "of-int-early", "issuer": "crl-int", "this_update": "+1d"},
  {"id": "of-int-corrupt", "issuer": "crl-int", "corrupt_signature": true},
  {"id": "of-int-corrupt-revoked", "issuer": "crl-int", "revoked": ["crl-good"], "corrupt_signature": true},
  {"id": "of-upper", "issuer": "upper"}
])json";

// For the facts that stand in a certificate.
constexpr const char *told = R"json([
  {"id": "dated-ca", "issuer": "self", "ca": true, "not_before": "2000-01-01", "not_after": "2099-01-01"},
  {"id": "dated", "issuer": "dated-ca", "dns": ["localhost"], "not_before": "2021-03-04T05:06:07Z",
   "not_after": "2026-04-05T06:03:07Z", "extended_key_usage": ["serverAuth"]},
  {"id": "told-ca", "issuer": "self", "common_name": "Told, \"authority\" + more", "ca": true, "path_length": 2,
   "key_type": "p384", "serial": "7f01"},
  {"id": "told", "issuer": "told-ca", "common_name": "told.example", "serial": "00c0ffee0badcafe",
   "dns": ["told.example", "*.told.example", "nul\u0000.example"], "ip": ["192.0.2.7", "2001:db8::1"],
   "uri": ["https://told.example/"], "email": ["who@told.example"],
   "not_before": "2021-03-04T05:06:07Z", "not_after": "2061-04-05T06:03:07Z",
   "key_usage": ["digitalSignature", "keyAgreement"], "extended_key_usage": ["serverAuth"]},
  {"id": "told-key-again", "issuer": "told-ca", "key_of": "told"},
  {"id": "told-rsa", "issuer": "told-ca", "key_type": "rsa3072", "digest": "sha512"},
  {"id": "told-below-rsa", "issuer": "told-rsa", "key_type": "p521"},
  {"id": "told-below-rsa-pss", "issuer": "told-rsa", "pss": true},
  {"id": "told-ed25519", "issuer": "told-ca", "key_type": "ed25519"},
  {"id": "told-version-1", "issuer": "self", "version": 1},
  {"id": "told-critical", "issuer": "told-ca",
   "extensions": [{"oid": "1.2.3.4", "critical": true, "value": "0500"}]}
])json";

constexpr const char *chains = R"json([
  {"id": "chain-unordered", "members": ["below-two", "upper", "lower"]},
  {"id": "chain-with-strangers", "members": ["below-two", "path-0", "lower", "below-path-0", "upper"]}
])json";

// Larger than two records: by its names, each of which a reader must look at.
nlohmann::json describe_large() {
  constexpr int names = 1200;
  nlohmann::json dns = {"localhost"};
  for (int i = 0; i < names; ++i) {
    dns.push_back("name-" + std::to_string(10000 + i) + ".of-a-large.example");
  }
  return {{"id", "large"},
          {"issuer", "ca"},
          {"dns", std::move(dns)},
          {"extended_key_usage", {"serverAuth", "clientAuth"}}};
}

// One for each signature scheme, signed by itself in that scheme.
nlohmann::json describe_schemes() {
  nlohmann::json all = nlohmann::json::array();
  const auto add = [&](const std::string &scheme, const char *key_type, const char *digest, bool pss) {
    nlohmann::json made = {{"id", "scheme-" + scheme}, {"issuer", "self"},
                           {"key_type", key_type},     {"pss", pss},
                           {"dns", {"localhost"}},     {"extended_key_usage", {"serverAuth"}}};
    if (digest != nullptr) {
      made["digest"] = digest;
    }
    all.push_back(std::move(made));
  };
  for (const char *const digest : {"sha256", "sha384", "sha512"}) {
    add(std::string("rsa_pkcs1_") + digest, "rsa2048", digest, false);
    add(std::string("rsa_pss_rsae_") + digest, "rsa2048", digest, true);
  }
  add("ecdsa_secp256r1_sha256", "p256", "sha256", false);
  add("ecdsa_secp384r1_sha384", "p384", "sha384", false);
  add("ecdsa_secp521r1_sha512", "p521", "sha512", false);
  add("ed25519", "ed25519", nullptr, false);
  add("ed448", "ed448", nullptr, false);
  return all;
}

void append(nlohmann::json &to, const nlohmann::json &more) {
  to.insert(to.end(), more.begin(), more.end());
}

} // namespace

std::string extra_certificates(const std::string &folder) {
  nlohmann::json description;
  for (const std::string id : {"ca", "client-ca", "intermediate"}) {
    description["authorities"].push_back(
        {{"id", id}, {"certificate", folder + "/" + id + ".pem"}, {"key", folder + "/" + id + ".key"}});
  }
  nlohmann::json &all = description["certificates"] = nlohmann::json::parse(certificates);
  for (const char *const more : {identities, revocable, told}) {
    append(all, nlohmann::json::parse(more));
  }
  all.push_back(describe_large());
  append(all, describe_schemes());
  append(all, describe_live_chains());
  append(all, describe_name_certificates("ca", "common-name-only"));
  description["crls"] = nlohmann::json::parse(revocation_lists);
  description["chains"] = nlohmann::json::parse(chains);
  append(description["chains"], describe_live_lists());
  return description.dump();
}

} // namespace unitls::conformance
