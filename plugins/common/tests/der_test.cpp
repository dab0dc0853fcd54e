// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "der_writer.hpp"

#include <unitls/plugin/der.hpp>

#include <doctest/doctest.h>

namespace unitls::test {

using namespace plugin::der;

namespace {

bool reads(const blob &input) {
  return reader(input).next().has_value();
}

std::optional<int64_t> utc(std::string_view text) {
  const blob content = to_blob(text);
  return time({tag_utc_time, content, content});
}

std::optional<int64_t> generalized(std::string_view text) {
  const blob content = to_blob(text);
  return time({tag_generalized_time, content, content});
}

} // namespace

TEST_CASE("a value is read with its tag, content and whole") {
  const blob input{0x04, 0x02, 0xaa, 0xbb, 0x05, 0x00};
  reader values(input);
  const auto first = values.next(tag_octet_string);
  REQUIRE(first);
  CHECK(first->content.size() == 2);
  CHECK(first->content[1] == 0xbb);
  CHECK(first->whole.size() == 4);
  CHECK_FALSE(values.next(tag_sequence));
  CHECK(values.next(0x05));
  CHECK(values.at_end());
  CHECK_FALSE(values.next());
}

TEST_CASE("lengths that lie, are padded, indefinite or too large are refused") {
  CHECK_FALSE(reads({}));
  CHECK_FALSE(reads({0x30}));
  CHECK_FALSE(reads({0x30, 0x01}));
  CHECK_FALSE(reads({0x30, 0x80, 0x00, 0x00}));
  CHECK_FALSE(reads({0x30, 0xff}));
  CHECK_FALSE(reads({0x30, 0x81, 0x01, 0x00}));
  CHECK_FALSE(reads({0x30, 0x81}));
  CHECK_FALSE(reads({0x30, 0x82, 0x00}));
  CHECK_FALSE(reads({0x30, 0x84, 0xff, 0xff, 0xff, 0xff}));
  CHECK_FALSE(reads({0x30, 0x85, 0x00, 0x00, 0x00, 0x00, 0x00}));
  CHECK_FALSE(reads({0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
  blob padded{0x04, 0x82, 0x00, 0x80};
  padded.resize(4 + 0x80);
  CHECK_FALSE(reads(padded));
  blob exact{0x04, 0x81, 0x80};
  exact.resize(3 + 0x80);
  CHECK(reads(exact));
  exact.pop_back();
  CHECK_FALSE(reads(exact));
}

TEST_CASE("tag numbers above 30 are refused") {
  CHECK_FALSE(reads({0x1f, 0x01, 0x00}));
}

TEST_CASE("only() wants nothing behind its value") {
  CHECK(only(blob{0x30, 0x00}, tag_sequence));
  CHECK_FALSE(only(blob{0x30, 0x00, 0x00}, tag_sequence));
  CHECK_FALSE(only(blob{0x31, 0x00}, tag_sequence));
}

TEST_CASE("booleans are 00 or FF") {
  CHECK(boolean(blob{0xff}) == true);
  CHECK(boolean(blob{0x00}) == false);
  CHECK_FALSE(boolean(blob{0x01}));
  CHECK_FALSE(boolean(blob{}));
  CHECK_FALSE(boolean(blob{0xff, 0xff}));
}

TEST_CASE("integers are in their shortest form") {
  CHECK(is_integer(blob{0x00}));
  CHECK(is_integer(blob{0x00, 0x80}));
  CHECK(is_integer(blob{0xff, 0x7f}));
  CHECK_FALSE(is_integer(blob{}));
  CHECK_FALSE(is_integer(blob{0x00, 0x7f}));
  CHECK_FALSE(is_integer(blob{0xff, 0x80}));
  CHECK(unsigned_saturated(blob{0x01, 0x00}) == 256U);
  CHECK(unsigned_saturated(blob{0x00, 0xff, 0xff, 0xff, 0xff}) == UINT32_MAX);
  CHECK(unsigned_saturated(blob{0x01, 0x00, 0x00, 0x00, 0x00}) == UINT32_MAX);
  CHECK_FALSE(unsigned_saturated(blob{0x80}));
}

TEST_CASE("bit strings have at most seven unused bits, all zero") {
  CHECK(first_bits(blob{0x00}) == uint8_t{0});
  CHECK(first_bits(blob{0x05, 0xa0}) == uint8_t{0xa0});
  CHECK_FALSE(first_bits(blob{0x05, 0xa1}));
  CHECK_FALSE(first_bits(blob{0x08, 0x00}));
  CHECK_FALSE(first_bits(blob{0x01}));
  CHECK_FALSE(first_bits(blob{}));
  CHECK(octets_of_bit_string(blob{0x00, 0x12})->size() == 1);
  CHECK_FALSE(octets_of_bit_string(blob{0x01, 0x12}));
  CHECK_FALSE(octets_of_bit_string(blob{}));
}

TEST_CASE("times are those of RFC 5280") {
  CHECK(utc("700101000000Z") == 0);
  CHECK(utc("691231235959Z") == -1);
  CHECK(utc("500101000000Z") == -631152000);
  CHECK(utc("491231235959Z") == 2524607999);
  CHECK(utc("240229120000Z") == 1709208000);
  CHECK(generalized("19700101000000Z") == 0);
  CHECK(generalized("99991231235959Z") == 253402300799);
  CHECK(generalized("00010101000000Z") == -62135596800);
  CHECK(generalized("20000229000000Z") == 951782400);
}

TEST_CASE("other spellings of a time and days that never were are refused") {
  for (const char *text :
       {"", "Z", "7001010000Z", "700101000000", "700101000000+0000", "70010100000-Z", "701301000000Z",
        "700001000000Z", "700100000000Z", "700132000000Z", "230229000000Z", "240230000000Z", "700101240000Z",
        "700101006000Z", "700101000060Z", "7001010000001Z", "70 101000000Z"}) {
    CAPTURE(text);
    CHECK_FALSE(utc(text));
  }
  for (const char *text : {"00000101000000Z", "19000229000000Z", "20240101000000", "202401010000Z",
                           "20240101000000.5Z", "20241301000000Z", "2O240101000000Z"}) {
    CAPTURE(text);
    CHECK_FALSE(generalized(text));
  }
  const blob content = to_blob("700101000000Z");
  CHECK_FALSE(time({tag_octet_string, content, content}));
}

} // namespace unitls::test
