// The matrix of names (RFC 9525), with a certificate for each row: U-09, U-44, U-46, U-61.
#include <string>

#include "attempt.hpp"
#include "case.hpp"
#include "certificates.hpp"
#include "chain_question.hpp"
#include "name_certificates.hpp"
#include "party.hpp"
#include "vectors.hpp"

namespace unitls::conformance {
namespace {

// What a C string can carry.
bool is_text(const name_row &row) {
  return row.subject.find('\0') == std::string_view::npos;
}

template <class Body>
void for_each_row(std::string_view verb, Body body) {
  std::size_t rows = 0;
  for (const name_row &row : name_rows()) {
    if (row.verb == verb && is_text(row)) {
      const during what("line " + std::to_string(row.line) + ", " + printable(row.subject));
      body(row);
      ++rows;
    }
  }
  expect("U-44", "rows of the matrix", rows != 0, "some", "none");
}

void expect_name(const name_row &row, unitls_verify_flags flags) {
  chain_question question = question_about(name_certificate(row) + ".pem", "ca.pem");
  question.names = {std::string(row.subject)};
  expect_verdict("U-44", "the name", ask(question), flags);
}

UNITLS_CASE("names/match", "What fits a certificate's names is accepted", "U-44 U-61",
            needs(verify_chain_id)) {
  for_each_row("match", [](const name_row &row) { expect_name(row, 0); });
}

UNITLS_CASE("names/differ", "What does not fit is a name mismatch and nothing else", "U-44 U-61",
            needs(verify_chain_id)) {
  for_each_row("differ", [](const name_row &row) { expect_name(row, UNITLS_VERIFY_NAME_MISMATCH); });
}

UNITLS_CASE("names/addresses", "An address in any of its texts is the same octets", "U-44 U-61",
            needs(verify_chain_id)) {
  for_each_row("address", [](const name_row &row) { expect_name(row, 0); });
}

UNITLS_CASE("names/refused", "A text that is neither a DNS name nor an address is refused by name",
            "U-09 U-44", needs(verify_chain_id)) {
  for_each_row("refuse", [](const name_row &row) {
    chain_question question = question_about("server.pem", "ca.pem");
    question.names = {"localhost", std::string(row.subject)};
    const chain_answer answer = ask(question);
    expect_refusal("U-44", "verify", {answer.status, answer.error}, UNITLS_E_INVALID, "reference_names[1]");
  });
}

attempt session_with(const client_setup &setup) {
  wire in;
  wire out;
  const memory_transport transport(in, out);
  const context_handle context = make_context(client_setup{});
  const native_session native(setup);
  return try_session(context.get(), &native.config, transport.native());
}

UNITLS_CASE("names/refused-in-session", "So it is in a session", "U-09 U-44", needs("client")) {
  for_each_row("refuse", [](const name_row &row) {
    client_setup setup;
    setup.reference_names = {"localhost", std::string(row.subject)};
    expect_refusal("U-44", "session_create", session_with(setup), UNITLS_E_INVALID, "reference_names[1]");
  });
}

UNITLS_CASE("names/server-name", "A host name can be sent as SNI", "U-46", needs("client")) {
  for_each_row("sni", [](const name_row &row) {
    client_setup setup;
    setup.server_name = std::string(row.subject);
    expect_refusal("U-46", "session_create", session_with(setup), UNITLS_OK, nullptr);
  });
}

UNITLS_CASE("names/no-server-name", "What is no host name cannot be sent as SNI", "U-09 U-46",
            needs("client")) {
  for_each_row("no-sni", [](const name_row &row) {
    client_setup setup;
    setup.server_name = std::string(row.subject);
    expect_refusal("U-46", "session_create", session_with(setup), UNITLS_E_INVALID, "server_name");
  });
}

} // namespace
} // namespace unitls::conformance
