// Configurations of both sides that are right until a test changes them.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include "der_writer.hpp"
#include "fake_backend.hpp"
#include "pem_writer.hpp"

#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/der.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace unitls::test {

using namespace plugin;

inline blob some_certificate(const std::string &subject = "leaf") {
  certificate_plan plan;
  plan.subject = subject;
  return make_certificate(plan);
}

// Shaped like PKCS#8; whether a key is one is the library's to say.
inline blob some_key(uint8_t version = 0) {
  return sequence({tlv(der::tag_integer, {version}), sequence({}), tlv(der::tag_octet_string, {1, 2, 3})});
}

inline unitls_status UNITLS_CALL accept_everybody(void *, const unitls_verify_request *,
                                                  unitls_verify_flags *) {
  return UNITLS_OK;
}

// What both sides' configurations borrow; a test changes what it is about.
struct parts {
  parts() {
    trust.struct_size = sizeof trust;
    trust.flags = UNITLS_TRUST_ANCHORS;
    crls.struct_size = sizeof crls;
    callback.struct_size = sizeof callback;
    callback.verify = accept_everybody;
    one_identity.struct_size = sizeof one_identity;
    one_identity.private_key = as_der(key);
  }
  parts(const parts &) = delete;
  parts &operator=(const parts &) = delete;

  template <class Config>
  void lend(Config &config) {
    config.struct_size = sizeof config;
    trust.blobs = anchors.data();
    trust.blob_count = anchors.size();
    crls.blobs = lists.data();
    crls.blob_count = lists.size();
    one_identity.certificates = chain.data();
    one_identity.certificate_count = chain.size();
    config.identities = identities.data();
    config.identity_count = identities.size();
  }

  blob certificate = some_certificate();
  blob key = some_key();
  blob crl = find_vector("crl-good").crls.at(0);
  std::vector<unitls_blob> anchors{as_der(certificate)};
  std::vector<unitls_blob> lists{as_der(crl)};
  std::vector<unitls_blob> chain{as_der(certificate)};
  unitls_trust trust{};
  unitls_crls crls{};
  unitls_verify_callback callback{};
  unitls_identity one_identity{};
  std::vector<const unitls_identity *> identities;
  fake_backend backend;
};

// A side that is right until a test changes it.
template <class Config>
struct side : parts {
  finding_list findings() {
    lend(config);
    finding_list found;
    REQUIRE(check(config, backend.instance, keep_finding, &found) == UNITLS_OK);
    const std::string first = thrown_by([&] { decode(config, backend.instance); });
    CHECK(first == (found.empty() ? "" : found.front()));
    return found;
  }
  configuration decoded() {
    lend(config);
    return decode(config, backend.instance);
  }
  Config config{};
};

struct client : side<unitls_client_config> {
  client() {
    lend(config);
    config.trust = &trust;
  }
};

struct server : side<unitls_server_config> {
  server() {
    identities = {&one_identity};
    lend(config);
  }
  void ask_for_certificates(uint32_t how) {
    config.client_auth = how;
    config.trust = &trust;
  }
};

} // namespace unitls::test
