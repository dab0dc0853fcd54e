// The names of backends.
#pragma once

#include <string_view>

namespace unitls::loader {

// Whether the text is a backend's id (backend.h, unitls_plugin): [a-z][a-z0-9-]{0,31} and not reserved.
bool is_backend_id(std::string_view text) noexcept;

// What a valid id is, to end a sentence with.
inline constexpr std::string_view backend_id_rule =
    "an id is a small letter and up to 31 small letters, digits and hyphens; \"help\", \"none\", \"all\" and "
    "\"layer-...\" are reserved";

} // namespace unitls::loader
