// Lists of cipher suites, groups and signature schemes of a configuration (backend.h, U-59).
#pragma once

#include <unitls/plugin/configuration.hpp>

#include "findings.hpp"

namespace unitls::plugin {

// Checks the lists against the rules and against what the library has. `versions` holds the range.
template <class Config>
parameter_lists read_parameters(const Config &config, const configuration &versions,
                                const backend_facts &facts, const findings &found);

extern template parameter_lists read_parameters(const unitls_client_config &, const configuration &,
                                                const backend_facts &, const findings &);
extern template parameter_lists read_parameters(const unitls_server_config &, const configuration &,
                                                const backend_facts &, const findings &);

} // namespace unitls::plugin
