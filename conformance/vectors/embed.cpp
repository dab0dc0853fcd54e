// unitls-embed-vectors CHAINS.json NAMES.txt OUTPUT.cpp
//
// Writes the vectors as the tables that vectors.hpp declares, so that unitls-conformance needs no file beside it.
#include <charconv>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base64.hpp"
#include "literal.hpp"

namespace unitls::conformance {
namespace {

using octets = std::vector<std::uint8_t>;

std::ifstream open_to_read(const std::string &path) {
  std::ifstream input(path, std::ios::binary);
  if (!input) {
    throw std::runtime_error(path + " cannot be read");
  }
  return input;
}

std::string flag_name(const std::string &word) {
  std::string name = "UNITLS_VERIFY_";
  for (const char letter : word) {
    name += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  return name;
}

// Chains share most of their certificates: each is written once.
class chain_writer {
public:
  explicit chain_writer(std::ostream &output) : output_(output) {}

  void write(const nlohmann::json &document) {
    std::ostringstream rows;
    for (const nlohmann::json &entry : document.at("cases")) {
      rows << row(entry);
    }
    output_ << "constexpr chain_vector chains[] = {\n" << rows.str() << "};\n";
  }

private:
  std::string row(const nlohmann::json &entry) {
    std::string flags;
    for (const nlohmann::json &word : entry.at("expected")) {
      flags += (flags.empty() ? "" : " | ") + flag_name(word);
    }
    std::ostringstream text;
    text << "{" << literal(entry.at("id").get<std::string>()) << ", "
         << literal(entry.at("description").get<std::string>()) << ", "
         << entry.at("time").get<std::int64_t>() << ", " << list(entry.at("chain")) << ", "
         << list(entry.at("store")) << ", " << list(entry.at("crls")) << ", "
         << (entry.at("crl_check").get<bool>() ? "true" : "false") << ", " << (flags.empty() ? "0" : flags)
         << "},\n";
    return text.str();
  }

  // The name of an array of its structures.
  std::string list(const nlohmann::json &structures) {
    if (structures.empty()) {
      return "{}";
    }
    std::string members;
    for (const nlohmann::json &each : structures) {
      members += structure(each.get<std::string>()) + ", ";
    }
    const std::string name = "list_" + std::to_string(lists_++);
    output_ << "constexpr unitls_bytes " << name << "[] = {" << members << "};\n";
    return name;
  }

  std::string structure(const std::string &text) {
    const auto [place, is_new] = known_.try_emplace(text, known_.size());
    const std::string name = "der_" + std::to_string(place->second);
    const octets bytes = decode_base64(text);
    if (is_new) {
      output_ << "constexpr std::uint8_t " << name << "[] = {";
      for (const std::uint8_t each : bytes) {
        output_ << static_cast<unsigned>(each) << ',';
      }
      output_ << "};\n";
    }
    return "{" + name + ", sizeof " + name + "}";
  }

  std::ostream &output_;
  std::map<std::string, std::size_t> known_;
  std::size_t lists_ = 0;
};

char octet(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() != 2) {
    throw std::runtime_error("\"" + std::string(digits) + "\" is no octet");
  }
  return static_cast<char>(static_cast<unsigned char>(value));
}

// \xHH stands for an octet.
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text.starts_with("\\x")) {
      plain += octet(text.substr(2, 2));
      text.remove_prefix(4);
    } else {
      plain += text.front();
      text.remove_prefix(1);
    }
  }
  return plain;
}

// Up to the next blank; an empty word stands between two.
std::string take_word(std::string &line) {
  const std::size_t blank = line.find(' ');
  std::string word = line.substr(0, blank);
  line = blank == std::string::npos ? "" : line.substr(blank + 1);
  return word;
}

// "differ www.example.com dns:example.com" as a row; entries only where a certificate is described.
void write_names(std::ostream &output, std::istream &input) {
  std::ostringstream rows;
  std::string line;
  for (std::size_t number = 1; std::getline(input, line); ++number) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const std::string verb = take_word(line);
    const std::string subject = unescaped(take_word(line));
    std::string entries;
    if (verb == "match" || verb == "differ") {
      output << "constexpr std::string_view entries_" << number << "[] = {";
      std::size_t count = 0;
      for (; !line.empty(); ++count) {
        output << literal(unescaped(take_word(line))) << ", ";
      }
      output << (count == 0 ? "\"\"sv};\n" : "};\n"); // an array has a member
      entries = "std::span(entries_" + std::to_string(number) + ").first(" + std::to_string(count) + ")";
    }
    rows << "{" << number << ", " << literal(verb) << ", " << literal(subject) << ", " << literal(line)
         << ", " << (entries.empty() ? "{}" : entries) << "},\n";
  }
  output << "constexpr name_row names[] = {\n" << rows.str() << "};\n";
}

void embed(const std::string &chains, const std::string &names, const std::string &path) {
  std::ofstream output(path, std::ios::binary);
  output << "// Made by unitls-embed-vectors.\n#include \"vectors.hpp\"\n\n"
            "namespace unitls::conformance {\nnamespace {\n\nusing namespace std::string_view_literals;\n\n";
  std::ifstream chain_file = open_to_read(chains);
  chain_writer(output).write(nlohmann::json::parse(chain_file));
  std::ifstream name_file = open_to_read(names);
  write_names(output, name_file);
  output
      << "\n} // namespace\n\nstd::span<const chain_vector> chain_vectors() {\n  return chains;\n}\n\n"
         "std::span<const name_row> name_rows() {\n  return names;\n}\n\n} // namespace unitls::conformance\n";
  if (!output.flush()) {
    throw std::runtime_error(path + " cannot be written");
  }
}

} // namespace
} // namespace unitls::conformance

int main(int count, char **words) {
  if (count != 4) {
    std::cerr << "usage: unitls-embed-vectors CHAINS.json NAMES.txt OUTPUT.cpp\n";
    return 2;
  }
  try {
    unitls::conformance::embed(words[1], words[2], words[3]);
    return 0;
  } catch (const std::exception &fault) {
    std::cerr << "unitls-embed-vectors: " << fault.what() << '\n';
    return 1;
  }
}
