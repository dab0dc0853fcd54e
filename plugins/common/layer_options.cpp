#include <unitls/plugin/layer_options.hpp>

#include <algorithm>
#include <charconv>

#include <unitls/plugin/error.hpp>

namespace unitls::plugin {
namespace {

std::string field_of(std::string_view name) {
  return "options[" + std::string(name) + "]";
}

std::string joined(std::span<const char *const> names) {
  std::string list;
  for (const char *const each : names) {
    list += (list.empty() ? "" : ", ") + std::string(each);
  }
  return list.empty() ? "none" : list;
}

} // namespace

layer_options::layer_options(std::string_view layer, std::span<const char *const> known,
                             std::span<const unitls_option> given)
    : given_(given) {
  for (const unitls_option &each : given) {
    if (each.name == nullptr || each.value == nullptr) {
      throw error(make_error(UNITLS_E_INVALID, "options", "the name or value of an option is NULL"));
    }
    const std::string_view name = each.name;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw error(make_error(UNITLS_E_UNSUPPORTED, field_of(name),
                             "the layer %.*s has no such option; it has: %s", static_cast<int>(layer.size()),
                             layer.data(), joined(known).c_str()));
    }
    const auto is_it = [name](const unitls_option &other) { return name == other.name; };
    if (std::count_if(given.begin(), given.end(), is_it) > 1) {
      refuse(name, "the option is given twice");
    }
  }
}

std::optional<std::string_view> layer_options::text(std::string_view name) const {
  for (const unitls_option &each : given_) {
    if (name == each.name) {
      return each.value;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> layer_options::number(std::string_view name, std::uint64_t least,
                                                   std::uint64_t most) const {
  const std::optional<std::string_view> value = text(name);
  if (!value) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (fault != std::errc() || end != value->data() + value->size() || number < least || number > most) {
    refuse(name, "must be a number from " + std::to_string(least) + " to " + std::to_string(most) +
                     ", not \"" + std::string(*value) + "\"");
  }
  return number;
}

void layer_options::refuse(std::string_view name, const std::string &sentence) const {
  throw error(make_error(UNITLS_E_INVALID, field_of(name), "%s", sentence.c_str()));
}

} // namespace unitls::plugin
