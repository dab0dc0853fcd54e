#include "failed_session.hpp"

#include <array>

#include "expect.hpp"

namespace unitls::conformance {
namespace {

void expect_same(const std::string &call, const unitls_error &now, const unitls_error &first) {
  expect_equal("U-22", call + ": alert", now.alert, first.alert);
  expect_equal("U-22", call + ": direction of the alert", now.alert_direction, first.alert_direction);
  expect_flags("U-22", call + ": flags", now.verify_flags, first.verify_flags);
}

} // namespace

void expect_failed_for_ever(const char *clause, party &side, unitls_status status) {
  const unitls_error first = side.error;
  const std::array<std::uint8_t, 3> data{1, 2, 3};
  const std::size_t sends = side.transport.send_calls();
  for (int round = 0; round < 2; ++round) {
    expect_status(clause, "read after the failure", side.read(), status);
    expect_same("read after the failure", side.error, first);
    expect_status(clause, "write after the failure", side.write(data), status);
    expect_same("write after the failure", side.error, first);
    expect_status(clause, "shutdown after the failure", side.shutdown(), status);
    expect_same("shutdown after the failure", side.error, first);
    expect_status(clause, "handshake after the failure", side.handshake(), status);
    expect_same("handshake after the failure", side.error, first);
  }
  expect_equal("U-22", "calls of send after the failure", side.transport.send_calls() - sends,
               std::size_t{0});
  expect_equal("U-32", "bytes pending after the failure", side.pending(), std::size_t{0});
}

} // namespace unitls::conformance
