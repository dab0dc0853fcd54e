#include "note.hpp"

#include <cstring>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <unitls/backend.h>

#include "plugin_file.hpp"
#include "refusal.hpp"

using namespace unitls::loader;
using namespace std::string_literals;

namespace {

const std::string good_desc = "mine\0"s
                              "1.2\0"s
                              "The Mine library\0"s
                              "Mine 4.2\0"s
                              "0.1\0"s
                              "client\0"s
                              "tls1.3\0"s;

std::string number(std::uint32_t value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

std::string padded(std::string text, std::size_t alignment) {
  text.resize((text.size() + alignment - 1) / alignment * alignment);
  return text;
}

std::string note_bytes(std::uint32_t type, const std::string &name, const std::string &desc) {
  return number(static_cast<std::uint32_t>(name.size())) + number(static_cast<std::uint32_t>(desc.size())) +
         number(type) + padded(name, 4) + padded(desc, 4);
}

std::optional<plugin_note> parse(const std::string &bytes, std::size_t alignment = 4) {
  return find_note(std::as_bytes(std::span(bytes)), alignment);
}

std::optional<plugin_note> parse_desc(const std::string &desc) {
  return parse(note_bytes(UNITLS_NOTE_PLUGIN, "unitls\0"s, desc));
}

std::string complaint(const std::string &bytes) {
  try {
    parse(bytes);
  } catch (const refusal &reason) {
    return reason.what();
  }
  return "";
}

std::string complaint_about_desc(const std::string &desc) {
  return complaint(note_bytes(UNITLS_NOTE_PLUGIN, "unitls\0"s, desc));
}

} // namespace

TEST_CASE("a note is read") {
  const auto note = parse_desc(good_desc);
  REQUIRE(note);
  CHECK(note->kind == UNITLS_NOTE_PLUGIN);
  CHECK(note->id == "mine");
  CHECK(note->version == "1.2");
  CHECK(note->description == "The Mine library");
  CHECK(note->library_build_version == "Mine 4.2");
  CHECK(note->abi_major == 0);
  CHECK(note->abi_minor == 1);
  CHECK(note->capabilities == std::vector<std::string>{"client", "tls1.3"});
}

TEST_CASE("a layer's note has neither library nor capabilities") {
  const auto note = parse(note_bytes(UNITLS_NOTE_LAYER, "unitls\0"s,
                                     "trace\0"s
                                     "1.0\0"s
                                     "Logs calls\0"s
                                     "\0"s
                                     "0.1\0"s));
  REQUIRE(note);
  CHECK(note->kind == UNITLS_NOTE_LAYER);
  CHECK(note->library_build_version == "");
  CHECK(note->capabilities.empty());
}

TEST_CASE("notes of others are passed over") {
  CHECK_FALSE(parse(""));
  CHECK_FALSE(parse(note_bytes(3, "GNU\0"s, "12345678")));
  CHECK(parse(note_bytes(3, "GNU\0"s, "12345") + note_bytes(UNITLS_NOTE_PLUGIN, "unitls\0"s, good_desc)));
}

TEST_CASE("a mock's note is that of its descriptor") {
  const plugin_file file = inspect_plugin_file(MOCK_FOLDER "/unitls-good.so");
  CHECK(file.note.id == "good");
  CHECK(file.note.description == "A mock");
  CHECK(file.note.capabilities == std::vector<std::string>{"client"});
}

TEST_CASE("a damaged note is refused and says where") {
  CHECK(complaint_about_desc("") == "has a damaged unitls note: the id is missing or has no end");
  CHECK(complaint_about_desc("mine") == "has a damaged unitls note: the id is missing or has no end");
  CHECK(complaint_about_desc("mine\0"s) == "has a damaged unitls note: the version is missing or has no end");
  CHECK(complaint_about_desc("Mine\0"s).starts_with("has a damaged unitls note: \"Mine\" is not an id"));
  CHECK(complaint_about_desc("help\0"s).starts_with("has a damaged unitls note: \"help\" is not an id"));
  CHECK(complaint_about_desc("a\0\x1b[1m\0"s) ==
        "has a damaged unitls note: the version holds control characters");
  CHECK(complaint_about_desc("a\0b\0c\0d\0one\0"s) ==
        "has a damaged unitls note: \"one\" is not a version of the ABI");
  CHECK(complaint_about_desc("a\0b\0c\0d\0"s
                             "1.99999\0"s) ==
        "has a damaged unitls note: \"1.99999\" is not a version of the ABI");
  CHECK(complaint_about_desc("a\0b\0c\0d\0"s
                             "0.1\0x y\0"s) == "has a damaged unitls note: \"x y\" is not a capability");
  CHECK(complaint_about_desc(good_desc + "\0more\0"s) ==
        "has a damaged unitls note: something follows the list of capabilities");
  CHECK(complaint(note_bytes(7, "unitls\0"s, good_desc)) ==
        "has a damaged unitls note: its type 7 is unknown");
  const std::string one = note_bytes(UNITLS_NOTE_PLUGIN, "unitls\0"s, good_desc);
  CHECK(complaint(one + one) == "has two unitls notes");
}

TEST_CASE("a note that is longer than its segment is refused") {
  CHECK(complaint(number(0xFFFFFFFF) + number(0) + number(1)) ==
        "is damaged: a note is longer than its segment");
  CHECK(complaint(number(7) + number(0xFFFFFFFF) + number(1) + "unitls\0\0"s) ==
        "is damaged: a note is longer than its segment");
}

TEST_CASE("a note cut at any length is read as far as it goes or refused") {
  const std::string whole = note_bytes(UNITLS_NOTE_PLUGIN, "unitls\0"s, good_desc);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    for (const std::size_t alignment : {std::size_t{4}, std::size_t{8}}) {
      CAPTURE(length);
      try {
        const auto note = parse(whole.substr(0, length), alignment);
        CHECK((!note || note->id == "mine"));
      } catch (const refusal &reason) {
        CHECK(std::string_view(reason.what()).size() > 0);
      }
    }
  }
}
