// What stands in a certificate, as text and as JSON.
#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include <unitls/certificate_info.hpp>

#include "terminal.hpp"

namespace unitls::tool {

// "expired 3 days ago", "valid for 12 more days", "not valid before 5 hours have passed"; seen from `now`.
std::string validity_remark(const certificate_info &info, std::chrono::sys_seconds now);
bool is_valid_at(const certificate_info &info, std::chrono::sys_seconds now) noexcept;

void add_lines(table &lines, const certificate_info &info, std::chrono::sys_seconds now);
nlohmann::ordered_json to_json(const certificate_info &info);

} // namespace unitls::tool
