// Configurations of both sides: every rule that does not depend on the library, each finding with its field.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "configuration_parts.hpp"

#include <unitls/insecure.h>

#include <algorithm>

namespace unitls::test {

namespace {

using list = finding_list;

} // namespace

TEST_CASE("a zeroed configuration with trust is a safe client") {
  client start;
  CHECK(start.findings().empty());
  const configuration made = start.decoded();
  CHECK_FALSE(made.is_server);
  CHECK(made.min_version == UNITLS_TLS_1_2);
  CHECK(made.max_version == UNITLS_TLS_1_3);
  CHECK(made.verify == verification::full);
  CHECK(made.peer == peer_certificate::required);
  CHECK(made.anchors->size() == 1);
  CHECK(made.crls == nullptr);
  CHECK((made.callback.verify == nullptr));
  CHECK(made.identities.empty());
}

TEST_CASE("a server with an identity asks nobody") {
  server start;
  CHECK(start.findings().empty());
  const configuration made = start.decoded();
  CHECK(made.is_server);
  CHECK(made.peer == peer_certificate::ignored);
  CHECK_FALSE(made.strict_sni);
  REQUIRE(made.identities.size() == 1);
  CHECK(made.identities[0].certificates.size() == 1);
  CHECK(equal(made.identities[0].private_key, start.key));
}

TEST_CASE("versions") {
  const auto said = [](uint16_t min, uint16_t max, bool tls13 = true) {
    client one;
    one.backend.facts.tls13 = tls13;
    one.config.min_version = min;
    one.config.max_version = max;
    return one.findings();
  };
  CHECK(said(0, 0).empty());
  CHECK(said(UNITLS_TLS_1_3, UNITLS_TLS_1_3).empty());
  CHECK(said(UNITLS_TLS_1_3, UNITLS_TLS_1_2) ==
        list{"E_INVALID min_version: the lowest version is above the highest"});
  CHECK(said(0x0302, 0) == list{"E_INVALID min_version: a version below TLS 1.2"});
  CHECK(said(0, 0x0301) == list{"E_INVALID max_version: a version below TLS 1.2"});
  CHECK(said(0x0305, 0) == list{"E_UNSUPPORTED min_version: not a version that is known here"});
  CHECK(said(UNITLS_TLS_1_3, 0, false) ==
        list{"E_UNSUPPORTED min_version: TLS 1.3 is more than this library has"});
  CHECK(said(0, UNITLS_TLS_1_3, false).empty()); // a maximum is kept by not passing it
}

TEST_CASE("a verifying client without trust, or with an empty one, is invalid") {
  client none;
  none.config.trust = nullptr;
  CHECK(none.findings() == list{"E_INVALID trust: needed to verify the peer"});
  client empty;
  empty.anchors.clear();
  CHECK(empty.findings() == list{"E_INVALID trust: holds no anchors"});
}

TEST_CASE("malformed anchors are left out with a warning, and are an error when nothing is left") {
  client some;
  const blob malformed = sequence({});
  some.anchors.push_back(as_der(malformed));
  CHECK(some.findings().empty());
  REQUIRE_FALSE(some.backend.log.empty());
  CHECK(some.backend.log[0] == "1 of 2 anchors are malformed and left out");
  client all;
  all.anchors = {as_der(malformed)};
  CHECK(all.findings() == list{"E_INVALID trust: holds no usable anchor"});
}

TEST_CASE("anchors that cannot be read are named") {
  client one;
  const std::string text = "no PEM at all";
  one.anchors.push_back(as_pem(text));
  one.anchors.push_back({UNITLS_FORMAT_ID, 0, one.certificate.data(), one.certificate.size()});
  one.anchors.push_back({77, 0, one.certificate.data(), one.certificate.size()});
  one.anchors.push_back({UNITLS_FORMAT_DER, 0, nullptr, 0});
  one.anchors.push_back({UNITLS_FORMAT_DER, 1, one.certificate.data(), one.certificate.size()});
  CHECK(one.findings() == list{"E_INVALID trust.blobs[1]: holds no certificate in PEM",
                               "E_UNSUPPORTED trust.blobs[2]: this backend resolves no identifiers",
                               "E_UNSUPPORTED trust.blobs[3].format: an unknown format",
                               "E_INVALID trust.blobs[4]: is empty",
                               "E_UNSUPPORTED trust.blobs[5].reserved_0: must be zero"});
}

TEST_CASE("anchors of one generation are parsed once") {
  client first;
  first.trust.generation = 7;
  const auto anchors = first.decoded().anchors;
  const std::string wrong = "not even PEM";
  first.anchors = {as_pem(wrong)};
  CHECK(first.decoded().anchors == anchors);
  first.trust.generation = 0;
  CHECK(first.findings().front() == "E_INVALID trust.blobs[0]: holds no certificate in PEM");
}

TEST_CASE("modes of verification") {
  const auto said = [](uint32_t mode, bool with_trust) {
    client one;
    one.config.verify = mode;
    if (!with_trust)
      one.config.trust = nullptr;
    return one.findings();
  };
  CHECK(said(UNITLS_INSECURE_NO_NAME_CHECK, true).empty());
  CHECK(said(UNITLS_INSECURE_NO_NAME_CHECK, false) == list{"E_INVALID trust: needed to verify the peer"});
  CHECK(said(UNITLS_INSECURE_NO_VERIFICATION, true).empty());
  CHECK(said(UNITLS_INSECURE_NO_VERIFICATION, false).empty());
  CHECK(said(3, true) == list{"E_UNSUPPORTED verify: an unknown value"});

  client none;
  none.config.verify = UNITLS_INSECURE_NO_VERIFICATION;
  none.config.trust = nullptr;
  const configuration made = none.decoded();
  CHECK(made.verify == verification::none);
  REQUIRE(made.anchors);
  CHECK(made.anchors->empty());
}

TEST_CASE("a server's modes of verification") {
  server nameless;
  nameless.ask_for_certificates(UNITLS_CLIENT_AUTH_REQUIRE);
  nameless.config.verify = UNITLS_INSECURE_NO_NAME_CHECK;
  CHECK(nameless.findings() == list{"E_INVALID verify: a server checks no names"});
  server open;
  open.config.client_auth = UNITLS_CLIENT_AUTH_REQUEST;
  open.config.verify = UNITLS_INSECURE_NO_VERIFICATION;
  CHECK(open.findings().empty());
  CHECK(open.decoded().verify == verification::none);
}

TEST_CASE("a server asks for certificates only with trust") {
  for (const uint32_t how :
       std::initializer_list<uint32_t>{UNITLS_CLIENT_AUTH_REQUEST, UNITLS_CLIENT_AUTH_REQUIRE}) {
    server one;
    one.config.client_auth = how;
    CHECK(one.findings() == list{"E_INVALID trust: needed to verify the peer"});
    one.ask_for_certificates(how);
    CHECK(one.findings().empty());
    CHECK(one.decoded().peer ==
          (how == UNITLS_CLIENT_AUTH_REQUEST ? peer_certificate::requested : peer_certificate::required));
  }
  server unknown;
  unknown.config.client_auth = 3;
  CHECK(unknown.findings() == list{"E_UNSUPPORTED client_auth: an unknown value"});
}

TEST_CASE("what would judge a client's certificate is not given for nothing") {
  server one;
  one.config.verify = UNITLS_INSECURE_NO_VERIFICATION;
  one.config.trust = &one.trust;
  one.config.crls = &one.crls;
  one.config.verify_callback = &one.callback;
  const std::string idle = "given although no client certificate is asked for";
  CHECK(one.findings() == list{"E_INVALID verify: " + idle, "E_INVALID trust: " + idle,
                               "E_INVALID crls: " + idle, "E_INVALID verify_callback: " + idle});
}

TEST_CASE("revocation lists are read, on both sides") {
  client one;
  one.config.crls = &one.crls;
  CHECK(one.findings().empty());
  CHECK(one.decoded().crls->lists().size() == 1);
  const std::string two = pem("X509 CRL", one.crl) + pem("X509 CRL", one.crl);
  one.lists.push_back(as_pem(two));
  CHECK(one.decoded().crls->lists().size() == 3);
  server other;
  other.ask_for_certificates(UNITLS_CLIENT_AUTH_REQUIRE);
  other.config.crls = &other.crls;
  CHECK(other.decoded().crls->lists().size() == 1);
}

TEST_CASE("revocation lists that are none are named") {
  const auto said = [](std::vector<unitls_blob> lists) {
    client one;
    one.lists = std::move(lists);
    one.config.crls = &one.crls;
    return one.findings();
  };
  const blob good = find_vector("crl-good").crls.at(0);
  const blob malformed = sequence({});
  const std::string certificate = pem("CERTIFICATE", some_certificate());
  const std::string second_is_malformed = pem("X509 CRL", good) + pem("X509 CRL", malformed);
  CHECK(said({}) == list{"E_INVALID crls: holds no revocation list"});
  CHECK(said({as_der(good), as_der(malformed)}) ==
        list{"E_INVALID crls.blobs[1]: holds a malformed revocation list"});
  CHECK(said({as_der(good), as_pem(second_is_malformed)}) ==
        list{"E_INVALID crls.blobs[1]: holds a malformed revocation list"});
  CHECK(said({as_der(good), as_pem(certificate)}) ==
        list{"E_INVALID crls.blobs[1]: holds no revocation list in PEM"});
  client flagged;
  flagged.config.crls = &flagged.crls;
  flagged.crls.flags = 1;
  CHECK(flagged.findings() == list{"E_UNSUPPORTED crls.flags: unknown bits are set"});
  client small;
  small.config.crls = &small.crls;
  small.crls.struct_size = 4;
  CHECK(small.findings() == list{"E_INVALID crls.struct_size: smaller than the struct's first version"});
}

TEST_CASE("the callback is copied with its user") {
  client one;
  one.callback.user = &one;
  one.config.verify_callback = &one.callback;
  const configuration made = one.decoded();
  CHECK((made.callback.verify == accept_everybody));
  CHECK(made.callback.user == &one);
  server other;
  other.ask_for_certificates(UNITLS_CLIENT_AUTH_REQUEST);
  other.config.verify_callback = &other.callback;
  CHECK((other.decoded().callback.verify == accept_everybody));
}

TEST_CASE("a callback without a function is invalid") {
  client one;
  one.config.verify_callback = &one.callback;
  one.callback.verify = nullptr;
  CHECK(one.findings() == list{"E_INVALID verify_callback: has no function"});
  client small;
  small.config.verify_callback = &small.callback;
  small.callback.struct_size = 8;
  CHECK(small.findings() == list{"E_INVALID verify_callback: has no function"});
}

TEST_CASE("pins are the host's") {
  client one;
  const blob pin(32, 1);
  const unitls_bytes lent{pin.data(), pin.size()};
  one.config.pins = &lent;
  one.config.pin_count = 1;
  CHECK(one.findings() == list{"E_UNSUPPORTED pins: libunitls checks pins; a backend takes none"});
}

TEST_CASE("a line with a colon inside of a PEM block is no header") {
  client one;
  const std::string text = "-----BEGIN CERTIFICATE-----\nMAAA\nwords: more\n-----END CERTIFICATE-----\n";
  one.anchors.push_back(as_pem(text));
  CHECK(one.findings() == list{"E_INVALID trust.blobs[1]: line 3: not base64"});
}

TEST_CASE("protocols") {
  const auto said = [](const std::vector<std::string> &names) {
    client one;
    std::vector<unitls_bytes> lent;
    lent.reserve(names.size());
    for (const std::string &name : names)
      lent.push_back({reinterpret_cast<const uint8_t *>(name.data()), name.size()});
    one.config.alpn = lent.data();
    one.config.alpn_count = lent.size();
    return one.findings();
  };
  CHECK(said({"h2", "\xff\x80"}).empty());
  CHECK(said({"h2", ""}) == list{"E_INVALID alpn[1]: an ALPN protocol name has at least one byte"});
  CHECK(said({std::string(256, 'a')}) ==
        list{"E_INVALID alpn[0]: an ALPN protocol name has at most 255 bytes"});
  CHECK(said({std::string(32, 'a')}) == list{"E_UNSUPPORTED alpn[0]: longer than this library carries"});
  CHECK(said({std::string("a\0b", 3)}) ==
        list{"E_UNSUPPORTED alpn[0]: this library carries no name with a NUL byte"});
  CHECK(said(std::vector<std::string>(9, "a")) ==
        list{"E_UNSUPPORTED alpn[8]: more names than this library carries"});
}

TEST_CASE("options") {
  const auto said = [](const unitls_option &option) {
    client one;
    one.config.options = &option;
    one.config.option_count = 1;
    return one.findings();
  };
  CHECK(said({"fake.level", "3"}).empty());
  CHECK(said({"other.level", "3"}) ==
        list{"E_UNSUPPORTED options[other.level]: this backend has no such option"});
  CHECK(said({nullptr, "3"}) == list{"E_INVALID options[0]: name and value must not be NULL"});
  CHECK(said({"fake.level", nullptr}) == list{"E_INVALID options[0]: name and value must not be NULL"});
}

TEST_CASE("lists of parameters are part of both sides' configuration") {
  const std::vector<uint16_t> suites{known_tls12_suite, known_tls12_suite};
  client one;
  one.config.tls12_cipher_suites = suites.data();
  one.config.tls12_cipher_suite_count = suites.size();
  CHECK(one.findings() == list{"E_INVALID tls12_cipher_suites[1]: is in the list twice"});
  one.config.tls12_cipher_suite_count = 1;
  CHECK(one.decoded().parameters.tls12_cipher_suites == std::vector<uint16_t>{known_tls12_suite});
  server other;
  const uint16_t unknown = 0x0001;
  other.config.groups = &unknown;
  other.config.group_count = 1;
  CHECK(other.findings() == list{"E_UNSUPPORTED groups[0]: this library has no 0x0001"});
}

TEST_CASE("counts that are wrong are not walked") {
  client one;
  one.config.options = nullptr;
  one.config.option_count = 1;
  one.config.alpn = nullptr;
  one.config.alpn_count = SIZE_MAX;
  CHECK(one.findings() == list{"E_INVALID alpn: is NULL although its count is not 0",
                               "E_INVALID options: is NULL although its count is not 0"});
  client many;
  many.anchors.assign(1025, as_der(many.certificate));
  CHECK(many.findings() == list{"E_INVALID trust.blobs: has more than 1024 members"});
}

TEST_CASE("requests of another shape are named, wherever they stand") {
  client small;
  small.lend(small.config);
  small.config.struct_size = 16;
  finding_list found;
  CHECK(check(small.config, small.backend.instance, keep_finding, &found) == UNITLS_OK);
  CHECK(found == list{"E_INVALID struct_size: smaller than the struct's first version"});
  client trust;
  trust.trust.struct_size = 0;
  CHECK(trust.findings() == list{"E_INVALID trust.struct_size: smaller than the struct's first version"});
  trust.trust.struct_size = sizeof trust.trust;
  trust.trust.flags = 4;
  CHECK(trust.findings() == list{"E_UNSUPPORTED trust.flags: unknown bits are set"});
  server identity;
  identity.one_identity.struct_size = 8;
  CHECK(identity.findings() ==
        list{"E_INVALID identities[0].struct_size: smaller than the struct's first version"});
}

TEST_CASE("one fault hides no other") {
  client one;
  one.config.verify = 9;
  one.config.min_version = 0x0300;
  one.anchors.clear();
  one.crls.flags = 1;
  one.config.crls = &one.crls;
  one.callback.verify = nullptr;
  one.config.verify_callback = &one.callback;
  one.identities = {&one.one_identity};
  one.one_identity.private_key = {};
  const unitls_option option{"other.level", "1"};
  one.config.options = &option;
  one.config.option_count = 1;
  list fields;
  for (const std::string &line : one.findings())
    fields.push_back(line.substr(0, line.find(':')));
  std::sort(fields.begin(), fields.end());
  CHECK(fields == list{"E_INVALID identities[0].private_key", "E_INVALID min_version", "E_INVALID trust",
                       "E_INVALID verify_callback", "E_UNSUPPORTED crls.flags",
                       "E_UNSUPPORTED options[other.level]", "E_UNSUPPORTED verify"});
}

TEST_CASE("a sink that has enough ends the check with its status") {
  client one;
  one.config.verify = 9;
  one.anchors.clear();
  one.lend(one.config);
  int calls = 0;
  const unitls_finding_sink stop = [](void *user, const unitls_error *) -> unitls_status {
    ++*static_cast<int *>(user);
    return UNITLS_E_NOMEM;
  };
  CHECK(check(one.config, one.backend.instance, stop, &calls) == UNITLS_E_NOMEM);
  CHECK(calls == 1);
}

} // namespace unitls::test
