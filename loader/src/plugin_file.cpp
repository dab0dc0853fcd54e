#include "plugin_file.hpp"

#include <unitls/backend.h>

#include "elf_file.hpp"
#include "file_trust.hpp"
#include "refusal.hpp"
#include "regular_file.hpp"

namespace unitls::loader {
namespace {

elf_facts read_elf(const regular_file &file) {
  const elf_bytes bytes{file.size(), [&file](std::uint64_t offset, std::span<std::byte> into) {
                          return file.read(offset, into);
                        }};
  return check_elf(bytes, own_platform());
}

void check_search_folders(const elf_facts &facts, const std::filesystem::path &origin) {
  for (const search_folder &each : facts.search_folders) {
    check_library_folder(each.is_below_origin ? origin.native() + each.path : each.path);
  }
}

plugin_note read_note(const elf_facts &facts) {
  std::optional<plugin_note> note;
  for (const elf_notes &segment : facts.notes) {
    std::optional<plugin_note> here = find_note(segment.bytes, segment.alignment);
    if (here && note) {
      throw refusal("has two unitls notes");
    }
    if (here) {
      note = std::move(here);
    }
  }
  if (!note) {
    throw refusal("has no unitls note: it is not a plugin of unitls");
  }
  return *std::move(note);
}

void check_note(const plugin_note &note, std::string_view expected_id, std::uint32_t kind) {
  if (!is_abi_accepted(note.abi_major, note.abi_minor)) {
    throw refusal(abi_mismatch(note.abi_major, note.abi_minor));
  }
  if (note.kind != kind) {
    throw refusal(kind == UNITLS_NOTE_PLUGIN ? "is a layer, not a backend" : "is a backend, not a layer");
  }
  if (!expected_id.empty() && note.id != expected_id) {
    throw refusal("it says that its id is \"" + note.id + "\", and \"" + printable(expected_id) +
                  "\" was expected");
  }
}

} // namespace

plugin_file inspect_plugin_file(const std::filesystem::path &file, std::string_view expected_id,
                                std::uint32_t kind, named_by who) {
  plugin_file result;
  result.path = canonical_path(file).native();
  const regular_file opened(result.path);
  if (who == named_by::registry) {
    check_file_trust(opened, kind == UNITLS_NOTE_PLUGIN ? trusted_as::plugin : trusted_as::layer);
  }
  result.device = opened.device();
  result.inode = opened.inode();
  try {
    const elf_facts facts = read_elf(opened);
    if (who == named_by::registry) {
      check_search_folders(facts, opened.path().parent_path());
    }
    result.note = read_note(facts);
    check_note(result.note, expected_id, kind);
  } catch (const refusal &reason) {
    const std::string begin = printable(result.path) + ": ";
    throw refusal(begin + reason.what(), begin + reason.brief(), reason.status());
  }
  return result;
}

bool is_abi_accepted(std::uint16_t major, std::uint16_t minor) noexcept {
  return major == UNITLS_ABI_MAJOR && (UNITLS_ABI_MAJOR != 0 || minor == UNITLS_ABI_MINOR);
}

std::string abi_mismatch(std::uint16_t major, std::uint16_t minor) {
  return "ABI mismatch: host " + std::to_string(UNITLS_ABI_MAJOR) + "." + std::to_string(UNITLS_ABI_MINOR) +
         ", plugin " + std::to_string(major) + "." + std::to_string(minor);
}

} // namespace unitls::loader
