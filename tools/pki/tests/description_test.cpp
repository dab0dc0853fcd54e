#include "description.hpp"
#include "error.hpp"
#include "standard.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace unitls::pki;

namespace {

Description parse(std::string_view text) {
  return parse_description(text, "test.json", 1000000000, KeyType::p256);
}

/// The sentence with which a description is refused; empty if it is accepted.
std::string refusal(std::string_view text) {
  try {
    static_cast<void>(parse(text));
    return "";
  } catch (const Failure &failure) {
    CHECK(failure.code() == ExitCode::wrong_input);
    return failure.what();
  }
}

bool starts_with(const std::string &text, std::string_view start) {
  return text.rfind(start, 0) == 0;
}

/// One certificate beside a root, with the given members.
std::string with_leaf(const std::string &members) {
  return R"({"certificates": [{"id": "root", "issuer": "self", "ca": true}, {"id": "leaf", "issuer": "root", )" +
         members + "}]}";
}

} // namespace

TEST_CASE("defaults are those that the help names") {
  const Description description = parse(with_leaf(R"("dns": ["a.example"])"));
  REQUIRE(description.certificates.size() == 2);
  const CertificateDescription &root = description.certificates[0];
  CHECK(root.key_usage == std::vector{KeyUsage::key_cert_sign, KeyUsage::crl_sign});
  CHECK_FALSE(root.authority_key_identifier);
  CHECK(root.not_after == 1000000000 + 3650 * one_day);
  const CertificateDescription &leaf = description.certificates[1];
  CHECK(leaf.common_name == "leaf");
  CHECK(leaf.key_usage == std::vector{KeyUsage::digital_signature});
  CHECK(leaf.extended_key_usage.empty());
  CHECK(leaf.authority_key_identifier);
  CHECK_FALSE(leaf.subject_alt_names_critical);
  CHECK(leaf.not_before == 1000000000 - 3 * one_day);
  CHECK(leaf.not_after == 1000000000 + 365 * one_day);
}

TEST_CASE("an empty subject makes the alternative names critical") {
  CHECK(parse(with_leaf(R"("common_name": "", "dns": ["a.example"])"))
            .certificates[1]
            .subject_alt_names_critical);
}

TEST_CASE("names become octets") {
  const auto names = parse(with_leaf(R"("dns": ["a\u0000b"], "ip": ["192.0.2.1", "2001:db8::1"])"))
                         .certificates[1]
                         .subject_alt_names;
  REQUIRE(names.size() == 3);
  CHECK(names[0].octets == std::string("a\0b", 3));
  CHECK(names[1].octets == std::string("\xc0\x00\x02\x01", 4));
  CHECK(names[2].octets.size() == 16);
}

TEST_CASE("an address range becomes address and mask") {
  CHECK(parse_address_range("10.0.0.0/9", "") == std::string("\x0a\0\0\0\xff\x80\0\0", 8));
  CHECK(parse_address_range("::/0", "") == std::string(32, '\0'));
  for (const char *text :
       {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "/8", "::/129"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(static_cast<void>(parse_address_range(text, "")), Failure);
  }
}

TEST_CASE("an unknown key is an error naming its path") {
  CHECK(starts_with(refusal(with_leaf(R"("kee_type": "p256")")),
                    "test.json: /certificates/1/kee_type: this key is unknown"));
  CHECK(starts_with(refusal(R"({"certs": []})"), "test.json: /certs: "));
  CHECK(starts_with(refusal(with_leaf(R"("name_constraints": {"permitted": {"dsn": []}})")),
                    "test.json: /certificates/1/name_constraints/permitted/dsn: "));
  CHECK(starts_with(refusal(with_leaf(R"("extensions": [{"oid": "1.2.3", "value": "", "a/b": 1}])")),
                    "test.json: /certificates/1/extensions/0/a~1b: "));
}

TEST_CASE("a wrong value is an error naming its path") {
  struct Case {
    std::string members;
    std::string path;
  };
  const Case cases[] = {
      {R"("ca": 1)", "ca"},
      {R"("ip": ["300.0.0.1"])", "ip/0"},
      {R"("ip": ["127.0.0.1\u0000"])", "ip/0"},
      {R"("dns": "a.example")", "dns"},
      {R"("dns": [1])", "dns/0"},
      {R"("key_type": "p255")", "key_type"},
      {R"("key_of": "nobody")", "key_of"},
      {R"("key_of": "root", "key_type": "p256")", "key_type"},
      {R"("digest": "md4")", "digest"},
      {R"("serial": "")", "serial"},
      {R"("serial": "abc")", "serial"},
      {R"("serial": -1)", "serial"},
      {R"("not_after": "tomorrow")", "not_after"},
      {R"("version": 2)", "version"},
      {R"("version": 1, "dns": [])", "dns"},
      {R"("path_length": 1, "basic_constraints": false)", "path_length"},
      {R"("key_usage": ["signing"])", "key_usage/0"},
      {R"("extended_key_usage": ["serverauth"])", "extended_key_usage/0"},
      {R"("name_constraints": {})", "name_constraints"},
      {R"("extensions": [{"oid": "3.1", "value": ""}])", "extensions/0/oid"},
      {R"("extensions": [{"oid": "1.40", "value": ""}])", "extensions/0/oid"},
      {R"("extensions": [{"oid": "1.2.3", "value": "0g"}])", "extensions/0/value"},
      {R"("extensions": [{"oid": "1.2.3"}])", "extensions/0/value"},
  };
  for (const Case &wrong : cases) {
    CAPTURE(wrong.members);
    CHECK(starts_with(refusal(with_leaf(wrong.members)), "test.json: /certificates/1/" + wrong.path + ": "));
  }
}

TEST_CASE("an entry names only what stands above it") {
  CHECK(
      starts_with(refusal(R"({"certificates": [{"id": "a", "issuer": "b"}, {"id": "b", "issuer": "self"}]})"),
                  "test.json: /certificates/0/issuer: "));
  CHECK(starts_with(refusal(R"({"certificates": [{"id": "a", "issuer": "a"}]})"),
                    "test.json: /certificates/0/issuer: "));
  CHECK(starts_with(refusal(R"({"chains": [{"id": "c", "members": ["a"]}]})"),
                    "test.json: /chains/0/members/0: "));
}

TEST_CASE("ids are file stems and unique") {
  for (const char *id : {"", "../x", "a/b", ".x", "-x", "self", "a b"}) {
    CAPTURE(id);
    const std::string text = std::string(R"({"certificates": [{"id": ")") + id + R"(", "issuer": "self"}]})";
    CHECK(starts_with(refusal(text), "test.json: /certificates/0/id: "));
  }
  CHECK(starts_with(
      refusal(R"({"certificates": [{"id": "a", "issuer": "self"}, {"id": "a", "issuer": "self"}]})"),
      "test.json: /certificates/1/id: "));
}

TEST_CASE("text that is no JSON, or says something twice, is refused") {
  CHECK(refusal("{").find("line 1") != std::string::npos);
  CHECK(starts_with(refusal(R"({"der": true, "der": false})"), "test.json: the key 'der' stands twice"));
  CHECK(refusal(R"({"a": {"x": 1}, "b": {"x": 1}})").find("twice") == std::string::npos);
  CHECK(starts_with(refusal("[]"), "test.json: an object is needed"));
  CHECK_FALSE(refusal("{}").empty());
}

TEST_CASE("the standard set is a valid description") {
  CHECK(parse(standard_description()).certificates.size() == 18);
}
