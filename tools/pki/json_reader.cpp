#include "json_reader.hpp"

#include "error.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace unitls::pki {
namespace {

constexpr std::size_t most_elements = 20000;

/// Escapes a key for a JSON pointer (RFC 6901, section 3), so that one message stays one line.
std::string pointer_token(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return token;
}

/// The library's own words after its "[json.exception...]" tag: they name line and column.
std::string reason_of(const nlohmann::json::exception &error) {
  const std::string text = error.what();
  const std::size_t tag = text.find("] ");
  return tag == std::string::npos ? text : text.substr(tag + 2);
}

} // namespace

nlohmann::json parse_json(std::string_view text, const std::string &source) {
  std::vector<std::set<std::string>> keys;
  const auto watch_keys = [&](int, nlohmann::json::parse_event_t event, nlohmann::json &parsed) {
    if (event == nlohmann::json::parse_event_t::object_start) {
      keys.emplace_back();
    } else if (event == nlohmann::json::parse_event_t::object_end) {
      keys.pop_back();
    } else if (event == nlohmann::json::parse_event_t::key &&
               !keys.back().insert(parsed.get<std::string>()).second) {
      throw_wrong_input(source, "the key '" + pointer_token(parsed.get<std::string>()) +
                                    "' stands twice in one object; remove one");
    }
    return true;
  };
  try {
    return nlohmann::json::parse(text.begin(), text.end(), watch_keys);
  } catch (const nlohmann::json::exception &error) {
    throw_wrong_input(source, "not valid JSON: " + reason_of(error));
  }
}

ObjectReader::ObjectReader(const nlohmann::json &value, std::string location)
    : object_(value), location_(std::move(location)) {
  if (!value.is_object()) {
    throw_wrong_input(location_, std::string("an object is needed here, not ") + value.type_name());
  }
}

std::string ObjectReader::where(std::string_view key) const {
  return location_ + "/" + pointer_token(key);
}

const nlohmann::json *ObjectReader::find(std::string_view key) {
  known_.push_back(key);
  const auto found = object_.find(std::string(key));
  return found == object_.end() ? nullptr : &*found;
}

bool ObjectReader::has(std::string_view key) {
  return find(key) != nullptr;
}

bool ObjectReader::is_null(std::string_view key) {
  const nlohmann::json *value = find(key);
  return value != nullptr && value->is_null();
}

bool ObjectReader::is_string(std::string_view key) {
  const nlohmann::json *value = find(key);
  return value != nullptr && value->is_string();
}

std::optional<std::string> ObjectReader::string(std::string_view key) {
  const nlohmann::json *value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_string()) {
    throw_wrong_input(where(key), std::string("a string is needed here, not ") + value->type_name());
  }
  return value->get<std::string>();
}

std::string ObjectReader::required_string(std::string_view key) {
  auto value = string(key);
  if (!value) {
    throw_wrong_input(where(key), "this key is missing; add it");
  }
  return std::move(*value);
}

std::optional<bool> ObjectReader::boolean(std::string_view key) {
  const nlohmann::json *value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_boolean()) {
    throw_wrong_input(where(key), std::string("true or false is needed here, not ") + value->type_name());
  }
  return value->get<bool>();
}

std::optional<std::uint64_t> ObjectReader::integer(std::string_view key) {
  const nlohmann::json *value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number_unsigned()) {
    throw_wrong_input(where(key), "a whole number from 0 to 18446744073709551615 is needed here");
  }
  return value->get<std::uint64_t>();
}

bool ObjectReader::elements(std::string_view key, const ElementReader &read) {
  const nlohmann::json *value = find(key);
  if (value == nullptr) {
    return false;
  }
  if (!value->is_array()) {
    throw_wrong_input(where(key), std::string("a list is needed here, not ") + value->type_name());
  }
  if (value->size() > most_elements) {
    throw_wrong_input(where(key),
                      "a list has at most " + std::to_string(most_elements) + " members; shorten it");
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    read((*value)[i], where(key) + "/" + std::to_string(i));
  }
  return true;
}

bool ObjectReader::strings(std::string_view key, const StringReader &read) {
  return elements(key, [&](const nlohmann::json &element, const std::string &location) {
    if (!element.is_string()) {
      throw_wrong_input(location, std::string("a string is needed here, not ") + element.type_name());
    }
    read(element.get_ref<const std::string &>(), location);
  });
}

std::optional<ObjectReader> ObjectReader::object(std::string_view key) {
  const nlohmann::json *value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  return ObjectReader(*value, where(key));
}

void ObjectReader::reject_unknown() const {
  for (const auto &[key, value] : object_.items()) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) {
      continue;
    }
    const std::set<std::string_view> names(known_.begin(), known_.end());
    std::string list;
    for (const std::string_view name : names) {
      list += list.empty() ? "" : ", ";
      list += name;
    }
    throw_wrong_input(where(key), "this key is unknown; the keys here are " + list);
  }
}

} // namespace unitls::pki
