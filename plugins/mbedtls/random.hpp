// Random numbers for all contexts of the process.
//
// mbedTLS's generator goes on in a forked child where its parent is: both would give the same numbers. This
// one knows the process that it was seeded in, and seeds itself again in another.
#pragma once

#include <cstddef>

namespace unitls::mbedtls {

// In the form that mbedTLS asks for; the first argument is not used. [thread-safe]
int random_bytes(void *, unsigned char *output, std::size_t size) noexcept;

} // namespace unitls::mbedtls
