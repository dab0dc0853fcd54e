// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fake_backend.hpp"

#include <array>

namespace unitls::test {

namespace {

constexpr std::array<plugin::option_description, 1> options{{{"fake.level", "integer", "a level", 0}}};

void UNITLS_CALL keep_line(void *user, int32_t, const char *text) {
  static_cast<std::vector<std::string> *>(user)->emplace_back(text);
}

bool has_cipher_suite(uint16_t number) {
  return number == known_tls12_suite || number == other_tls12_suite || number == known_tls13_suite;
}

bool has_group(uint16_t number) {
  return number == known_group;
}

bool has_signature_scheme(uint16_t number) {
  return number == known_scheme;
}

plugin::backend_facts facts_of_everything() {
  plugin::backend_facts facts{};
  facts.id = "fake";
  facts.tls13 = true;
  facts.alpn_count_max = 8;
  facts.alpn_size_max = 31;
  facts.identity_set = true;
  facts.has_cipher_suite = has_cipher_suite;
  facts.has_group = has_group;
  facts.has_signature_scheme = has_signature_scheme;
  facts.async_verify_client = true;
  facts.async_verify_server = true;
  facts.options = options;
  return facts;
}

// Thrown by libraries that know nothing of std::exception.
struct foreign_exception {};

std::string status_name(unitls_status status) {
  switch (status) {
  case UNITLS_E_INVALID:
    return "E_INVALID";
  case UNITLS_E_UNSUPPORTED:
    return "E_UNSUPPORTED";
  case UNITLS_E_CERTIFICATE:
    return "E_CERTIFICATE";
  default:
    return std::to_string(status);
  }
}

} // namespace

fake_backend::fake_backend() : facts(facts_of_everything()), instance(host, facts) {
  host.struct_size = sizeof host;
  host.user = &log;
  host.log = keep_line;
}

void fake_verifier::maybe_throw() {
  switch (throws) {
  case fault::none:
    return;
  case fault::memory:
    throw std::bad_alloc();
  case fault::error:
    throw std::runtime_error("the library failed");
  case fault::foreign:
    throw foreign_exception{};
  }
}

plugin::library_verdict fake_verifier::verify(const plugin::presented_chain &,
                                              std::span<const plugin::anchor *const>) {
  ++calls;
  maybe_throw();
  return {};
}

bool fake_verifier::signature_holds(const plugin::signature_question &question) {
  maybe_throw();
  return kind_ == signatures::all_hold || crypto_.signature_holds(question);
}

bool fake_verifier::accepts(std::span<const unitls_bytes> path) {
  maybe_throw();
  return crypto_.accepts(path);
}

std::string as_line(const unitls_error &finding) {
  return status_name(finding.status) + " " + finding.field + ": " + finding.message;
}

unitls_status UNITLS_CALL keep_finding(void *user, const unitls_error *finding) {
  static_cast<finding_list *>(user)->push_back(as_line(*finding));
  return UNITLS_OK;
}

} // namespace unitls::test
