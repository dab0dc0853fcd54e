// Names as RFC 4514 writes them, also hostile ones.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"
#include "distinguished_name_text.hpp"

#include <unitls/plugin/object_identifier_text.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin;

namespace {

const blob cn{0x55, 0x04, 0x03};
const blob o{0x55, 0x04, 0x0a};
const blob ou{0x55, 0x04, 0x0b};

blob utf8(std::string_view text) {
  return tlv(der::tag_utf8_string, to_blob(text));
}

std::string text_of(const blob &name, text_repertoire repertoire = text_repertoire::printable_unicode) {
  return distinguished_name_text(name, repertoire);
}

// The text of a common name's value.
std::string value_text(const blob &value, text_repertoire repertoire = text_repertoire::printable_unicode) {
  const std::string text = text_of(name_of({{attribute(cn, value)}}), repertoire);
  REQUIRE(text.starts_with("CN="));
  return text.substr(3);
}

} // namespace

TEST_CASE("a name is written from its last part to its first") {
  CHECK(text_of(name_of({{attribute(o, utf8("Example"))}, {attribute(cn, utf8("example.org"))}})) ==
        "CN=example.org,O=Example");
  CHECK(text_of(name_of({})).empty());
}

TEST_CASE("a part with several attributes is joined by plus, in their order") {
  CHECK(text_of(name_of({{attribute(o, utf8("a"))}, {attribute(ou, utf8("b")), attribute(cn, utf8("c"))}})) ==
        "OU=b+CN=c,O=a");
}

TEST_CASE("attributes that have a short name get it") {
  const blob domain{0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19};
  const blob user{0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01};
  const blob email{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01};
  const auto short_name = [](const blob &type) { return text_of(name_of({{attribute(type, utf8("x"))}})); };
  CHECK(short_name(cn) == "CN=x");
  CHECK(short_name({0x55, 0x04, 0x05}) == "serialNumber=x");
  CHECK(short_name({0x55, 0x04, 0x06}) == "C=x");
  CHECK(short_name({0x55, 0x04, 0x07}) == "L=x");
  CHECK(short_name({0x55, 0x04, 0x08}) == "ST=x");
  CHECK(short_name({0x55, 0x04, 0x09}) == "STREET=x");
  CHECK(short_name(o) == "O=x");
  CHECK(short_name(ou) == "OU=x");
  CHECK(short_name({0x55, 0x04, 0x0f}) == "businessCategory=x");
  CHECK(short_name({0x55, 0x04, 0x11}) == "postalCode=x");
  CHECK(short_name(domain) == "DC=x");
  CHECK(short_name(user) == "UID=x");
  CHECK(short_name(email) == "emailAddress=x");
}

TEST_CASE("an attribute without a short name is dots and hexadecimal") {
  CHECK(text_of(name_of({{attribute({0x2a, 0x03, 0x04}, utf8("ab"))}})) == "1.2.3.4=#0c026162");
  CHECK(text_of(name_of({{attribute({0x80}, utf8("a"))}})) == "#060180=#0c0161");
}

TEST_CASE("characters that mean something in the text are escaped") {
  CHECK(value_text(utf8("a\"b+c,d;e<f>g\\h")) == R"(a\"b\+c\,d\;e\<f\>g\\h)");
  CHECK(value_text(utf8(" a b ")) == R"(\ a b\ )");
  CHECK(value_text(utf8(" ")) == R"(\ )");
  CHECK(value_text(utf8("#a#")) == R"(\#a#)");
  CHECK(value_text(utf8("a=b")) == "a=b");
  CHECK(value_text(utf8("")).empty());
}

TEST_CASE("what a terminal obeys is written in hexadecimal") {
  using namespace std::string_view_literals;
  CHECK(value_text(utf8("a\0b"sv)) == R"(a\00b)");
  CHECK(value_text(utf8("\x1b[31m\n\x7f")) == R"(\1b[31m\0a\7f)");
  CHECK(value_text(utf8("\xc2\x85")) == R"(\c2\85)"); // C1 control
  // NOLINTNEXTLINE(misc-misleading-bidirectional): a right-to-left override is what must not reach a terminal
  CHECK(value_text(utf8("\xe2\x80\xae")) == R"(\e2\80\ae)");
  CHECK(value_text(utf8("\xe2\x80\x8b")) == R"(\e2\80\8b)");        // zero width space
  CHECK(value_text(utf8("\xf3\xa0\x80\xa1")) == R"(\f3\a0\80\a1)"); // tag
  CHECK(value_text(utf8("\xef\xbf\xbe")) == R"(\ef\bf\be)");        // noncharacter
}

TEST_CASE("other characters stand as they are, or escaped where only ASCII may stand") {
  const blob umlaut = utf8("M\xc3\xbcller");
  CHECK(value_text(umlaut) == "M\xc3\xbcller");
  CHECK(value_text(umlaut, text_repertoire::printable_ascii) == R"(M\c3\bcller)");
  CHECK(value_text(utf8("\xf0\x9f\x94\x92")) == "\xf0\x9f\x94\x92");
  CHECK(value_text(utf8("~ \xe6\xbc\xa2")) == "~ \xe6\xbc\xa2");
}

TEST_CASE("octets that are no UTF-8 are escaped one by one") {
  CHECK(value_text(utf8("a\xff z")) == R"(a\ff z)");
  CHECK(value_text(utf8("\xc3")) == R"(\c3)");
  CHECK(value_text(utf8("\xc0\xaf")) == R"(\c0\af)");        // longer than needed
  CHECK(value_text(utf8("\xe0\x80\xaf")) == R"(\e0\80\af)"); // the same
  CHECK(value_text(utf8("\xed\xa0\x80")) == R"(\ed\a0\80)"); // a surrogate
  CHECK(value_text(utf8("\xf4\x90\x80\x80")) == R"(\f4\90\80\80)");
}

TEST_CASE("every string type becomes the same text") {
  for (const uint8_t tag : {der::tag_utf8_string, der::tag_printable_string, der::tag_ia5_string,
                            der::tag_teletex_string, der::tag_visible_string})
    CHECK(value_text(tlv(tag, to_blob("Abc"))) == "Abc");
  CHECK(value_text(tlv(der::tag_numeric_string, to_blob("12"))) == "12");
  CHECK(value_text(tlv(der::tag_bmp_string, {0, 'A', 0x20, 0xac})) == "A\xe2\x82\xac");
  CHECK(value_text(tlv(der::tag_universal_string, {0, 0, 0, 'A', 0, 1, 0xf5, 0x12})) == "A\xf0\x9f\x94\x92");
  CHECK(value_text(tlv(der::tag_teletex_string, {'M', 0xfc})) == "M\xc3\xbc");
  CHECK(value_text(tlv(der::tag_printable_string, {'M', 0xfc})) == R"(M\fc)");
}

TEST_CASE("a value that is no string of its type is written in hexadecimal") {
  CHECK(value_text(tlv(der::tag_bmp_string, {0, 'A', 0})) == "#1e03004100");
  CHECK(value_text(tlv(der::tag_bmp_string, {0xd8, 0x3d, 0, 'A'})) == R"(\d8\3dA)");
  CHECK(value_text(tlv(der::tag_universal_string, {0, 0, 0})) == "#1c03000000");
  CHECK(value_text(tlv(der::tag_universal_string, {0, 0x11, 0, 0})) == R"(\00\11\00\00)");
  CHECK(value_text(tlv(der::tag_octet_string, {1, 2})) == "#04020102");
}

TEST_CASE("a long name is cut between characters") {
  std::string long_text;
  for (int i = 0; i < 5000; ++i)
    long_text += "\xc3\xbc";
  for (const text_repertoire repertoire :
       {text_repertoire::printable_ascii, text_repertoire::printable_unicode}) {
    const size_t size = repertoire == text_repertoire::printable_ascii ? 6 : 2;
    const std::string text = value_text(utf8(long_text), repertoire);
    CHECK(text.size() + 3 <= distinguished_name_text_max);
    CHECK(text.size() + 3 + size > distinguished_name_text_max);
    REQUIRE(text.ends_with("..."));
    CHECK((text.size() - 3) % size == 0);
  }
  const std::vector<std::vector<blob>> parts(10000, {attribute(o, utf8("a"))});
  CHECK(text_of(name_of(parts)).size() <= distinguished_name_text_max);
  CHECK(value_text(tlv(der::tag_octet_string, blob(100000, 1))).size() <= distinguished_name_text_max);
}

TEST_CASE("object identifiers are written in dots") {
  const auto dots = [](const blob &content) { return object_identifier_text(content); };
  CHECK(dots({0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b}) == "1.2.840.113549.1.1.11");
  CHECK(dots({0x00}) == "0.0");
  CHECK(dots({0x27}) == "0.39");
  CHECK(dots({0x28}) == "1.0");
  CHECK(dots({0x4f}) == "1.39");
  CHECK(dots({0x50}) == "2.0");
  CHECK(dots({0x88, 0x37, 0x03}) == "2.999.3");
  CHECK(dots({0x2a, 0x8f, 0xff, 0xff, 0xff, 0x7f}) == "1.2.4294967295");
}

TEST_CASE("object identifiers that are malformed or out of proportion have no text") {
  const auto dots = [](const blob &content) { return object_identifier_text(content); };
  CHECK(dots({}).empty());
  CHECK(dots({0x80}).empty());
  CHECK(dots({0x2a, 0x86}).empty());
  CHECK(dots({0x2a, 0x80, 0x01}).empty());
  CHECK(dots({0x2a, 0x90, 0x80, 0x80, 0x80, 0x00}).empty());
  CHECK_FALSE(dots(blob(64, 1)).empty());
  CHECK(dots(blob(65, 1)).empty());
}

} // namespace unitls::test
