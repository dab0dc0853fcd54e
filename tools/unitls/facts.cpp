#include "facts.hpp"

#include <arpa/inet.h>
#include <ctime>
#include <optional>

#include <unitls/plugin/certificate.hpp>
#include <unitls/plugin/verdict_text.hpp>

#include "terminal.hpp"

namespace unitls::tool {
namespace {

namespace x509 = plugin;

constexpr std::size_t name_limit = 253;

std::string_view as_text(x509::bytes bytes) noexcept {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

std::optional<x509::certificate> parse(const certificate &source) {
  const auto der = source.bytes();
  return x509::certificate::parse({reinterpret_cast<const std::uint8_t *>(der.data()), der.size()});
}

std::string day(std::int64_t time) {
  const auto seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  char text[32] = "";
  if (gmtime_r(&seconds, &parts) != nullptr) {
    std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  }
  return text;
}

std::string name_text(const x509::general_name &name) {
  char text[INET6_ADDRSTRLEN] = "";
  if (name.form == x509::name_form::ip_address) {
    inet_ntop(name.value.size() == 4 ? AF_INET : AF_INET6, name.value.data(), text, sizeof text);
    return text;
  }
  return x509::escape(as_text(name.value), name_limit);
}

std::vector<std::string> names_of(const x509::certificate &leaf) {
  std::vector<std::string> names;
  for (const x509::general_name name : leaf.subject_alt_name) {
    if (name.form == x509::name_form::dns_name || name.form == x509::name_form::ip_address) {
      names.push_back(name_text(name));
    }
  }
  return names;
}

std::string joined(const std::vector<std::string> &parts) {
  std::string text;
  for (const std::string &part : parts) {
    text += text.empty() ? part : ", " + part;
  }
  return text;
}

template <class Named>
std::string or_unknown(const std::optional<Named> &value) {
  return value ? to_string(*value) : "not known";
}

} // namespace

std::string short_text(const connection_info &info) {
  return info.version ? to_string(*info.version) + " " + or_unknown(info.cipher_suite) : "no TLS";
}

std::string facts_text(const connection_facts &facts) {
  table lines({"backend", facts.backend});
  lines.add({"version", or_unknown(facts.info.version)});
  lines.add({"cipher suite", or_unknown(facts.info.cipher_suite)});
  lines.add({"group", or_unknown(facts.info.group)});
  lines.add({"signature scheme", or_unknown(facts.info.signature_scheme)});
  lines.add({"ALPN", facts.info.alpn.empty() ? "none" : x509::escape(facts.info.alpn, name_limit)});
  if (facts.peer.empty()) {
    lines.add({"peer", "no certificate"});
    return lines.text();
  }
  if (const auto leaf = parse(facts.peer.front())) {
    lines.add({"peer", x509::escape(as_text(x509::common_name_of(leaf->subject)), name_limit)});
    lines.add({"peer's names", joined(names_of(*leaf))});
    lines.add({"issued by", x509::escape(as_text(x509::common_name_of(leaf->issuer)), name_limit)});
    lines.add({"valid", day(leaf->not_before) + " to " + day(leaf->not_after)});
  }
  return lines.text();
}

nlohmann::ordered_json facts_json(const connection_facts &facts) {
  nlohmann::ordered_json json;
  const auto text_or_null = [](const auto &value) -> nlohmann::ordered_json {
    return value ? nlohmann::ordered_json(to_string(*value)) : nlohmann::ordered_json(nullptr);
  };
  json["backend"] = facts.backend;
  json["version"] = text_or_null(facts.info.version);
  json["cipher_suite"] = text_or_null(facts.info.cipher_suite);
  json["group"] = text_or_null(facts.info.group);
  json["signature_scheme"] = text_or_null(facts.info.signature_scheme);
  json["alpn"] = x509::escape(facts.info.alpn, name_limit);
  json["server_name"] = facts.info.server_name;
  json["resumed"] = facts.info.resumed;
  json["peer_certificates"] = facts.peer.size();
  const auto leaf = facts.peer.empty() ? std::nullopt : parse(facts.peer.front());
  if (leaf) {
    json["peer"] = {{"common_name", x509::escape(as_text(x509::common_name_of(leaf->subject)), name_limit)},
                    {"names", names_of(*leaf)},
                    {"issuer", x509::escape(as_text(x509::common_name_of(leaf->issuer)), name_limit)},
                    {"not_before", day(leaf->not_before)},
                    {"not_after", day(leaf->not_after)}};
  }
  return json;
}

} // namespace unitls::tool
