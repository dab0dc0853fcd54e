#include "layer_list.hpp"

#include <algorithm>

#include "backend_id.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

constexpr char variable[] = "UNITLS_LAYERS";

[[noreturn]] void fail(std::string_view value, const std::string &what) {
  throw refusal(std::string(variable) + "=" + printable(value) + ": " + what, UNITLS_E_INVALID, variable);
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

void add_option(layer_request &to, std::string_view option, std::string_view whole) {
  const std::size_t equals = option.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    fail(whole, "\"" + printable(option) + "\" is not an option; write " + to.id + ":NAME=VALUE");
  }
  const std::string_view name = option.substr(0, equals);
  for (const auto &each : to.options) {
    if (each.first == name) {
      fail(whole, "the option \"" + printable(name) + "\" of " + to.id + " is given twice");
    }
  }
  to.options.emplace_back(name, option.substr(equals + 1));
}

layer_request parse_layer(std::string_view text, std::string_view whole) {
  const std::vector<std::string_view> parts = split(text, ':');
  layer_request layer;
  layer.id = trim(parts.front());
  if (layer.id.empty()) {
    fail(whole, "a name in the list is empty");
  }
  if (!is_backend_id(layer.id)) {
    fail(whole,
         "\"" + printable(layer.id) + "\" cannot be the name of a layer; " + std::string(backend_id_rule));
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    add_option(layer, trim(parts[i]), whole);
  }
  return layer;
}

} // namespace

std::vector<layer_request> parse_layer_list(std::string_view value) {
  std::vector<layer_request> layers;
  for (const std::string_view each : split(value, ',')) {
    layer_request layer = parse_layer(each, value);
    const auto is_it = [&layer](const layer_request &other) { return other.id == layer.id; };
    if (std::any_of(layers.begin(), layers.end(), is_it)) {
      fail(value, "the layer \"" + layer.id + "\" stands there twice");
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

} // namespace unitls::loader
