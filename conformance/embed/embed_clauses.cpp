// unitls-embed-clauses BACKEND.h OUTPUT.cpp
//
// Writes the clauses of the header as the table that clauses.hpp declares, so that a report has their own words.
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include "clause_reader.hpp"
#include "literal.hpp"

namespace unitls::conformance {
namespace {

constexpr std::size_t longest_header = 1024 * 1024;

std::vector<written_clause> clauses_in(const std::string &path) {
  try {
    return read_clauses(read_file(path, longest_header));
  } catch (const std::exception &fault) {
    throw std::runtime_error(path + ": " + fault.what());
  }
}

void embed(const std::string &header, const std::string &path) {
  std::string text = "// Made by unitls-embed-clauses.\n#include \"clauses.hpp\"\n\n"
                     "namespace unitls::conformance {\nnamespace {\n\n"
                     "using namespace std::string_view_literals;\n\nconstexpr clause clauses[] = {\n";
  for (const written_clause &each : clauses_in(header)) {
    text += "{" + literal(each.id) + ", " + literal(each.section) + ", " + literal(each.text) + "},\n";
  }
  text += "};\n\n} // namespace\n\nstd::span<const clause> all_clauses() {\n  return clauses;\n}\n\n"
          "} // namespace unitls::conformance\n";
  write_file(path, text);
}

} // namespace
} // namespace unitls::conformance

int main(int count, char **words) {
  if (count != 3) {
    std::cerr << "usage: unitls-embed-clauses BACKEND.h OUTPUT.cpp\n";
    return 2;
  }
  try {
    unitls::conformance::embed(words[1], words[2]);
    return 0;
  } catch (const std::exception &fault) {
    std::cerr << "unitls-embed-clauses: " << fault.what() << '\n';
    return 1;
  }
}
