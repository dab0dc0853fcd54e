// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/name_match.hpp>

#include "ip_address.hpp"

#include <algorithm>

namespace unitls::plugin {

namespace {

constexpr size_t dns_name_max = 253;
constexpr size_t label_max = 63;

bool is_digit(char c) noexcept {
  return '0' <= c && c <= '9';
}
bool is_letter(char c) noexcept {
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
}
bool is_label_character(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '-' || c == '_';
}

char lower(char c) noexcept {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_without_case(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

// What is after the first label and its dot; empty when there is no dot.
std::string_view after_first_label(std::string_view name) noexcept {
  const size_t dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

std::string_view last_label(std::string_view name) noexcept {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

// Decimal, or hexadecimal as some resolvers take it: "192.0.2", "0x7f".
bool reads_as_number(std::string_view label) noexcept {
  const bool hexadecimal = label.size() > 1 && label[0] == '0' && lower(label[1]) == 'x';
  if (!hexadecimal)
    return std::all_of(label.begin(), label.end(), is_digit);
  const std::string_view rest = label.substr(2);
  return std::all_of(rest.begin(), rest.end(),
                     [](char c) { return is_digit(c) || ('a' <= lower(c) && lower(c) <= 'f'); });
}

// Why a label cannot stand in a reference name; empty when it can.
std::string_view label_fault(std::string_view label) noexcept {
  if (label.empty())
    return "has an empty label";
  if (label.size() > label_max)
    return "has a label of more than 63 characters";
  if (label == "*")
    return "is a wildcard, which only a certificate may have";
  if (!std::all_of(label.begin(), label.end(), is_label_character))
    return "has a character other than letters, digits, hyphens and underscores";
  return {};
}

// Why a text that is no address is not a DNS name either; empty when it is one.
std::string_view dns_name_fault(std::string_view text) noexcept {
  if (text.empty())
    return "is empty";
  if (text.find('\0') != std::string_view::npos)
    return "has a NUL character";
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7f; }))
    return "is not ASCII; write internationalized names as A-labels (xn--...)";
  if (text.front() == '[')
    return "has brackets; write the address without them";
  if (text.find('%') != std::string_view::npos)
    return "has a zone, which no certificate can name";
  if (text.find(':') != std::string_view::npos)
    return "is neither an IPv6 address nor a DNS name";
  if (text.back() == '.')
    return "ends with a dot";
  if (text.size() > dns_name_max)
    return "has more than 253 characters";
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find('.', begin), text.size());
    if (const std::string_view fault = label_fault(text.substr(begin, end - begin)); !fault.empty())
      return fault;
    begin = end + 1;
  }
  if (reads_as_number(last_label(text)))
    return "ends with a number, but is not an IPv4 address of four decimal numbers";
  return {};
}

} // namespace

std::optional<reference_name> reference_name::parse(std::string_view text,
                                                    std::string_view *reason) noexcept {
  reference_name name(text);
  if (const auto ipv4 = parse_ipv4(text)) {
    std::copy(ipv4->begin(), ipv4->end(), name.address_.begin());
    name.address_size_ = static_cast<uint8_t>(ipv4->size());
    name.kind_ = kind::ipv4;
    return name;
  }
  if (const auto ipv6 = parse_ipv6(text)) {
    name.address_ = *ipv6;
    name.address_size_ = static_cast<uint8_t>(ipv6->size());
    name.kind_ = kind::ipv6;
    return name;
  }
  const std::string_view fault = dns_name_fault(text);
  if (reason)
    *reason = fault;
  return fault.empty() ? std::optional(name) : std::nullopt;
}

bool dns_name_matches(std::string_view entry, std::string_view reference) noexcept {
  if (!entry.starts_with("*."))
    return equal_without_case(entry, reference);
  const std::string_view parent = entry.substr(2);
  return parent.find('.') != std::string_view::npos &&
         equal_without_case(parent, after_first_label(reference));
}

bool matches(const reference_name &reference, const certificate &presented) noexcept {
  const name_form form = reference.is_ip() ? name_form::ip_address : name_form::dns_name;
  for (const general_name entry : presented.subject_alt_name) {
    if (entry.form != form)
      continue;
    if (reference.is_ip() ? equal(entry.value, reference.address())
                          : dns_name_matches(as_text(entry.value), reference.text()))
      return true;
  }
  return false;
}

bool matches_any(std::span<const reference_name> references, const certificate &presented) noexcept {
  return std::any_of(references.begin(), references.end(),
                     [&](const reference_name &reference) { return matches(reference, presented); });
}

bool is_ip_literal(std::string_view text) noexcept {
  return parse_ipv4(text) || parse_ipv6(text);
}

bool is_valid_server_name(std::string_view text) noexcept {
  const std::optional<reference_name> name = reference_name::parse(text);
  return name && !name->is_ip();
}

} // namespace unitls::plugin
