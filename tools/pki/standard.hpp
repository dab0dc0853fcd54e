#pragma once

#include <string_view>

namespace unitls::pki {

/// The set that tests, demo and `unitls serve` use, in the language of `unitls-pki make`.
[[nodiscard]] std::string_view standard_description();

} // namespace unitls::pki
