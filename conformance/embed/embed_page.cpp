// unitls-embed-page PAGE.html PAGE.css PAGE.js OUTPUT.cpp
//
// Writes the template of the HTML report as what page.hpp declares.
#include <array>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "literal.hpp"

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

void embed(const std::array<std::string, 3> &sources, const std::string &path) {
  std::array<std::string, 3> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = read_file(sources[i], longest_part);
  }
  check_part(sources[1], parts[1]);
  check_part(sources[2], parts[2]);
  write_file(path, "// Made by unitls-embed-page.\n#include \"page.hpp\"\n\nnamespace unitls::conformance {\n\n"
                   "using namespace std::string_view_literals;\n\n"
                   "const page_template &page() {\n  static constexpr page_template parts = {\n      " +
                       literal(parts[0]) + ",\n      " + literal(parts[1]) + ",\n      " + literal(parts[2]) +
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
