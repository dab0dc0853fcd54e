// What the machine's administrator allows: the [policy] tables of his registry files, taken together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <unitls/types.h>

#include "file_position.hpp"

namespace unitls::loader {

// One key of a [policy] table, and where it stands.
template <class Value>
struct rule {
  Value value{};
  file_position at;

  friend bool operator==(const rule &, const rule &) = default;
};

using text_list = std::vector<std::string>;
using suite_list = std::vector<std::uint16_t>;

// Every rule of every file: something is allowed when each of them allows it, so that several combine to the stricter.
// The sentences name a rule and its file, and are empty for what is allowed.
class policy {
public:
  std::vector<rule<std::uint16_t>> min_version;
  std::vector<rule<bool>> allow_insecure;
  std::vector<rule<text_list>> allow_layers;
  std::vector<rule<bool>> allow_key_log; // no key is logged as yet
  std::vector<rule<std::string>> trust;  // "system" is the only value
  std::vector<rule<text_list>> backends;
  std::vector<rule<suite_list>> cipher_suites;
  // Why nothing may be used, with its position: a file that could hold rules is bad. Empty when all are known.
  std::string mistake;
  std::string brief_mistake; // the same where there is little room

  // Takes over the rules of another file.
  void add(const policy &other);

  // Whether it has a rule about configurations and connections.
  bool is_about_contexts() const noexcept;
  bool is_about_connections() const noexcept { return !min_version.empty() || !cipher_suites.empty(); }
  bool has_system_trust() const noexcept { return !trust.empty(); }
  bool allows_suite(std::uint16_t number) const noexcept;

  // The highest of all; NULL when there is none.
  const rule<std::uint16_t> *strictest_version() const noexcept;

  std::string refusal_of_backend(std::string_view id) const;
  // About a library that another file than the administrator's names for an allowed id.
  std::string refusal_of_library(std::string_view id) const;
  std::string refusal_of_layer(std::string_view id) const;
  // Likewise about a layer's library.
  std::string refusal_of_layer_library(std::string_view id) const;
  std::string refusal_of_weakness() const;
  std::string refusal_of_anchors() const;
  std::string refusal_of_version(std::uint16_t version) const;
  std::string refusal_of_suite(std::uint16_t number) const;
  // About an option that can change what a rule fixes: UNITLS_OPTION_CHANGES_..., 0 for all of it.
  std::string refusal_of_option(std::uint32_t changes) const;

  // What was negotiated; 0 where a backend does not tell it, and then cannot be held to a rule about it.
  bool allows_connection(std::uint16_t version, std::uint16_t cipher_suite) const noexcept;
  std::string refusal_of_connection(std::uint16_t version, std::uint16_t cipher_suite) const;

  // One line for each rule: `min_version = "1.2" (/etc/unitls/backends.toml:3:1)`.
  std::vector<std::string> describe() const;

  friend bool operator==(const policy &, const policy &) = default;
};

// "FILE:LINE:COLUMN: [policy] KEY", the beginning of a sentence.
std::string begin_of_rule(const file_position &at, std::string_view key);

// What [policy] calls a version: "1.2".
std::optional<std::uint16_t> version_of(std::string_view text) noexcept;

bool is_tls13_cipher_suite(std::uint16_t number) noexcept;

} // namespace unitls::loader
