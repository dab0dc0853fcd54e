// The child's side: one plugin, one case, one verdict on the result descriptor.
#pragma once

#include "case.hpp"
#include "options.hpp"
#include "verdict.hpp"

namespace unitls::conformance {

// Tells the parent what the plugin says of itself. The exit status of the process.
int run_probe(const options &chosen);

// Runs chosen.case_name and tells the parent. The exit status of the process.
int run_one_case(const options &chosen);

// Runs a case against the plugin of this process.
verdict run_case_here(const case_description &described, std::uint64_t seed);

} // namespace unitls::conformance
