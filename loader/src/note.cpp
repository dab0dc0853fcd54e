#include "note.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include <unitls/backend.h>

#include "backend_id.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view owner = "unitls\0"sv; // with its NUL, as in the file
constexpr std::size_t longest_text = 1024;
constexpr std::size_t longest_capability = 64;
constexpr std::size_t most_capabilities = 256;

struct raw_note {
  std::uint32_t type = 0;
  std::string_view name;
  std::string_view desc;
};

// Takes bytes from the front of a segment.
class cursor {
public:
  cursor(std::span<const std::byte> bytes, std::size_t alignment) : bytes_(bytes), alignment_(alignment) {}

  bool at_end() const { return bytes_.size() - position_ < 3 * sizeof(std::uint32_t); }

  raw_note next() {
    const std::uint32_t name_size = number();
    const std::uint32_t desc_size = number();
    raw_note note;
    note.type = number();
    note.name = padded(name_size);
    note.desc = padded(desc_size);
    return note;
  }

private:
  std::uint32_t number() {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes_.data() + position_, sizeof value);
    position_ += sizeof value;
    return value;
  }

  // The padding after the last note may be missing.
  std::string_view padded(std::size_t size) {
    if (size > bytes_.size() - position_) {
      throw refusal("is damaged: a note is longer than its segment");
    }
    const std::string_view text(reinterpret_cast<const char *>(bytes_.data()) + position_, size);
    position_ += size;
    const std::size_t padding = (alignment_ - position_ % alignment_) % alignment_;
    position_ += std::min(padding, bytes_.size() - position_);
    return text;
  }

  std::span<const std::byte> bytes_;
  std::size_t alignment_;
  std::size_t position_ = 0;
};

[[noreturn]] void damaged(const std::string &what) {
  throw refusal("has a damaged unitls note: " + what);
}

std::string take_text(std::string_view &rest, const char *what, std::size_t longest) {
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) {
    damaged(std::string(what) + " is missing or has no end");
  }
  const std::string_view text = rest.substr(0, end);
  if (text.size() > longest) {
    damaged(std::string(what) + " is too long");
  }
  if (printable(text) != text) {
    damaged(std::string(what) + " holds control characters");
  }
  rest.remove_prefix(end + 1);
  return std::string(text);
}

std::uint16_t parse_number(std::string_view text, const std::string &whole) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    damaged("\"" + whole + "\" is not a version of the ABI");
  }
  return value;
}

void parse_abi(const std::string &text, plugin_note &note) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) {
    damaged("\"" + text + "\" is not a version of the ABI");
  }
  const std::string_view whole = text;
  note.abi_major = parse_number(whole.substr(0, dot), text);
  note.abi_minor = parse_number(whole.substr(dot + 1), text);
}

bool is_capability(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char each) { return each > ' ' && each < 0x7F; });
}

std::vector<std::string> parse_capabilities(std::string_view rest) {
  std::vector<std::string> capabilities;
  while (!rest.empty() && rest.front() != '\0') {
    if (capabilities.size() == most_capabilities) {
      damaged("it lists too many capabilities");
    }
    capabilities.push_back(take_text(rest, "a capability", longest_capability));
    if (!is_capability(capabilities.back())) {
      damaged("\"" + capabilities.back() + "\" is not a capability");
    }
  }
  if (rest.find_first_not_of('\0') != std::string_view::npos) {
    damaged("something follows the list of capabilities");
  }
  return capabilities;
}

plugin_note parse(const raw_note &raw) {
  plugin_note note;
  note.kind = raw.type;
  if (note.kind != UNITLS_NOTE_PLUGIN && note.kind != UNITLS_NOTE_LAYER) {
    damaged("its type " + std::to_string(note.kind) + " is unknown");
  }
  std::string_view rest = raw.desc;
  note.id = take_text(rest, "the id", longest_text);
  if (!is_backend_id(note.id)) {
    damaged("\"" + note.id + "\" is not an id; " + std::string(backend_id_rule));
  }
  note.version = take_text(rest, "the version", longest_text);
  note.description = take_text(rest, "the description", longest_text);
  note.library_build_version = take_text(rest, "the library's version", longest_text);
  parse_abi(take_text(rest, "the version of the ABI", longest_text), note);
  note.capabilities = parse_capabilities(rest);
  return note;
}

} // namespace

std::optional<plugin_note> find_note(std::span<const std::byte> segment, std::size_t alignment) {
  std::optional<plugin_note> found;
  for (cursor notes(segment, alignment); !notes.at_end();) {
    const raw_note each = notes.next();
    if (each.name != owner) {
      continue;
    }
    if (found) {
      throw refusal("has two unitls notes");
    }
    found = parse(each);
  }
  return found;
}

} // namespace unitls::loader
