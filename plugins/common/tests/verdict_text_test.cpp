// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/verdict_text.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace unitls::test {

using namespace plugin;

namespace {

constexpr unitls_verify_flags all_flags = (unitls_verify_flags{1} << 20) - 1;

std::string describe_one(unitls_verify_flags flags, const certificate_plan &plan, int64_t time = 0) {
  const std::vector<blob> chain{make_certificate(plan)};
  const auto path = lend_all(chain);
  return describe({flags, path, nullptr, time, {}});
}

} // namespace

TEST_CASE("the first flag follows the fixed order") {
  CHECK(first_flag(0) == 0);
  CHECK(first_flag(all_flags) == UNITLS_VERIFY_MALFORMED);
  CHECK(first_flag(UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_UNKNOWN_ISSUER) == UNITLS_VERIFY_UNKNOWN_ISSUER);
  CHECK(first_flag(UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_NOT_YET_VALID) == UNITLS_VERIFY_NOT_YET_VALID);
  CHECK(first_flag(UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_NAME_MISMATCH) == UNITLS_VERIFY_EXPIRED);
  CHECK(first_flag(UNITLS_VERIFY_PIN_MISMATCH | UNITLS_VERIFY_NAME_MISMATCH) == UNITLS_VERIFY_NAME_MISMATCH);
  CHECK(first_flag(UNITLS_VERIFY_PIN_MISMATCH | UNITLS_VERIFY_REVOCATION_UNKNOWN) ==
        UNITLS_VERIFY_PIN_MISMATCH);
  CHECK(first_flag(unitls_verify_flags{1} << 40) == UNITLS_VERIFY_OTHER);
  unitls_verify_flags left = all_flags;
  for (int count = 0; count < 20; ++count)
    left &= ~first_flag(left);
  CHECK(left == 0);
}

TEST_CASE("alerts are those of the table") {
  CHECK(alert_for(UNITLS_VERIFY_REVOKED | UNITLS_VERIFY_EXPIRED) == 44);
  CHECK(alert_for(UNITLS_VERIFY_UNKNOWN_ISSUER | UNITLS_VERIFY_EXPIRED) == 48);
  CHECK(alert_for(UNITLS_VERIFY_SELF_SIGNED) == 48);
  CHECK(alert_for(UNITLS_VERIFY_EXPIRED | UNITLS_VERIFY_NAME_MISMATCH) == 45);
  CHECK(alert_for(UNITLS_VERIFY_NOT_YET_VALID) == 45);
  CHECK(alert_for(UNITLS_VERIFY_NAME_MISMATCH) == 42);
  CHECK(alert_for(UNITLS_VERIFY_BAD_SIGNATURE) == 42);
  CHECK(alert_for(UNITLS_VERIFY_MALFORMED) == 42);
  CHECK(alert_for(UNITLS_VERIFY_OTHER) == 42);
}

TEST_CASE("sentences name the certificate and what is wrong with it") {
  certificate_plan plan;
  plan.subject = "common";
  plan.issuer = "Some CA";
  plan.not_after = "20260101000000Z";
  CHECK(describe_one(UNITLS_VERIFY_EXPIRED, plan, 1780272000) ==
        "certificate of \"common\" expired on 2026-01-01");
  plan.names = {ip_entry({192, 0, 2, 7}), dns_entry("expired.example")};
  CHECK(describe_one(UNITLS_VERIFY_EXPIRED, plan, 1780272000) ==
        "certificate of \"expired.example\" expired on 2026-01-01");
  CHECK(describe_one(UNITLS_VERIFY_NOT_YET_VALID, plan, 0) ==
        "certificate of \"expired.example\" is not valid before 2020-01-01");
  CHECK(describe_one(UNITLS_VERIFY_UNKNOWN_ISSUER, plan) ==
        "certificate of \"expired.example\" comes from \"Some CA\", which is not trusted");
}

TEST_CASE("the expired certificate of a path is named, not always the leaf") {
  certificate_plan ca;
  ca.subject = "Old CA";
  ca.not_after = "20210203000000Z";
  const std::vector<blob> chain{make_certificate({}), make_certificate(ca)};
  const auto path = lend_all(chain);
  CHECK(describe({UNITLS_VERIFY_EXPIRED, path, nullptr, 1780272000, {}}) ==
        "certificate of \"Old CA\" expired on 2021-02-03");
}

TEST_CASE("a mismatch names whom we wanted") {
  const std::vector<blob> chain{make_certificate({})};
  const auto path = lend_all(chain);
  const std::vector<reference_name> names{*reference_name::parse("a.example"),
                                          *reference_name::parse("b.example")};
  CHECK(describe({UNITLS_VERIFY_NAME_MISMATCH, path, nullptr, 0, std::span(names).first(1)}) ==
        "certificate of \"leaf\" is not for \"a.example\"");
  CHECK(describe({UNITLS_VERIFY_NAME_MISMATCH, path, nullptr, 0, names}) ==
        "certificate of \"leaf\" is not for \"a.example\" nor for the other names that were expected");
}

TEST_CASE("a malformed entry is counted from one, and its fault told") {
  const std::vector<blob> chain{make_certificate({}), find_vector("ser-pad").chain[0]};
  const auto entries = lend_all(chain);
  const presented_chain presented(entries);
  CHECK(describe({presented.flags(), {}, &presented, 0, {}}) ==
        "certificate 2 of the peer's list has an empty or padded serial number");
  const presented_chain none(std::span<const unitls_bytes>{});
  CHECK(describe({none.flags(), {}, &none, 0, {}}) == "the peer sent no certificate");
}

TEST_CASE("every flag has a sentence of its own that fits, with the longest names, and without a path") {
  certificate_plan plan;
  plan.subject = std::string(500, '"');
  plan.issuer = std::string(500, '\n');
  const std::string long_name = std::string(60, 'a') + '.' + std::string(60, 'b');
  const std::vector<reference_name> names{*reference_name::parse(long_name),
                                          *reference_name::parse("b.example")};
  const std::vector<blob> chain{make_certificate(plan)};
  const auto path = lend_all(chain);
  std::vector<std::string> seen;
  for (unitls_verify_flags flag = 1; (flag & all_flags) != 0; flag <<= 1) {
    const std::string text = describe({flag, path, nullptr, 0, names});
    CAPTURE(text);
    CHECK(text.size() < UNITLS_ERROR_MESSAGE_SIZE);
    CHECK(text.back() != '.');
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find("(verify:") == std::string::npos);
    CHECK(std::find(seen.begin(), seen.end(), text) == seen.end());
    CHECK_FALSE(describe({flag, {}, nullptr, 0, {}}).empty());
    seen.push_back(text);
  }
  CHECK(seen.size() == 20);
}

TEST_CASE("names are escaped and cut between characters") {
  CHECK(escape("plain", 64) == "plain");
  CHECK(escape(std::string_view("a\0b\x1b\x7f\xc3", 6), 64) == "a\\x00b\\x1b\\x7f\\xc3");
  CHECK(escape("say \"\\\"", 64) == "say \\\"\\\\\\\"");
  CHECK(escape("12345678", 8) == "12345678");
  CHECK(escape("123456789", 8) == "12345...");
  CHECK(escape("1234\n6789", 8) == "1234...");
  CHECK(escape("", 8).empty());
}

} // namespace unitls::test
