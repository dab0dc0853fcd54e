#include "parameters.hpp"

#include <algorithm>
#include <span>

#include "requests.hpp"

namespace unitls::plugin {
namespace {

// Numbers that stand in lists of cipher suites and are none (RFC 5746, RFC 7507).
bool is_signalling_value(std::uint16_t number) noexcept {
  return number == 0x00ff || number == 0x5600;
}

bool is_tls13_cipher_suite(std::uint16_t number) noexcept {
  constexpr std::uint16_t outside_block[] = {0x00c6, 0x00c7, 0xc0b4, 0xc0b5};
  return number >> 8 == 0x13 || std::ranges::find(outside_block, number) != std::end(outside_block);
}

// One list and what is said about it.
class list_reader {
public:
  list_reader(const char *field, std::span<const std::uint16_t> numbers, const findings &found)
      : field_(field), numbers_(numbers), found_(found) {}

  // The numbers that `fault` has nothing to say about; it names what is wrong, or nothing.
  template <class Fault>
  std::vector<std::uint16_t> read(Fault fault, bool (*has)(std::uint16_t)) const {
    std::vector<std::uint16_t> result;
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const std::uint16_t number = numbers_[i];
      if (const char *const what = fault(number); what != nullptr) {
        found_.invalid(indexed(field_, i), what);
      } else if (const auto earlier = numbers_.first(i);
                 std::ranges::find(earlier, number) != earlier.end()) {
        found_.invalid(indexed(field_, i), "is in the list twice");
      } else if (has == nullptr || !has(number)) {
        found_.unsupported(indexed(field_, i), lacks(number, has != nullptr));
      } else {
        result.push_back(number);
      }
    }
    return result;
  }

private:
  static std::string lacks(std::uint16_t number, bool has_choice) {
    if (!has_choice) {
      return "this library leaves no choice here";
    }
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 12; shift >= 0; shift -= 4) {
      text += digits[number >> shift & 0xf];
    }
    return "this library has no " + text;
  }

  std::string field_;
  std::span<const std::uint16_t> numbers_;
  const findings &found_;
};

const char *no_fault(std::uint16_t) noexcept {
  return nullptr;
}

const char *fault_for_tls12(std::uint16_t number) noexcept {
  if (is_signalling_value(number)) {
    return "a signalling value is no cipher suite";
  }
  return is_tls13_cipher_suite(number) ? "a cipher suite of TLS 1.3; its list is tls13_cipher_suites"
                                       : nullptr;
}

const char *fault_for_tls13(std::uint16_t number) noexcept {
  return is_tls13_cipher_suite(number) ? nullptr : "not a cipher suite of TLS 1.3";
}

std::span<const std::uint16_t> checked(const char *field, const std::uint16_t *numbers, std::size_t count,
                                       const findings &found) {
  return is_sane_count(field, numbers, count, found) ? std::span(numbers, count)
                                                     : std::span<const std::uint16_t>{};
}

} // namespace

template <class Config>
parameter_lists read_parameters(const Config &config, const configuration &versions,
                                const backend_facts &facts, const findings &found) {
  parameter_lists lists;
  const auto tls12 =
      checked("tls12_cipher_suites", config.tls12_cipher_suites, config.tls12_cipher_suite_count, found);
  const auto tls13 =
      checked("tls13_cipher_suites", config.tls13_cipher_suites, config.tls13_cipher_suite_count, found);
  if (!tls12.empty() && versions.min_version > UNITLS_TLS_1_2) {
    found.invalid("tls12_cipher_suites", "given although TLS 1.2 is outside the range of versions");
  }
  if (!tls13.empty() && config.max_version != 0 && config.max_version < UNITLS_TLS_1_3) {
    found.invalid("tls13_cipher_suites", "given although TLS 1.3 is outside the range of versions");
  } else if (!tls13.empty() && !facts.tls13) {
    found.unsupported("tls13_cipher_suites", "TLS 1.3 is more than this library has");
  }
  lists.tls12_cipher_suites =
      list_reader("tls12_cipher_suites", tls12, found).read(fault_for_tls12, facts.has_cipher_suite);
  lists.tls13_cipher_suites =
      list_reader("tls13_cipher_suites", tls13, found).read(fault_for_tls13, facts.has_cipher_suite);
  lists.groups = list_reader("groups", checked("groups", config.groups, config.group_count, found), found)
                     .read(no_fault, facts.has_group);
  lists.signature_schemes =
      list_reader(
          "signature_schemes",
          checked("signature_schemes", config.signature_schemes, config.signature_scheme_count, found), found)
          .read(no_fault, facts.has_signature_scheme);
  return lists;
}

template parameter_lists read_parameters(const unitls_client_config &, const configuration &,
                                         const backend_facts &, const findings &);
template parameter_lists read_parameters(const unitls_server_config &, const configuration &,
                                         const backend_facts &, const findings &);

} // namespace unitls::plugin
