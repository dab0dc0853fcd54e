#include "chain_question.hpp"

#include <ctime>

#include "certificates.hpp"
#include "configuration.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {
namespace {

unitls_status UNITLS_CALL keep(void *user, unitls_bytes der) {
  static_cast<std::vector<std::vector<std::uint8_t>> *>(user)->emplace_back(der.data, der.data + der.size);
  return UNITLS_OK;
}

} // namespace

chain_question question_about(const std::string &chain, const std::string &anchors) {
  chain_question question;
  question.chain = {pem(certificate_text(chain))};
  question.anchors = {pem(certificate_text(anchors))};
  question.time = std::time(nullptr);
  return question;
}

native_question::native_question(const chain_question &from) {
  trust.struct_size = sizeof trust;
  trust.flags = UNITLS_TRUST_ANCHORS;
  trust.blobs = from.anchors.data();
  trust.blob_count = from.anchors.size();
  crls.struct_size = sizeof crls;
  if (from.crls) {
    crls.blobs = from.crls->data();
    crls.blob_count = from.crls->size();
  }
  for (const std::string &name : from.names) {
    names_.push_back(name.c_str());
  }
  request.struct_size = sizeof request;
  request.chain = from.chain.data();
  request.chain_count = from.chain.size();
  request.trust = &trust;
  request.crls = from.crls ? &crls : nullptr;
  request.reference_names = names_.data();
  request.reference_name_count = names_.size();
  request.time = from.time;
  request.purpose = from.purpose;
}

chain_answer ask(const chain_question &question, place at) {
  return ask(native_question(question).request, at);
}

chain_answer ask(const unitls_verify_chain_request &request, place at) {
  const auto &functions = extension<unitls_verify_chain>(verify_chain_id);
  chain_answer answer;
  answer.error = no_error();
  answer.status = functions.verify(plugin().table, &request, keep, &answer.path, &answer.error);
  if (answer.status < 0) {
    expect("U-08", "verify: message in the error", answer.error.message[0] != '\0', "a sentence", "nothing",
           at);
  } else {
    expect("U-08", "verify: the error, without a failure", is_untouched(answer.error), "left as it was",
           "written to", at);
  }
  expect_status("U-08", "verify: status in the error", answer.error.status, answer.status, at);
  expect("U-12", "verify: flags", (answer.error.verify_flags != 0) == (answer.status == UNITLS_E_CERTIFICATE),
         "exactly with UNITLS_E_CERTIFICATE",
         status_text(answer.status) + " with " + flags_text(answer.error.verify_flags), at);
  expect_status("U-07", "verify without an error struct and a sink",
                functions.verify(plugin().table, &request, nullptr, nullptr, nullptr), answer.status, at);
  return answer;
}

void expect_verdict(const char *clause, const std::string &what, const chain_answer &got,
                    unitls_verify_flags flags, place at) {
  expect(clause, what + ": the verdict", got.status == (flags == 0 ? UNITLS_OK : UNITLS_E_CERTIFICATE),
         status_text(flags == 0 ? UNITLS_OK : UNITLS_E_CERTIFICATE),
         status_text(got.status) + " on \"" + got.error.field + "\": " + got.error.message, at);
  expect_flags(clause, what + ": flags", got.error.verify_flags, flags, at);
}

} // namespace unitls::conformance
