// Numbers and names of IANA's registries, both ways; the tables are generated from api/names/*.csv.
#include <cstdint>
#include <span>
#include <string_view>

#include <unitls/unitls.h>

namespace unitls::loader {
namespace {

struct named_number {
  std::uint16_t number;
  const char *name;
};

#include "iana_tables.inc"

const char *name_of(std::span<const named_number> table, std::uint32_t number) noexcept {
  for (const auto &row : table) {
    if (row.number == number) {
      return row.name;
    }
  }
  return nullptr;
}

std::uint16_t number_of(std::span<const named_number> table, const char *name) noexcept {
  for (const auto &row : table) {
    if (std::string_view(row.name) == name) {
      return row.number;
    }
  }
  return 0;
}

} // namespace
} // namespace unitls::loader

extern "C" {

using namespace unitls::loader;

const char *unitls_version_name(uint16_t version) {
  switch (version) {
  case UNITLS_TLS_1_2:
    return "TLS 1.2";
  case UNITLS_TLS_1_3:
    return "TLS 1.3";
  default:
    return nullptr;
  }
}

const char *unitls_cipher_suite_name(uint16_t cipher_suite) {
  return name_of(cipher_suites, cipher_suite);
}
const char *unitls_group_name(uint16_t group) {
  return name_of(groups, group);
}
const char *unitls_signature_scheme_name(uint16_t signature_scheme) {
  return name_of(signature_schemes, signature_scheme);
}
const char *unitls_alert_name(uint32_t alert) {
  return name_of(alerts, alert);
}

uint16_t unitls_cipher_suite_number(const char *name) {
  return number_of(cipher_suites, name);
}
uint16_t unitls_group_number(const char *name) {
  return number_of(groups, name);
}
uint16_t unitls_signature_scheme_number(const char *name) {
  return number_of(signature_schemes, name);
}

} // extern "C"
