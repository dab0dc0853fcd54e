// The modes of unitls/insecure.h never pass in silence.
#pragma once

#include <cstdint>

namespace unitls::loader {

// Writes a warning on standard error, once for each mode. `verify` is of a configuration; UNITLS_VERIFY_FULL says
// nothing. [thread-safe]
void warn_of_weakness(std::uint32_t verify) noexcept;

} // namespace unitls::loader
