#include "certificate_text.hpp"

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "time_text.hpp"

namespace unitls::tool {
namespace {

// In the order of the bits (RFC 5280, 4.2.1.3).
constexpr std::array<const char *, 9> key_usage_names{"digitalSignature", "nonRepudiation", "keyEncipherment",
                                                      "dataEncipherment", "keyAgreement",   "keyCertSign",
                                                      "cRLSign",          "encipherOnly",   "decipherOnly"};

std::string hex(std::span<const std::byte> bytes, std::string_view separator) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte each : bytes) {
    text += text.empty() ? "" : separator;
    text += digits[std::to_integer<unsigned>(each) >> 4];
    text += digits[std::to_integer<unsigned>(each) & 0xF];
  }
  return text;
}

// The INTEGER's content as a number: without the zero that only keeps it positive.
std::span<const std::byte> significant(std::span<const std::byte> integer) noexcept {
  while (integer.size() > 1 && integer.front() == std::byte{0}) {
    integer = integer.subspan(1);
  }
  return integer;
}

const char *form_name(name_form form) noexcept {
  switch (form) {
  case name_form::email:
    return "email";
  case name_form::dns:
    return "DNS";
  case name_form::directory:
    return "directory";
  case name_form::uri:
    return "URI";
  case name_form::ip_address:
    return "IP";
  }
  return "other";
}

std::vector<std::string> alt_names(const certificate_info &info) {
  std::vector<std::string> names;
  for (const subject_alt_name &name : info.subject_alt_names) {
    names.push_back(std::string(form_name(name.form)) + ":" + name.text);
  }
  return names;
}

std::vector<std::string> key_usages(const certificate_info &info) {
  std::vector<std::string> names;
  for (std::size_t bit = 0; bit < key_usage_names.size(); ++bit) {
    if ((info.key_usage.value_or(0) >> bit & 1U) != 0) {
      names.emplace_back(key_usage_names[bit]);
    }
  }
  return names;
}

std::vector<std::string> purposes(const certificate_info &info) {
  std::vector<std::string> names;
  if (info.is_for_servers) {
    names.emplace_back("serverAuth");
  }
  if (info.is_for_clients) {
    names.emplace_back("clientAuth");
  }
  return names;
}

std::string joined(const std::vector<std::string> &parts, const char *none) {
  std::string text;
  for (const std::string &part : parts) {
    text += text.empty() ? part : ", " + part;
  }
  return text.empty() ? none : text;
}

std::string key_text(const certificate_info &info) {
  return info.key_type + (info.key_bits != 0 ? ", " + std::to_string(info.key_bits) + " bits" : "");
}

std::string authority_text(const certificate_info &info) {
  if (!info.is_ca) {
    return "no";
  }
  return info.path_length ? "yes, path length " + std::to_string(*info.path_length) : "yes";
}

} // namespace

bool is_valid_at(const certificate_info &info, std::chrono::sys_seconds now) noexcept {
  return info.not_before <= now && now <= info.not_after;
}

std::string validity_remark(const certificate_info &info, std::chrono::sys_seconds now) {
  if (info.not_after < info.not_before) {
    return "never valid: it ends before it begins";
  }
  if (now > info.not_after) {
    return "expired " + distance_text(now - info.not_after) + " ago";
  }
  if (now < info.not_before) {
    return "not yet valid: begins in " + distance_text(info.not_before - now);
  }
  return "valid, ends in " + distance_text(info.not_after - now);
}

void add_lines(table &lines, const certificate_info &info, std::chrono::sys_seconds now) {
  lines.add({"subject", info.subject.empty() ? "empty" : info.subject});
  lines.add({"issuer", info.issuer + (info.is_self_issued ? "  (itself)" : "")});
  lines.add({"names", joined(alt_names(info), "none")});
  lines.add({"not before", time_text(info.not_before)});
  lines.add({"not after", time_text(info.not_after)});
  const std::string remark = validity_remark(info, now);
  lines.add({"", is_valid_at(info, now) ? remark : alarming(remark)});
  lines.add({"serial number", hex(significant(info.serial_number), ":")});
  lines.add({"version", std::to_string(info.version)});
  lines.add({"key", key_text(info)});
  lines.add({"signature", info.signature_algorithm});
  lines.add({"authority", authority_text(info)});
  if (info.key_usage) {
    lines.add({"key usage", joined(key_usages(info), "none")});
  }
  if (info.has_extended_key_usage) {
    lines.add({"extended key usage", joined(purposes(info), "neither servers nor clients")});
  }
  if (info.has_unknown_critical_extension) {
    lines.add({"extensions", alarming("a critical one is not known here: no path through it is accepted")});
  }
  lines.add({"SHA-256", hex(info.sha256, ":")});
  lines.add({"pin", to_string(info.pin)});
}

nlohmann::ordered_json to_json(const certificate_info &info) {
  using nlohmann::ordered_json;
  ordered_json json{{"subject", info.subject},
                    {"issuer", info.issuer},
                    {"names", ordered_json::array()},
                    {"not_before", time_text(info.not_before)},
                    {"not_after", time_text(info.not_after)},
                    {"serial_number", hex(significant(info.serial_number), "")},
                    {"version", info.version},
                    {"key_type", info.key_type},
                    {"key_bits", info.key_bits},
                    {"signature_algorithm", info.signature_algorithm},
                    {"is_ca", info.is_ca},
                    {"path_length", nullptr},
                    {"key_usage", nullptr},
                    {"extended_key_usage", nullptr},
                    {"has_unknown_critical_extension", info.has_unknown_critical_extension},
                    {"sha256", hex(info.sha256, "")},
                    {"pin", to_string(info.pin)}};
  for (const subject_alt_name &name : info.subject_alt_names) {
    json["names"].push_back({{"form", form_name(name.form)}, {"text", name.text}});
  }
  if (info.path_length) {
    json["path_length"] = *info.path_length;
  }
  if (info.key_usage) {
    json["key_usage"] = key_usages(info);
  }
  if (info.has_extended_key_usage) {
    json["extended_key_usage"] = purposes(info);
  }
  return json;
}

} // namespace unitls::tool
