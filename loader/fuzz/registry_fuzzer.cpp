// Registry files.
#include "fuzz.hpp"
#include "registry.hpp"

#include <algorithm>
#include <initializer_list>

#include <unitls/unitls.h>

#include "backend_id.hpp"
#include "policy.hpp"
#include "refusal.hpp"

namespace {

using namespace unitls::loader;
using unitls::fuzz::require;

constexpr std::string_view file = "/etc/unitls/backends.toml";

// "FILE:LINE:COLUMN: ...", in one line.
void check_sentence(const std::string &sentence) {
  require(sentence.starts_with(std::string(file) + ':'), "a complaint begins with the file");
  const std::size_t digit = file.size() + 1;
  require(sentence.find_first_not_of("0123456789:", digit) == sentence.find(": ", digit) + 1,
          "a complaint tells line and column");
  require(printable(sentence) == sentence, "a complaint is fit for a terminal");
}

void check_entry(const registry_entry &entry) {
  require(is_backend_id(entry.id), "an entry has an id");
  require(entry.at.file == file && entry.at.line > 0 && entry.at.column > 0, "an entry has a position");
  require(entry.library.find('\0') == std::string::npos, "a path has no zero byte");
  require(!entry.library.empty() || !entry.enabled || !entry.mistake.empty(), "an entry names its library");
  if (!entry.mistake.empty()) {
    check_sentence(entry.mistake);
  }
}

void check_policy(const policy &rules) {
  if (!rules.mistake.empty()) {
    check_sentence(rules.mistake);
  }
  for (const std::string &line : rules.describe()) {
    require(printable(line) == line, "a rule is fit for a terminal");
    require(line.find(" (" + std::string(file) + ":") != std::string::npos, "a rule tells where it stands");
  }
  for (const auto &list : rules.backends) {
    require(!list.value.empty() && std::all_of(list.value.begin(), list.value.end(), is_backend_id),
            "allowed are ids, and some");
  }
  for (const auto &list : rules.cipher_suites) {
    require(!list.value.empty() &&
                std::all_of(list.value.begin(), list.value.end(), unitls_cipher_suite_name),
            "suites have names");
  }
  require(rules.refusal_of_version(UNITLS_TLS_1_3).empty(), "no minimum is above the highest version");
  policy twice = rules;
  twice.add(rules);
  for (const auto suite : std::initializer_list<std::uint16_t>{0x1301, 0x1302, 0xc02f}) {
    require(twice.allows_connection(UNITLS_TLS_1_2, suite) == rules.allows_connection(UNITLS_TLS_1_2, suite),
            "a policy twice is the policy");
  }
}

void check_registry(const registry &read) {
  if (read.rules) {
    check_policy(read.rules->value);
  }
  for (const registry_entry &entry : read.entries) {
    check_entry(entry);
  }
  for (const std::string &warning : read.warnings) {
    check_sentence(warning);
  }
  for (const std::filesystem::path &folder :
       read.plugin_dirs.value_or(std::vector<std::filesystem::path>{})) {
    require(folder.is_absolute(), "folders are absolute");
  }
  for (const std::string &id : read.prefer.value_or(std::vector<std::string>{})) {
    require(is_backend_id(id), "preferred are ids");
  }
  const auto in_order = [](const auto &left, const auto &right) { return left.id < right.id; };
  require(std::is_sorted(read.entries.begin(), read.entries.end(), in_order),
          "entries are in the order of ids");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  try {
    check_registry(parse_registry(unitls::fuzz::text_of({data, size}), file));
  } catch (const refusal &reason) {
    check_sentence(reason.what());
  }
  return 0;
}
