// The note of a plugin. The first octet chooses the alignment: odd for 8, even for 4; the rest is the segment.
#include "fuzz.hpp"
#include "note.hpp"

#include "backend_id.hpp"
#include "refusal.hpp"

namespace {

using namespace unitls::loader;
using unitls::fuzz::require;

void check_text(const std::string &text) {
  require(text.size() <= 1024, "a text is bounded");
  require(printable(text) == text, "a text is fit for a terminal");
}

void check_note(const plugin_note &note) {
  require(note.kind == 1 || note.kind == 2, "a note is a plugin's or a layer's");
  require(is_backend_id(note.id), "the id is one");
  for (const std::string *text : {&note.version, &note.description, &note.library_build_version}) {
    check_text(*text);
  }
  require(note.capabilities.size() <= 256, "the list of capabilities is bounded");
  for (const std::string &capability : note.capabilities) {
    require(!capability.empty() && capability.size() <= 64 && unitls::fuzz::is_printable_ascii(capability) &&
                capability.find(' ') == std::string::npos,
            "a capability is a word");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const auto segment = std::as_bytes(std::span(data, size)).subspan(1);
  try {
    if (const auto note = find_note(segment, data[0] % 2 != 0 ? 8 : 4)) {
      check_note(*note);
    }
  } catch (const refusal &reason) {
    require(printable(reason.what()) == reason.what(), "a refusal is fit for a terminal");
  }
  return 0;
}
