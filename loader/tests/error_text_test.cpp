#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <string>

#include <unitls/error.hpp>

namespace {

unitls_error make_error(unitls_status status, const char *message, const char *field = "") {
  unitls_error error{};
  error.struct_size = sizeof error;
  error.status = status;
  std::strncpy(error.message, message, sizeof error.message - 1);
  std::strncpy(error.field, field, sizeof error.field - 1);
  return error;
}

std::string text_of(const unitls_error &error) {
  return unitls::error_info(error).text();
}

} // namespace

TEST_CASE("an error is one sentence with its field") {
  const auto error =
      make_error(UNITLS_E_INVALID, "the key does not match its certificate", "identities[0].private_key");
  CHECK(text_of(error) == "the key does not match its certificate (identities[0].private_key)");
}

TEST_CASE("an error names the alert and who sent it") {
  auto error = make_error(UNITLS_E_ALERT, "the peer ended the handshake");
  error.alert = 48;
  error.alert_direction = UNITLS_ALERT_RECEIVED;
  CHECK(text_of(error) == "the peer ended the handshake (alert received: 48 unknown_ca)");
  error.alert_direction = UNITLS_ALERT_SENT;
  error.alert = 200;
  CHECK(text_of(error) == "the peer ended the handshake (alert sent: 200)");
}

TEST_CASE("a rejected certificate's reasons follow in their fixed order") {
  auto error = make_error(UNITLS_E_CERTIFICATE,
                          "certificate of \"expired.example\" rejected by openssl: expired on 2026-01-01");
  error.verify_flags = UNITLS_VERIFY_UNKNOWN_ISSUER | UNITLS_VERIFY_EXPIRED;
  error.alert = 48;
  error.alert_direction = UNITLS_ALERT_SENT;
  CHECK(text_of(error) == "certificate of \"expired.example\" rejected by openssl: expired on 2026-01-01 "
                          "(verify: expired, unknown issuer)");
}

TEST_CASE("every verify flag has a word, and nothing else has") {
  int words = 0;
  for (int bit = 0; bit < 64; ++bit) {
    words += unitls_verify_flag_name(unitls_verify_flags{1} << bit) != nullptr ? 1 : 0;
  }
  CHECK(words == 20);
  CHECK(std::string(unitls_verify_flag_name(UNITLS_VERIFY_OTHER)) == "other");
  CHECK(std::string(unitls_verify_flag_name(UNITLS_VERIFY_UNKNOWN_CRITICAL_EXTENSION)) ==
        "unknown critical extension");
  CHECK(unitls_verify_flag_name(0) == nullptr);
  CHECK(unitls_verify_flag_name(UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_REVOKED) == nullptr);
}

TEST_CASE("a text that does not fit is cut, ended, and its whole length told") {
  const auto error = make_error(UNITLS_E_INVALID, "0123456789");
  char buffer[5] = "xxxx";
  CHECK(unitls_error_text(&error, buffer, sizeof buffer) == 10);
  CHECK(std::string(buffer) == "0123");
  CHECK(unitls_error_text(&error, buffer, 1) == 10);
  CHECK(buffer[0] == '\0');
  CHECK(unitls_error_text(&error, nullptr, 0) == 10);
}

TEST_CASE("an error without a message is named by its status") {
  CHECK(text_of(make_error(UNITLS_E_TIMEOUT, "")) == "E_TIMEOUT");
  CHECK(text_of(make_error(-99, "")) == "unknown status");
}

TEST_CASE("an error compares with what it means") {
  unitls_error reset = make_error(UNITLS_E_TRANSPORT, "connection reset by peer");
  reset.native_code = ECONNRESET;
  const std::error_code code = unitls::error_info(reset);
  CHECK(code == std::errc::connection_reset);
  CHECK(std::error_code(unitls::error_info(make_error(UNITLS_E_TIMEOUT, "late"))) == std::errc::timed_out);
  CHECK(std::error_code(unitls::error_info(make_error(UNITLS_E_TRUNCATED, "cut"))) ==
        unitls::errc::truncated);
  CHECK(std::error_code(unitls::error_info(make_error(UNITLS_E_CERTIFICATE, "bad"))) ==
        unitls::errc::certificate_rejected);
  CHECK(std::error_code(unitls::error_info(make_error(UNITLS_E_TRUNCATED, "cut"))) != unitls::errc::closed);
  CHECK_FALSE(static_cast<bool>(std::error_code(unitls::error_info())));
}

TEST_CASE("what() is the sentence, with the file that is to blame before it and details after it") {
  unitls::error_info info(
      make_error(UNITLS_E_INVALID, "the key does not match its certificate", "identities[0].private_key"));
  info.set_subject("server.key");
  info.set_details("\n  more");
  CHECK(std::string(unitls::error(info).what()) ==
        "server.key: the key does not match its certificate (identities[0].private_key)\n  more");
}
