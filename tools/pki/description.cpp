#include "description.hpp"

#include "error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include <arpa/inet.h>

namespace unitls::pki {
namespace {

constexpr std::size_t longest_id = 64;
constexpr std::size_t longest_common_name = 64; // ub-common-name of RFC 5280, appendix A.1
constexpr std::size_t longest_oid = 128;

template <class Value>
using Entry = std::pair<std::string_view, Value>;

constexpr auto key_types = std::to_array<Entry<KeyType>>({
    {"p256", KeyType::p256},
    {"p384", KeyType::p384},
    {"p521", KeyType::p521},
    {"secp256k1", KeyType::secp256k1},
    {"rsa1024", KeyType::rsa1024},
    {"rsa2048", KeyType::rsa2048},
    {"rsa3072", KeyType::rsa3072},
    {"rsa4096", KeyType::rsa4096},
    {"ed25519", KeyType::ed25519},
    {"ed448", KeyType::ed448},
});

constexpr auto digests = std::to_array<Entry<Digest>>({
    {"sha256", Digest::sha256},
    {"sha384", Digest::sha384},
    {"sha512", Digest::sha512},
    {"sha1", Digest::sha1},
    {"md5", Digest::md5},
});

constexpr auto key_usages = std::to_array<Entry<KeyUsage>>({
    {"digitalSignature", KeyUsage::digital_signature},
    {"contentCommitment", KeyUsage::content_commitment},
    {"keyEncipherment", KeyUsage::key_encipherment},
    {"dataEncipherment", KeyUsage::data_encipherment},
    {"keyAgreement", KeyUsage::key_agreement},
    {"keyCertSign", KeyUsage::key_cert_sign},
    {"cRLSign", KeyUsage::crl_sign},
    {"encipherOnly", KeyUsage::encipher_only},
    {"decipherOnly", KeyUsage::decipher_only},
});

constexpr auto extended_key_usages = std::to_array<Entry<std::string_view>>({
    {"serverAuth", "1.3.6.1.5.5.7.3.1"},
    {"clientAuth", "1.3.6.1.5.5.7.3.2"},
    {"codeSigning", "1.3.6.1.5.5.7.3.3"},
    {"emailProtection", "1.3.6.1.5.5.7.3.4"},
    {"timeStamping", "1.3.6.1.5.5.7.3.8"},
    {"OCSPSigning", "1.3.6.1.5.5.7.3.9"},
    {"anyExtendedKeyUsage", "2.5.29.37.0"},
});

template <class Value>
std::string names_of(std::span<const Entry<Value>> table) {
  std::string names;
  for (const auto &[name, value] : table) {
    names += names.empty() ? "" : ", ";
    names += name;
  }
  return names;
}

template <class Value>
std::optional<Value> find_name(std::span<const Entry<Value>> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto &e) { return e.first == name; });
  return found == table.end() ? std::nullopt : std::optional(found->second);
}

template <class Value>
Value parse_name(std::span<const Entry<Value>> table, std::string_view name, const std::string &where) {
  const auto value = find_name(table, name);
  if (!value) {
    throw_wrong_input(where, "'" + std::string(name) + "' is unknown; choose from " + names_of(table));
  }
  return *value;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_id_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

std::optional<unsigned> hexadecimal_value(char c) {
  if (is_digit(c)) {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a') + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A') + 10;
  }
  return std::nullopt;
}

/// X.660: at least two arcs, the first 0, 1 or 2, and below 0 and 1 at most 39.
bool is_oid(std::string_view oid) {
  if (oid.size() > longest_oid ||
      !std::all_of(oid.begin(), oid.end(), [](char c) { return is_digit(c) || c == '.'; })) {
    return false;
  }
  if (oid.size() < 3 || oid[0] > '2' || oid[1] != '.' || oid.back() == '.' ||
      oid.find("..") != std::string_view::npos) {
    return false;
  }
  const std::string_view second = oid.substr(2, oid.substr(2).find('.'));
  return oid[0] == '2' || second.size() == 1 || (second.size() == 2 && second[0] < '4');
}

bool is_utf8_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::string mask_octets(std::size_t size, unsigned bits) {
  std::string mask(size, '\0');
  for (unsigned bit = 0; bit < bits; ++bit) {
    const auto octet = static_cast<unsigned char>(mask[bit / 8]);
    mask[bit / 8] = static_cast<char>(octet | (0x80U >> (bit % 8)));
  }
  return mask;
}

} // namespace

KeyType parse_key_type(std::string_view name, const std::string &where) {
  return parse_name<KeyType>(key_types, name, where);
}

Digest parse_digest(std::string_view name, const std::string &where) {
  return parse_name<Digest>(digests, name, where);
}

KeyUsage parse_key_usage(std::string_view name, const std::string &where) {
  return parse_name<KeyUsage>(key_usages, name, where);
}

std::string parse_extended_key_usage(std::string_view name_or_oid, const std::string &where) {
  if (is_oid(name_or_oid)) {
    return std::string(name_or_oid);
  }
  const auto oid = find_name<std::string_view>(extended_key_usages, name_or_oid);
  if (!oid) {
    throw_wrong_input(where, "'" + std::string(name_or_oid) +
                                 "' is unknown; write an object identifier or one of " +
                                 names_of<std::string_view>(extended_key_usages));
  }
  return std::string(*oid);
}

std::string parse_oid(std::string_view oid, const std::string &where) {
  if (!is_oid(oid)) {
    throw_wrong_input(where, "'" + std::string(oid) +
                                 "' is no object identifier; write one such as 1.3.6.1.4.1.99999.1");
  }
  return std::string(oid);
}

std::string parse_id(std::string_view id, const std::string &where) {
  const bool good = !id.empty() && id.size() <= longest_id && id.front() != '.' && id.front() != '-' &&
                    std::all_of(id.begin(), id.end(), is_id_character);
  if (!good) {
    throw_wrong_input(where,
                      "'" + std::string(id) +
                          "' cannot name files; use at most 64 letters, digits and the characters - _ . "
                          "with a letter, a digit or _ first");
  }
  if (id == "self") {
    throw_wrong_input(where,
                      "'self' is reserved for the issuer of self-signed certificates; choose another id");
  }
  return std::string(id);
}

std::string parse_common_name(std::string_view name, const std::string &where) {
  const auto continuations = std::count_if(name.begin(), name.end(), is_utf8_continuation);
  if (name.size() - static_cast<std::size_t>(continuations) > longest_common_name) {
    throw_wrong_input(where, "a common name has at most 64 characters; shorten it");
  }
  return std::string(name);
}

Bytes parse_hexadecimal(std::string_view digits, const std::string &where) {
  if (digits.size() % 2 != 0) {
    throw_wrong_input(where, "the number of hexadecimal digits is odd; write two digits for each octet");
  }
  Bytes octets;
  octets.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto high = hexadecimal_value(digits[i]);
    const auto low = hexadecimal_value(digits[i + 1]);
    if (!high || !low) {
      throw_wrong_input(where, "'" + std::string(digits.substr(i, 2)) + "' at position " + std::to_string(i) +
                                   " is not hexadecimal; write two digits for each octet, without spaces");
    }
    octets.push_back(static_cast<std::uint8_t>(*high * 16 + *low));
  }
  return octets;
}

std::optional<std::string> address_octets(const std::string &address) {
  if (address.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  std::array<char, 16> octets{};
  if (inet_pton(AF_INET, address.c_str(), octets.data()) == 1) {
    return std::string(octets.data(), 4);
  }
  if (inet_pton(AF_INET6, address.c_str(), octets.data()) == 1) {
    return std::string(octets.data(), 16);
  }
  return std::nullopt;
}

std::string parse_address_range(const std::string &range, const std::string &where) {
  const std::size_t slash = range.find('/');
  const auto address = address_octets(range.substr(0, slash));
  unsigned bits = 0;
  bool good = address.has_value() && slash != std::string::npos;
  if (good) {
    const char *end = range.data() + range.size();
    const auto [stop, error] = std::from_chars(range.data() + slash + 1, end, bits);
    good = error == std::errc() && stop == end && bits <= address->size() * 8;
  }
  if (!good) {
    throw_wrong_input(where, "'" + range + "' is no address range; write one such as 10.0.0.0/8 or fd00::/8");
  }
  return *address + mask_octets(address->size(), bits);
}

std::vector<KeyUsage> default_key_usage(bool ca) {
  if (ca) {
    return {KeyUsage::key_cert_sign, KeyUsage::crl_sign};
  }
  return {KeyUsage::digital_signature};
}

} // namespace unitls::pki
