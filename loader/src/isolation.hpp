// Whether a plugin is kept apart from the symbols of the program that loads it.
#pragma once

namespace unitls::loader {

// `deepbind`: its own libraries come before the program's (RTLD_DEEPBIND), which could otherwise take its calls.
enum class isolation { none, deepbind };

// The sanitizer in this process that cannot work with deepbind, or NULL.
const char *sanitizer_against_deepbind() noexcept;

} // namespace unitls::loader
