#include "live_chains.hpp"

#include <nlohmann/json.hpp>

namespace unitls::conformance {
namespace {

// Leaves are presented with their issuers unless said otherwise.
constexpr const char *certificates = R"json([
  {"id": "live-int", "issuer": "ca", "ca": true},
  {"id": "live-int-2", "issuer": "live-int", "ca": true},
  {"id": "live-two", "issuer": "live-int-2", "leaf": true},
  {"id": "live-alone", "issuer": "live-int", "leaf": true, "with_intermediates": false},

  {"id": "live-int-expired", "issuer": "ca", "ca": true, "not_before": "-9d", "not_after": "-1d"},
  {"id": "live-below-expired", "issuer": "live-int-expired", "leaf": true},
  {"id": "live-int-early", "issuer": "ca", "ca": true, "not_before": "+30d"},
  {"id": "live-below-early", "issuer": "live-int-early", "leaf": true},
  {"id": "live-expired-below-early", "issuer": "live-int-early", "leaf": true, "not_after": "-1d"},
  {"id": "live-root-expired", "issuer": "self", "ca": true, "not_before": "-9d", "not_after": "-1d"},
  {"id": "live-below-root-expired", "issuer": "live-root-expired", "leaf": true},
  {"id": "live-expired-unknown", "issuer": "live-root-expired", "leaf": true, "not_after": "-1d"},

  {"id": "live-no-ca", "issuer": "ca", "key_usage": ["keyCertSign"]},
  {"id": "live-below-no-ca", "issuer": "live-no-ca", "leaf": true},
  {"id": "live-no-constraints", "issuer": "ca", "ca": true, "basic_constraints": false},
  {"id": "live-below-no-constraints", "issuer": "live-no-constraints", "leaf": true},
  {"id": "live-no-cert-sign", "issuer": "ca", "ca": true, "key_usage": ["cRLSign"]},
  {"id": "live-below-no-cert-sign", "issuer": "live-no-cert-sign", "leaf": true},
  {"id": "live-version-1", "issuer": "ca", "version": 1},
  {"id": "live-below-version-1", "issuer": "live-version-1", "leaf": true},
  {"id": "live-expired-below-no-ca", "issuer": "live-no-ca", "leaf": true, "not_after": "-1d"},

  {"id": "live-path-0", "issuer": "ca", "ca": true, "path_length": 0},
  {"id": "live-at-path-0", "issuer": "live-path-0", "leaf": true},
  {"id": "live-past-path-0", "issuer": "live-path-0", "ca": true},
  {"id": "live-below-path-0", "issuer": "live-past-path-0", "leaf": true},

  {"id": "live-int-purpose", "issuer": "ca", "ca": true, "extended_key_usage": ["codeSigning"]},
  {"id": "live-below-purpose", "issuer": "live-int-purpose", "leaf": true},
  {"id": "live-any-purpose", "issuer": "live-int", "leaf": true, "extended_key_usage": ["anyExtendedKeyUsage"]},
  {"id": "live-no-purpose", "issuer": "live-int", "leaf": true, "extended_key_usage": []},
  {"id": "live-expired-purpose", "issuer": "live-int", "leaf": true, "not_after": "-1d",
   "extended_key_usage": ["codeSigning"]},

  {"id": "live-corrupt", "issuer": "ca", "ca": true, "corrupt_signature": true},
  {"id": "live-below-corrupt", "issuer": "live-corrupt", "leaf": true},

  {"id": "live-constrained", "issuer": "ca", "ca": true,
   "name_constraints": {"permitted": {"dns": ["good.example"]}, "critical": false}},
  {"id": "live-outside", "issuer": "live-constrained", "leaf": true},
  {"id": "live-constrained-here", "issuer": "ca", "ca": true,
   "name_constraints": {"permitted": {"dns": ["localhost"]}, "critical": false}},
  {"id": "live-inside", "issuer": "live-constrained-here", "leaf": true},
  {"id": "live-constrained-critical", "issuer": "ca", "ca": true,
   "name_constraints": {"permitted": {"dns": ["good.example"]}}},
  {"id": "live-outside-critical", "issuer": "live-constrained-critical", "leaf": true},

  {"id": "live-self-signed", "issuer": "self", "leaf": true},
  {"id": "live-other-int", "issuer": "live-root-expired", "common_name": "live-twin", "ca": true},
  {"id": "live-same-int", "issuer": "ca", "common_name": "live-twin", "ca": true, "key_of": "live-other-int"},
  {"id": "live-bad-twin", "issuer": "ca", "common_name": "live-twin", "ca": true, "key_of": "live-other-int",
   "corrupt_signature": true},
  {"id": "live-of-twins", "issuer": "live-same-int", "leaf": true, "authority_key_identifier": false,
   "with_intermediates": false},

  {"id": "live-1", "issuer": "ca", "ca": true},
  {"id": "live-2", "issuer": "live-1", "ca": true},
  {"id": "live-3", "issuer": "live-2", "ca": true},
  {"id": "live-4", "issuer": "live-3", "ca": true},
  {"id": "live-5", "issuer": "live-4", "ca": true},
  {"id": "live-6", "issuer": "live-5", "ca": true},
  {"id": "live-7", "issuer": "live-6", "ca": true},
  {"id": "live-8", "issuer": "live-7", "ca": true},
  {"id": "live-9", "issuer": "live-8", "ca": true},
  {"id": "live-below-8", "issuer": "live-8", "leaf": true},
  {"id": "live-below-9", "issuer": "live-9", "leaf": true},

  {"id": "live-p384", "issuer": "live-int", "leaf": true, "key_type": "p384"},
  {"id": "live-p521", "issuer": "live-int", "leaf": true, "key_type": "p521"},
  {"id": "live-rsa", "issuer": "live-int", "leaf": true, "key_type": "rsa3072"},
  {"id": "live-int-rsa", "issuer": "ca", "ca": true, "key_type": "rsa2048", "digest": "sha384"},
  {"id": "live-pss", "issuer": "live-int-rsa", "leaf": true, "pss": true},
  {"id": "live-ed25519", "issuer": "live-int", "leaf": true, "key_type": "ed25519"},
  {"id": "live-no-subject", "issuer": "live-int", "leaf": true, "common_name": ""},
  {"id": "live-extension", "issuer": "live-int", "leaf": true,
   "extensions": [{"oid": "1.2.3.4", "value": "0500"}]}
])json";

constexpr const char *lists = R"json([
  {"id": "live-unordered", "members": ["live-two", "live-int", "live-int-2"]},
  {"id": "live-with-root", "members": ["live-two", "live-int-2", "live-int", "ca"]},
  {"id": "live-cross-signed", "members": ["live-of-twins", "live-other-int", "live-same-int"]},
  {"id": "live-with-bad-twin", "members": ["live-of-twins", "live-bad-twin", "live-same-int"]},
  {"id": "live-twice", "members": ["live-two", "live-int-2", "live-int-2", "live-int", "live-int"]}
])json";

constexpr live_chain table[] = {
    {"two-issuers", "Two issuers stand between leaf and anchor", "live-two", "live-two"},
    {"unordered", "Issuers come in any order", "live-unordered", "live-two"},
    {"with-root", "The root is sent along", "live-with-root", "live-two"},
    {"twice", "Issuers are sent twice", "live-twice", "live-two"},
    {"cross-signed", "One of two issuers of one name and key leads to an anchor", "live-cross-signed",
     "live-of-twins"},
    {"bad-twin", "A badly signed copy stands before the good issuer", "live-with-bad-twin", "live-of-twins"},
    {"missing-issuer", "The leaf comes alone", "live-alone", "live-alone", UNITLS_VERIFY_UNKNOWN_ISSUER},
    {"issuer-as-anchor", "The missing issuer is an anchor", "live-alone", "live-alone", 0, "live-int"},
    {"leaf-as-anchor", "The leaf is an anchor", "live-alone", "live-alone", 0, "live-alone"},
    {"self-signed", "The leaf has signed itself", "live-self-signed", "live-self-signed",
     UNITLS_VERIFY_SELF_SIGNED},
    {"self-signed-as-anchor", "The leaf has signed itself and is an anchor", "live-self-signed",
     "live-self-signed", 0, "live-self-signed"},

    {"issuer-expired", "The issuer is expired", "live-below-expired", "live-below-expired",
     UNITLS_VERIFY_EXPIRED},
    {"issuer-of-the-future", "The issuer is not yet valid", "live-below-early", "live-below-early",
     UNITLS_VERIFY_NOT_YET_VALID},
    {"anchor-expired", "The anchor is expired", "live-below-root-expired", "live-below-root-expired",
     UNITLS_VERIFY_EXPIRED, "live-root-expired"},
    {"expired-below-early", "The leaf is expired, its issuer not yet valid", "live-expired-below-early",
     "live-expired-below-early", UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_NOT_YET_VALID},
    {"expired-and-unknown", "The leaf is expired and its issuer unknown", "live-expired-unknown",
     "live-expired-unknown", UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_UNKNOWN_ISSUER},

    {"issuer-no-ca", "The issuer is no authority", "live-below-no-ca", "live-below-no-ca",
     UNITLS_VERIFY_BAD_CA},
    {"issuer-without-constraints", "The issuer does not say that it is an authority",
     "live-below-no-constraints", "live-below-no-constraints", UNITLS_VERIFY_BAD_CA},
    {"issuer-may-not-sign", "The issuer's key is not for certificates", "live-below-no-cert-sign",
     "live-below-no-cert-sign", UNITLS_VERIFY_BAD_CA},
    {"issuer-version-1", "The issuer is of version 1", "live-below-version-1", "live-below-version-1",
     UNITLS_VERIFY_BAD_CA},
    {"expired-below-no-ca", "The leaf is expired, its issuer no authority", "live-expired-below-no-ca",
     "live-expired-below-no-ca", UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_BAD_CA},

    {"at-path-length", "The path is as long as allowed", "live-at-path-0", "live-at-path-0"},
    {"past-path-length", "The path is longer than allowed", "live-below-path-0", "live-below-path-0",
     UNITLS_VERIFY_PATH_LENGTH},
    {"eight-issuers", "Eight issuers stand between leaf and anchor", "live-below-8", "live-below-8"},
    {"nine-issuers", "Nine issuers stand between leaf and anchor", "live-below-9", "live-below-9",
     UNITLS_VERIFY_CHAIN_TOO_LONG},

    {"issuer-of-other-purpose", "The issuer is for something else", "live-below-purpose",
     "live-below-purpose", UNITLS_VERIFY_WRONG_PURPOSE},
    {"any-purpose", "The leaf is for any purpose, but not for this one", "live-any-purpose",
     "live-any-purpose", UNITLS_VERIFY_WRONG_PURPOSE},
    {"no-purpose", "The leaf names no purpose", "live-no-purpose", "live-no-purpose"},
    {"expired-and-other-purpose", "The leaf is expired and for something else", "live-expired-purpose",
     "live-expired-purpose", UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_WRONG_PURPOSE},

    {"issuer-badly-signed", "The issuer is badly signed", "live-below-corrupt", "live-below-corrupt",
     UNITLS_VERIFY_BAD_SIGNATURE},
    {"outside-constraint", "The name is outside of a constraint that is not critical", "live-outside",
     "live-outside", UNITLS_VERIFY_NAME_CONSTRAINT},
    {"inside-constraint", "The name is inside of a constraint that is not critical", "live-inside",
     "live-inside"},
    {"outside-critical-constraint", "The name is outside of a critical constraint", "live-outside-critical",
     "live-outside-critical", UNITLS_VERIFY_NAME_CONSTRAINT, "ca", "name-constraints"},

    {"p384", "The leaf's key is on P-384", "live-p384", "live-p384"},
    {"p521", "The leaf's key is on P-521", "live-p521", "live-p521"},
    {"rsa", "The leaf's key is RSA with 3072 bits", "live-rsa", "live-rsa"},
    {"pss", "The leaf is signed with RSASSA-PSS", "live-pss", "live-pss"},
    {"ed25519", "The leaf's key is Ed25519", "live-ed25519", "live-ed25519", 0, "ca", "eddsa-certificates"},
    {"no-subject", "The leaf has no subject", "live-no-subject", "live-no-subject"},
    {"unknown-extension", "The leaf has an unknown extension that is not critical", "live-extension",
     "live-extension"},
};

// What all leaves have.
void complete_leaf(nlohmann::json &leaf) {
  leaf.erase("leaf");
  leaf["dns"] = {"localhost"};
  if (!leaf.contains("extended_key_usage")) {
    leaf["extended_key_usage"] = {"serverAuth", "clientAuth"};
  }
  if (!leaf.contains("with_intermediates")) {
    leaf["with_intermediates"] = true;
  }
  if (leaf.contains("not_after")) { // it must lie behind the beginning
    leaf["not_before"] = "-9d";
  }
}

} // namespace

std::span<const live_chain> live_chains() {
  return table;
}

nlohmann::json describe_live_chains() {
  nlohmann::json all = nlohmann::json::parse(certificates);
  for (nlohmann::json &each : all) {
    if (each.contains("leaf")) {
      complete_leaf(each);
    }
  }
  return all;
}

nlohmann::json describe_live_lists() {
  return nlohmann::json::parse(lists);
}

} // namespace unitls::conformance
