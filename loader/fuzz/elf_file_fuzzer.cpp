// Files that somebody calls plugins.
#include "elf_file.hpp"
#include "fuzz.hpp"

#include <cstring>

#include "note.hpp"
#include "refusal.hpp"

namespace {

using namespace unitls::loader;
using unitls::fuzz::bytes;
using unitls::fuzz::require;

elf_bytes source_of(bytes file) {
  return {file.size(), [file](std::uint64_t offset, std::span<std::byte> into) {
            require(offset <= file.size() && into.size() <= file.size() - offset,
                    "only what is there is read");
            if (!into.empty()) {
              std::memcpy(into.data(), file.data() + offset, into.size());
            }
            return true;
          }};
}

// That of the committed inputs, whatever runs this.
constexpr elf_platform x86_64{2, 1, 62};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  try {
    const auto [notes, search_folders] = check_elf(source_of({data, size}), x86_64);
    for (const search_folder &each : search_folders) {
      require(each.is_below_origin || each.path.starts_with('/'),
              "no library is searched for in a relative folder");
    }
    constexpr std::size_t most_note_bytes = std::size_t{1} << 16;
    std::size_t total = 0;
    for (const elf_notes &each : notes) {
      require(each.alignment == 4 || each.alignment == 8, "notes are aligned to 4 or 8");
      total += each.bytes.size();
      find_note(each.bytes, each.alignment);
    }
    require(total <= most_note_bytes && total <= size * notes.size(), "notes are bounded");
  } catch (const refusal &reason) {
    require(printable(reason.what()) == reason.what(), "a refusal is fit for a terminal");
  }
  return 0;
}
