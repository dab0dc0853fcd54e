// What this backend is and has.
#pragma once

#include <unitls/plugin/configuration.hpp>

namespace unitls::gnutls {

const plugin::backend_facts &facts() noexcept;

} // namespace unitls::gnutls
