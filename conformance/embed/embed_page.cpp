// unitls-embed-page PAGE.html PAGE.css PAGE.js OUTPUT.cpp
//
// Writes the template of the HTML report as what page.hpp declares, with the digests by which its content security
// policy knows style and script.
#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "literal.hpp"
#include "sha256.hpp"

namespace unitls::conformance {
namespace {

// No compiler needs to take a longer literal.
constexpr std::size_t longest_part = 65535;

// In the page they stand inside elements that these would end.
void check_part(const std::string &path, std::string_view text) {
  for (const std::string_view end : {"</script", "</style", "<!--"}) {
    if (text.find(end) != std::string_view::npos) {
      throw std::runtime_error(path + " must not have " + std::string(end));
    }
  }
}

// RFC 4648, 4
std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8U | (j < have ? bytes[i + j] : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= have ? digits[group >> (18 - 6 * j) & 0x3fU] : '=';
    }
  }
  return text;
}

// As a content security policy writes it.
std::string digest_of(const std::string &text) {
  return "sha256-" + base64(sha256({reinterpret_cast<const std::uint8_t *>(text.data()), text.size()}));
}

void embed(const std::array<std::string, 3> &sources, const std::string &path) {
  std::array<std::string, 3> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = read_file(sources[i], longest_part);
  }
  check_part(sources[1], parts[1]);
  check_part(sources[2], parts[2]);
  write_file(path,
             "// Made by unitls-embed-page.\n#include \"page.hpp\"\n\nnamespace unitls::conformance {\n\n"
             "using namespace std::string_view_literals;\n\n"
             "const page_template &page() {\n  static constexpr page_template parts = {\n      " +
                 literal(parts[0]) + ",\n      " + literal(parts[1]) + ",\n      " + literal(parts[2]) +
                 ",\n      " + literal(digest_of(parts[1])) + ",\n      " + literal(digest_of(parts[2])) +
                 "};\n  return parts;\n}\n\n} // namespace unitls::conformance\n");
}

} // namespace
} // namespace unitls::conformance

int main(int count, char **words) {
  if (count != 5) {
    std::cerr << "usage: unitls-embed-page PAGE.html PAGE.css PAGE.js OUTPUT.cpp\n";
    return 2;
  }
  try {
    unitls::conformance::embed({words[1], words[2], words[3]}, words[4]);
    return 0;
  } catch (const std::exception &fault) {
    std::cerr << "unitls-embed-page: " << fault.what() << '\n';
    return 1;
  }
}
