#include "name_certificates.hpp"

#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

namespace unitls::conformance {
namespace {

constexpr char subject_alt_name[] = "2.5.29.17";

// Everything in hexadecimal, as unitls-pki takes it.
std::string hex_of(std::string_view octets) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const char octet : octets) {
    const auto value = static_cast<unsigned char>(octet);
    text += digits[value >> 4];
    text += digits[value & 0xf];
  }
  return text;
}

// A DER element around content that is in hexadecimal already.
std::string element(std::string_view tag, const std::string &content) {
  const std::size_t size = content.size() / 2;
  if (size > 0xff) {
    throw std::logic_error("a name of the matrix is too long");
  }
  const std::string length{static_cast<char>(size)};
  return std::string(tag) + (size < 0x80 ? hex_of(length) : "81" + hex_of(length)) + content;
}

// A GeneralName (RFC 5280, 4.2.1.6). The names are written here and not by unitls-pki: some are no text at all.
std::string general_name(std::string_view form, std::string_view value) {
  if (form == "dns") {
    return element("82", hex_of(value));
  }
  if (form == "ip") {
    return element("87", std::string(value));
  }
  if (form == "uri") {
    return element("86", hex_of(value));
  }
  if (form == "email") {
    return element("81", hex_of(value));
  }
  if (form == "other") {
    constexpr std::string_view user_principal_name = "2b060104018237140203";
    return element("a0", element("06", std::string(user_principal_name)) +
                             element("a0", element("0c", hex_of(value))));
  }
  throw std::logic_error("the matrix of names has an unknown form: " + std::string(form));
}

bool is_described(const name_row &row) {
  return row.verb == "match" || row.verb == "differ" || row.verb == "address";
}

nlohmann::json describe(const name_row &row) {
  nlohmann::json described = {{"id", name_certificate(row)}};
  std::string names;
  const auto add = [&](std::string_view form, std::string_view value) {
    if (form == "cn") {
      described["common_name"] = value;
    } else {
      names += general_name(form, value);
    }
  };
  if (row.verb == "address") {
    add("ip", row.rest);
  }
  for (const std::string_view entry : row.entries) {
    const std::size_t colon = entry.find(':');
    add(entry.substr(0, colon), entry.substr(colon + 1));
  }
  if (!names.empty()) {
    described["extensions"] = {{{"oid", subject_alt_name}, {"value", element("30", names)}}};
  }
  return described;
}

} // namespace

std::string name_certificate(const name_row &row) {
  return "name-" + std::to_string(row.line);
}

nlohmann::json describe_name_certificates(const std::string &issuer, const std::string &key_of) {
  nlohmann::json all = nlohmann::json::array();
  for (const name_row &row : name_rows()) {
    if (is_described(row)) {
      nlohmann::json described = describe(row);
      described["issuer"] = issuer;
      described["key_of"] = key_of;
      described["extended_key_usage"] = {"serverAuth"};
      all.push_back(std::move(described));
    }
  }
  return all;
}

} // namespace unitls::conformance
