// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/name_match.hpp>

#include <doctest/doctest.h>

#include <charconv>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace unitls::test {

using namespace plugin;

namespace {

uint8_t hex_octet(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() != 2)
    throw std::runtime_error("not two hexadecimal digits: " + std::string(digits));
  return static_cast<uint8_t>(value);
}

blob from_hex(std::string_view digits) {
  blob out;
  for (size_t i = 0; i < digits.size(); i += 2)
    out.push_back(hex_octet(digits.substr(i, 2)));
  return out;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) != "\\x") {
      out += text[i];
      continue;
    }
    out += static_cast<char>(hex_octet(text.substr(i + 2, 2)));
    i += 3;
  }
  return out;
}

// One line of the matrix.
struct name_case {
  size_t line = 0;
  std::string verb;
  std::string subject;
  std::string rest;
};

std::vector<name_case> read_matrix() {
  std::ifstream file(UNITLS_NAME_MATRIX);
  if (!file)
    throw std::runtime_error("cannot read " UNITLS_NAME_MATRIX);
  std::vector<name_case> out;
  std::string text;
  for (size_t line = 1; std::getline(file, text); ++line) {
    if (text.empty() || text[0] == '#')
      continue;
    const size_t first = text.find(' ');
    const size_t second = std::min(text.find(' ', first + 1), text.size());
    out.push_back({line, text.substr(0, first), unescape(text.substr(first + 1, second - first - 1)),
                   second < text.size() ? text.substr(second + 1) : ""});
  }
  return out;
}

blob certificate_with(const std::string &entries) {
  certificate_plan plan;
  plan.subject = "";
  std::istringstream words(entries);
  for (std::string word; words >> word;) {
    const size_t colon = word.find(':');
    const std::string form = word.substr(0, colon);
    const std::string value = unescape(word.substr(colon + 1));
    if (form == "cn")
      plan.subject = value;
    else if (form == "ip")
      plan.names.push_back(ip_entry(from_hex(value)));
    else
      plan.names.push_back(tlv(
          std::map<std::string, uint8_t>{{"dns", 0x82}, {"uri", 0x86}, {"email", 0x81}, {"other", 0xa0}}.at(
              form),
          to_blob(value)));
  }
  return make_certificate(plan);
}

void check_match(const name_case &one, bool expected) {
  const auto reference = reference_name::parse(one.subject);
  REQUIRE(reference);
  const blob der = certificate_with(one.rest);
  const auto presented = certificate::parse(der);
  REQUIRE(presented);
  CHECK(matches(*reference, *presented) == expected);
}

void check_refused(const name_case &one) {
  std::string_view reason;
  CHECK_FALSE(reference_name::parse(one.subject, &reason));
  CHECK_FALSE(one.rest.empty());
  CHECK(std::string(reason).find(one.rest) != std::string::npos);
  CHECK_FALSE(is_ip_literal(one.subject));
}

void check_address(const name_case &one) {
  const auto reference = reference_name::parse(one.subject);
  REQUIRE(reference);
  CHECK(reference->is_ip());
  CHECK(is_ip_literal(one.subject));
  const blob expected = from_hex(one.rest);
  CHECK(equal(reference->address(), expected));
}

void check(const name_case &one) {
  if (one.verb == "match" || one.verb == "differ")
    check_match(one, one.verb == "match");
  else if (one.verb == "refuse")
    check_refused(one);
  else if (one.verb == "address")
    check_address(one);
  else if (one.verb == "sni" || one.verb == "no-sni")
    CHECK(is_valid_server_name(one.subject) == (one.verb == "sni"));
  else
    FAIL("unknown verb " << one.verb);
}

} // namespace

TEST_CASE("the matrix of names") {
  const std::vector<name_case> cases = read_matrix();
  CHECK(cases.size() >= 80);
  for (const name_case &one : cases) {
    CAPTURE(one.line);
    CAPTURE(one.verb);
    CAPTURE(one.subject);
    CAPTURE(one.rest);
    check(one);
  }
}

TEST_CASE("a reference name has at most 253 characters") {
  std::string name;
  for (int i = 0; i < 126; ++i)
    name += "a.";
  name += "b";
  CHECK(name.size() == 253);
  CHECK(reference_name::parse(name));
  std::string_view reason;
  CHECK_FALSE(reference_name::parse("a" + name, &reason));
  CHECK(reason == "has more than 253 characters");
}

TEST_CASE("one of several reference names is enough, none is never enough") {
  const blob der = certificate_with("dns:a.example ip:c0000207");
  const auto presented = certificate::parse(der);
  REQUIRE(presented);
  const std::vector<reference_name> names{*reference_name::parse("b.example"),
                                          *reference_name::parse("192.0.2.7")};
  CHECK(matches_any(names, *presented));
  CHECK_FALSE(matches_any(std::span(names).first(1), *presented));
  CHECK_FALSE(matches_any({}, *presented));
}

} // namespace unitls::test
