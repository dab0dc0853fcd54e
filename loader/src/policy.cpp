#include "policy.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <unitls/unitls.h>

#include "refusal.hpp"

namespace unitls::loader {
namespace {

template <class Value>
void append(std::vector<rule<Value>> &to, const std::vector<rule<Value>> &from) {
  to.insert(to.end(), from.begin(), from.end());
}

// The first rule that forbids; NULL when none does.
const rule<bool> *forbidding(const std::vector<rule<bool>> &rules) {
  const auto found =
      std::find_if(rules.begin(), rules.end(), [](const rule<bool> &each) { return !each.value; });
  return found != rules.end() ? &*found : nullptr;
}

template <class Item, class Wanted>
const rule<std::vector<Item>> *forbidding(const std::vector<rule<std::vector<Item>>> &lists,
                                          const Wanted &wanted) {
  const auto found = std::find_if(lists.begin(), lists.end(), [&wanted](const auto &each) {
    return std::find(each.value.begin(), each.value.end(), wanted) == each.value.end();
  });
  return found != lists.end() ? &*found : nullptr;
}

// `FILE:LINE:COLUMN: [policy] KEY forbids WHAT`
template <class Value>
std::string forbids(const rule<Value> *by, std::string_view key, const std::string &what) {
  return by != nullptr ? begin_of_rule(by->at, key) + " forbids " + what : std::string();
}

std::string quoted(std::string_view text) {
  return "\"" + printable(text) + "\"";
}

std::string number_text(std::uint16_t number) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 12; shift >= 0; shift -= 4) {
    text += digits[number >> shift & 0xf];
  }
  return text;
}

std::string name_of_version(std::uint16_t version) {
  const char *const name = unitls_version_name(version);
  return name != nullptr ? name : "the protocol version " + number_text(version);
}

std::string name_of_suite(std::uint16_t number) {
  const char *const name = unitls_cipher_suite_name(number);
  return name != nullptr ? name : number_text(number);
}

std::string key_of_version(std::uint16_t version) {
  return version == UNITLS_TLS_1_3 ? "min_version = \"1.3\"" : "min_version = \"1.2\"";
}

template <class List, class Name>
std::string joined(const List &list, Name name) {
  std::string text;
  for (const auto &each : list) {
    text += (text.empty() ? "" : ", ") + name(each);
  }
  return "[" + text + "]";
}

// Adds a line for each rule of a key.
template <class Value, class Text>
void describe_all(std::vector<std::string> &lines, const std::vector<rule<Value>> &rules, Text text) {
  for (const rule<Value> &each : rules) {
    lines.push_back(text(each.value) + " (" + printable(each.at.with_column()) + ")");
  }
}

// A switch of the [policy] table, as it is written there.
auto switch_text(const char *key) {
  return [key](bool value) { return std::string(key) + (value ? " = true" : " = false"); };
}

auto list_text(const char *key) {
  return [key](const text_list &ids) { return std::string(key) + " = " + joined(ids, quoted); };
}

// About a library that others than the administrator name for an id that a list allows.
std::string takes_own_alone(const std::vector<rule<text_list>> &lists, std::string_view key,
                            std::string_view id) {
  return lists.empty() ? std::string()
                       : begin_of_rule(lists.front().at, key) + " takes " + quoted(id) +
                             " from the machine's own registry alone";
}

} // namespace

void policy::add(const policy &other) {
  append(min_version, other.min_version);
  append(allow_insecure, other.allow_insecure);
  append(allow_layers, other.allow_layers);
  append(allow_key_log, other.allow_key_log);
  append(trust, other.trust);
  append(backends, other.backends);
  append(cipher_suites, other.cipher_suites);
  if (mistake.empty()) {
    mistake = other.mistake;
    brief_mistake = other.brief_mistake;
  }
}

bool policy::is_about_contexts() const noexcept {
  return !min_version.empty() || forbidding(allow_insecure) != nullptr || !trust.empty() ||
         !cipher_suites.empty();
}

bool policy::allows_suite(std::uint16_t number) const noexcept {
  return forbidding(cipher_suites, number) == nullptr;
}

const rule<std::uint16_t> *policy::strictest_version() const noexcept {
  const auto highest =
      std::max_element(min_version.begin(), min_version.end(),
                       [](const auto &left, const auto &right) { return left.value < right.value; });
  return highest != min_version.end() ? &*highest : nullptr;
}

std::string policy::refusal_of_backend(std::string_view id) const {
  return forbids(forbidding(backends, id), "backends", "the backend " + quoted(id));
}

std::string policy::refusal_of_library(std::string_view id) const {
  return takes_own_alone(backends, "backends", id);
}

std::string policy::refusal_of_layer_library(std::string_view id) const {
  return takes_own_alone(allow_layers, "allow_layers", id);
}

std::string policy::refusal_of_layer(std::string_view id) const {
  return forbids(forbidding(allow_layers, id), "allow_layers", "the layer " + quoted(id));
}

std::string policy::refusal_of_weakness() const {
  return forbids(forbidding(allow_insecure), "allow_insecure = false", "to weaken the verification of peers");
}

std::string policy::refusal_of_anchors() const {
  return forbids(trust.empty() ? nullptr : &trust.front(), "trust = \"system\"",
                 "other anchors than the system's");
}

std::string policy::refusal_of_version(std::uint16_t version) const {
  const rule<std::uint16_t> *const lowest = strictest_version();
  if (lowest == nullptr || version >= lowest->value) {
    return {};
  }
  return forbids(lowest, key_of_version(lowest->value), name_of_version(version));
}

std::string policy::refusal_of_suite(std::uint16_t number) const {
  return forbids(forbidding(cipher_suites, number), "cipher_suites", name_of_suite(number));
}

std::string policy::refusal_of_option(std::uint32_t changes) const {
  const std::uint32_t can = changes != 0 ? changes : ~std::uint32_t{UNITLS_OPTION_CHANGES_NOTHING};
  const auto refuse = [](const file_position &at, std::string_view key, const char *what) {
    return begin_of_rule(at, key) + " forbids options that can change " + what;
  };
  constexpr auto versions = std::uint32_t{UNITLS_OPTION_CHANGES_VERSIONS};
  constexpr auto suites = std::uint32_t{UNITLS_OPTION_CHANGES_CIPHER_SUITES};
  if (!min_version.empty() && (can & versions) != 0) {
    return refuse(strictest_version()->at, key_of_version(strictest_version()->value), "versions");
  }
  if (!cipher_suites.empty() && (can & (versions | suites)) != 0) {
    return refuse(cipher_suites.front().at, "cipher_suites", "versions or cipher suites");
  }
  if ((can & UNITLS_OPTION_CHANGES_VERIFICATION) == 0) {
    return {};
  }
  if (const rule<bool> *const by = forbidding(allow_insecure); by != nullptr) {
    return refuse(by->at, "allow_insecure = false", "verification");
  }
  return trust.empty() ? std::string() : refuse(trust.front().at, "trust = \"system\"", "verification");
}

bool policy::allows_connection(std::uint16_t version, std::uint16_t cipher_suite) const noexcept {
  const rule<std::uint16_t> *const lowest = strictest_version();
  return (lowest == nullptr || version >= lowest->value) && allows_suite(cipher_suite);
}

std::string policy::refusal_of_connection(std::uint16_t version, std::uint16_t cipher_suite) const {
  if (const rule<std::uint16_t> *const lowest = strictest_version();
      lowest != nullptr && version < lowest->value) {
    return forbids(lowest, key_of_version(lowest->value),
                   version == 0 ? "a connection whose version the backend does not tell"
                                : name_of_version(version) + ", which the backend negotiated all the same");
  }
  return forbids(forbidding(cipher_suites, cipher_suite), "cipher_suites",
                 cipher_suite == 0
                     ? "a connection whose cipher suite the backend does not tell"
                     : name_of_suite(cipher_suite) + ", which the backend negotiated all the same");
}

std::vector<std::string> policy::describe() const {
  std::vector<std::string> lines;
  describe_all(lines, min_version, key_of_version);
  describe_all(lines, allow_insecure, switch_text("allow_insecure"));
  describe_all(lines, allow_layers, list_text("allow_layers"));
  describe_all(lines, allow_key_log, switch_text("allow_key_log"));
  describe_all(lines, trust, [](const std::string &value) { return "trust = " + quoted(value); });
  describe_all(lines, backends, list_text("backends"));
  describe_all(lines, cipher_suites,
               [](const suite_list &suites) { return "cipher_suites = " + joined(suites, name_of_suite); });
  return lines;
}

std::string begin_of_rule(const file_position &at, std::string_view key) {
  return printable(at.with_column()) + ": [policy] " + std::string(key);
}

std::optional<std::uint16_t> version_of(std::string_view text) noexcept {
  if (text == "1.2") {
    return std::uint16_t{UNITLS_TLS_1_2};
  }
  if (text == "1.3") {
    return std::uint16_t{UNITLS_TLS_1_3};
  }
  return std::nullopt;
}

bool is_tls13_cipher_suite(std::uint16_t number) noexcept {
  constexpr std::array<std::uint16_t, 4> outside_block{0x00c6, 0x00c7, 0xc0b4, 0xc0b5};
  return number >> 8 == 0x13 ||
         std::find(outside_block.begin(), outside_block.end(), number) != outside_block.end();
}

} // namespace unitls::loader
