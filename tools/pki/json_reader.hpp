#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace unitls::pki {

/// Parses JSON text. A repeated key is an error, because it would silently win over the first.
[[nodiscard]] nlohmann::json parse_json(std::string_view text, const std::string &source);

/// Reads the members of one JSON object and remembers which keys were asked for, so that reject_unknown()
/// can name any other. `location` is the file and the JSON pointer of the object. Every reader throws
/// Failure naming the member.
class ObjectReader {
public:
  ObjectReader(const nlohmann::json &value, std::string location);

  [[nodiscard]] const std::string &location() const noexcept { return location_; }
  /// The place of a member, for messages.
  [[nodiscard]] std::string where(std::string_view key) const;

  [[nodiscard]] bool has(std::string_view key);
  [[nodiscard]] bool is_null(std::string_view key);
  [[nodiscard]] bool is_string(std::string_view key);

  [[nodiscard]] std::optional<std::string> string(std::string_view key);
  [[nodiscard]] std::string required_string(std::string_view key);
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  [[nodiscard]] std::optional<std::uint64_t> integer(std::string_view key);

  using ElementReader = std::function<void(const nlohmann::json &element, const std::string &location)>;
  /// Calls `read` for every element; returns whether the member is there.
  bool elements(std::string_view key, const ElementReader &read);

  using StringReader = std::function<void(const std::string &text, const std::string &location)>;
  bool strings(std::string_view key, const StringReader &read);

  /// The member as an object of its own.
  [[nodiscard]] std::optional<ObjectReader> object(std::string_view key);

  void reject_unknown() const;

private:
  const nlohmann::json *find(std::string_view key);

  const nlohmann::json &object_;
  std::string location_;
  std::vector<std::string_view> known_;
};

} // namespace unitls::pki
