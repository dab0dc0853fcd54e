#include "listing.hpp"

#include <algorithm>

#include "expect.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {
namespace {

unitls_status UNITLS_CALL keep(void *user, const unitls_item *item) {
  static_cast<std::vector<listed_parameter> *>(user)->push_back(
      {static_cast<std::uint16_t>(item->number), item->name});
  return UNITLS_OK;
}

std::vector<listed_parameter> listed_by(const plugin_under_test &whose, std::int32_t kind) {
  std::vector<listed_parameter> all;
  expect_status("U-49", "list", whose.table->list(whose.table, kind, keep, &all), UNITLS_OK);
  return all;
}

} // namespace

std::vector<listed_parameter> listed(std::int32_t kind) {
  std::vector<listed_parameter> all = listed_by(player(role::client), kind);
  const std::vector<listed_parameter> of_server = listed_by(player(role::server), kind);
  std::erase_if(all, [&](const listed_parameter &each) {
    return std::none_of(of_server.begin(), of_server.end(),
                        [&](const listed_parameter &other) { return other.number == each.number; });
  });
  return all;
}

bool is_tls13_cipher_suite(std::uint16_t number) {
  return number >> 8 == 0x13 || number == 0xc0b4 || number == 0xc0b5;
}

std::vector<listed_parameter> listed_cipher_suites(std::uint16_t version) {
  std::vector<listed_parameter> chosen;
  for (listed_parameter &each : listed(UNITLS_LIST_CIPHER_SUITES)) {
    if (is_tls13_cipher_suite(each.number) == (version == UNITLS_TLS_1_3)) {
      chosen.push_back(std::move(each));
    }
  }
  return chosen;
}

std::vector<std::uint16_t> numbers_of(const std::vector<listed_parameter> &parameters) {
  std::vector<std::uint16_t> numbers;
  for (const listed_parameter &each : parameters) {
    numbers.push_back(each.number);
  }
  return numbers;
}

std::string numbers_text(const std::vector<std::uint16_t> &numbers) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint16_t number : numbers) {
    text += text.empty() ? "0x" : ", 0x";
    for (int shift = 12; shift >= 0; shift -= 4) {
      text += digits[number >> shift & 0xf];
    }
  }
  return text.empty() ? "none" : text;
}

} // namespace unitls::conformance
