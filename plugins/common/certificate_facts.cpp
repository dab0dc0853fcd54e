#include <unitls/plugin/certificate_facts.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <unitls/plugin/certificate.hpp>
#include <unitls/plugin/verdict_text.hpp>

#include "algorithm_text.hpp"
#include "credentials.hpp"
#include "distinguished_name_text.hpp"
#include "findings.hpp"
#include "ip_address.hpp"

namespace unitls::plugin {
namespace {

constexpr std::size_t alt_name_text_max = 1024;

// None for a form that has no text here.
std::optional<std::string> alt_name_text(const general_name &name) {
  switch (name.form) {
  case name_form::rfc822_name:
  case name_form::dns_name:
  case name_form::uniform_resource_identifier:
    return escape(as_text(name.value), alt_name_text_max);
  case name_form::directory_name:
    return distinguished_name_text(name.value, text_repertoire::printable_ascii);
  case name_form::ip_address:
    return ip_address_text(name.value);
  default:
    return std::nullopt;
  }
}

// Bit 0 of the RFC is the most significant of the first octet.
std::uint32_t key_usage_bits(const certificate &source) noexcept {
  const unsigned first_octet = source.key_usage.value_or(0);
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < 8; ++i) {
    bits |= (first_octet >> (7 - i) & 1U) << i;
  }
  return source.has_decipher_only ? bits | 1U << 8 : bits;
}

std::uint32_t flags_of(const certificate &source) noexcept {
  const auto flag = [](bool holds, std::uint32_t value) { return holds ? value : 0; };
  return flag(source.is_ca, UNITLS_CERTIFICATE_IS_CA) |
         flag(source.path_length.has_value(), UNITLS_CERTIFICATE_HAS_PATH_LENGTH) |
         flag(source.key_usage.has_value(), UNITLS_CERTIFICATE_HAS_KEY_USAGE) |
         flag(source.has_extended_key_usage, UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE) |
         flag(source.allows_server_auth, UNITLS_CERTIFICATE_FOR_SERVERS) |
         flag(source.allows_client_auth, UNITLS_CERTIFICATE_FOR_CLIENTS) |
         flag(source.self_issued(), UNITLS_CERTIFICATE_IS_SELF_ISSUED) |
         flag(source.has_unknown_critical_extension, UNITLS_CERTIFICATE_HAS_UNKNOWN_CRITICAL_EXTENSION);
}

// Everything that a unitls_certificate_facts points to.
class certificate_texts {
public:
  certificate_texts(const certificate &source, sha256_function sha256)
      : source_(source),
        subject_(distinguished_name_text(source.subject, text_repertoire::printable_unicode)),
        issuer_(distinguished_name_text(source.issuer, text_repertoire::printable_unicode)),
        key_(describe_key(source)),
        signature_algorithm_(describe_signature_algorithm(source.signature_algorithm)),
        digest_(sha256(source.der)), key_digest_(sha256(source.spki)) {
    for (const general_name name : source.subject_alt_name) {
      if (std::optional<std::string> text = alt_name_text(name)) {
        alt_names_.push_back({name.form, *std::move(text)});
      }
    }
  }

  unitls_status give(unitls_certificate_sink sink, void *user) const {
    std::vector<unitls_name> names;
    names.reserve(alt_names_.size());
    for (const alt_name &name : alt_names_) {
      unitls_name &entry = names.emplace_back();
      entry.form = static_cast<std::uint32_t>(name.form);
      entry.text = name.text.c_str();
    }
    unitls_certificate_facts facts{};
    facts.struct_size = sizeof facts;
    facts.flags = flags_of(source_);
    facts.version = source_.version;
    facts.path_length = source_.path_length.value_or(0);
    facts.key_usage = key_usage_bits(source_);
    facts.key_bits = key_.bits;
    facts.not_before = source_.not_before;
    facts.not_after = source_.not_after;
    facts.subject = subject_.c_str();
    facts.issuer = issuer_.c_str();
    facts.key_type = key_.type.c_str();
    facts.signature_algorithm = signature_algorithm_.c_str();
    facts.serial_number = lend(source_.serial);
    facts.subject_alt_names = names.data();
    facts.subject_alt_name_count = names.size();
    facts.der = lend(source_.der);
    facts.sha256 = lend(digest_);
    facts.public_key = lend(source_.spki);
    facts.public_key_sha256 = lend(key_digest_);
    return sink(user, &facts);
  }

private:
  struct alt_name {
    name_form form;
    std::string text;
  };

  const certificate &source_;
  std::string subject_;
  std::string issuer_;
  key_text key_;
  std::string signature_algorithm_;
  sha256_digest digest_;
  sha256_digest key_digest_;
  std::vector<alt_name> alt_names_;
};

certificate parse(const located_certificate &source) {
  malformation why = malformation::none;
  const std::optional<certificate> parsed = certificate::parse(source.der, &why);
  if (!parsed) {
    const std::string place = source.line == 0 ? "" : "line " + std::to_string(source.line) + ": ";
    thrown_findings().invalid("certificate", place + "the certificate " + describe(why));
  }
  return *parsed;
}

} // namespace

unitls_status read_certificate_facts(const unitls_blob &blob, sha256_function sha256,
                                     unitls_certificate_sink sink, void *user) {
  const std::vector<located_certificate> sources =
      locate_certificates(blob, "certificate", thrown_findings());
  // All are read before the first is told: a malformed one leaves nothing half told.
  std::vector<certificate> certificates;
  certificates.reserve(sources.size());
  for (const located_certificate &source : sources) {
    certificates.push_back(parse(source));
  }
  for (const certificate &one : certificates) {
    const unitls_status status = certificate_texts(one, sha256).give(sink, user);
    if (status != UNITLS_OK) {
      return status;
    }
  }
  return UNITLS_OK;
}

} // namespace unitls::plugin
