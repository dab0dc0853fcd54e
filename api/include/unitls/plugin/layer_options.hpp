// The options of a layer, as its `wrap` gets them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <unitls/types.h>

namespace unitls::plugin {

class layer_options {
public:
  // Throws an error on "options[NAME]" for a name that is not among `known`, and for one that stands there twice.
  layer_options(std::string_view layer, std::span<const char *const> known,
                std::span<const unitls_option> given);

  // The value of an option that was given.
  std::optional<std::string_view> text(std::string_view name) const;

  // Throws when the value is not a decimal number from `least` to `most`.
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t least, std::uint64_t most) const;

  // An error on "options[NAME]": the value is wrong.
  [[noreturn]] void refuse(std::string_view name, const std::string &sentence) const;

private:
  std::span<const unitls_option> given_;
};

} // namespace unitls::plugin
