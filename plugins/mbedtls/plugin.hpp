// What this backend is and has.
#pragma once

#include <unitls/plugin/configuration.hpp>

namespace unitls::mbedtls {

const plugin::backend_facts &facts() noexcept;

} // namespace unitls::mbedtls
