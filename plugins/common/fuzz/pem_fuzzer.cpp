// The PEM reader.
#include "fuzz.hpp"

#include <unitls/plugin/pem.hpp>

#include <algorithm>
#include <string>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::require;

// RFC 4648, 4.
std::string base64(const secret_bytes &der) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < der.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(der.size() - i, 3);
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < count ? der[i + k] : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? digits[bits >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return text;
}

std::string write(const pem_block &block) {
  const std::string label(block.label);
  return "-----BEGIN " + label + "-----\n" + base64(block.der) + "\n-----END " + label + "-----\n";
}

void check_block(const pem_block &block) {
  require(block.encrypted == block.der.empty(), "a block has content unless it is encrypted");
  if (block.encrypted) {
    return;
  }
  const std::string written = write(block);
  pem_reader again(written);
  const auto read = again.next();
  require(read && read->label == block.label && read->der == block.der, "a block is the same written again");
  require(!again.next() && again.fault().empty(), "one block was written");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const std::string_view text = unitls::fuzz::text_of({data, size});
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  pem_reader reader(text);
  std::size_t last = 0;
  while (const auto block = reader.next()) {
    require(last < block->line && block->line <= lines, "each block begins on a later line of the text");
    last = block->line;
    check_block(*block);
  }
  require(reader.fault().empty() || reader.fault().starts_with("line "), "a fault begins with its line");
  require(!reader.next(), "a reader that has ended stays so");
  return 0;
}
