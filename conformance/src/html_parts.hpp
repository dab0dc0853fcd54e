// The parts of the HTML report that are there without JavaScript.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "report.hpp"

namespace unitls::conformance {

// Every case of a run once, by name: pairs are not judged by all of them.
using case_map = std::map<std::string, case_description>;
case_map cases_of(const run_result &run);

std::string html_summary(const run_result &run, const case_map &cases);
std::string html_cards(const run_result &run);
std::string html_group_choices(const case_map &cases);
std::string html_chips(const run_result &run);

// The matrix cases × plugins, and the one of cases × pairs, which is empty without pairs.
std::string html_matrix(const run_result &run, const case_map &cases);
std::string html_pairs(const run_result &run, const case_map &cases);

std::string html_capabilities(const run_result &run);
std::string html_times(const run_result &run);
std::string html_clauses(const case_map &cases);
std::string html_footer(const run_result &run);

} // namespace unitls::conformance
