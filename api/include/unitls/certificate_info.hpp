// unitls/certificate_info.hpp: what stands in a certificate, as a backend with "unitls.certificate-info/1" tells it.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <unitls/credentials.hpp>
#include <unitls/detail/collect.hpp>
#include <unitls/error.hpp>
#include <unitls/pin.hpp>
#include <unitls/unitls.h>

namespace unitls {

// Forms of a subject alternative name (RFC 5280, 4.2.1.6).
enum class name_form : std::uint32_t {
  email = UNITLS_NAME_EMAIL,
  dns = UNITLS_NAME_DNS,
  directory = UNITLS_NAME_DIRECTORY,
  uri = UNITLS_NAME_URI,
  ip_address = UNITLS_NAME_IP_ADDRESS,
};

struct subject_alt_name {
  name_form form = name_form::dns;
  // Printable: what is not ASCII is escaped.
  std::string text;

  friend bool operator==(const subject_alt_name &, const subject_alt_name &) = default;
};

struct certificate_info {
  // The certificate alone, as DER.
  unitls::certificate certificate;
  std::array<std::byte, 32> sha256{};
  std::uint32_t version = 0;
  std::vector<std::byte> serial_number{};
  // As RFC 4514 writes names.
  std::string subject{};
  std::string issuer{};
  std::vector<subject_alt_name> subject_alt_names{};
  // Valid at both ends.
  std::chrono::sys_seconds not_before{};
  std::chrono::sys_seconds not_after{};
  // "RSA", "EC secp256r1", "Ed25519", ...; an object identifier in dots when it is not known.
  std::string key_type{};
  // 0 when it is not known.
  std::uint32_t key_bits = 0;
  std::string signature_algorithm{};
  // SubjectPublicKeyInfo, and its SHA-256.
  std::vector<std::byte> public_key{};
  spki_pin pin;
  bool is_ca = false;
  bool is_self_issued = false;
  bool has_unknown_critical_extension = false;
  // pathLenConstraint and KeyUsage (UNITLS_KEY_USAGE_...), when they are there.
  std::optional<std::uint32_t> path_length{};
  std::optional<std::uint32_t> key_usage{};
  // Without ExtendedKeyUsage a certificate is for both.
  bool has_extended_key_usage = false;
  bool is_for_servers = false;
  bool is_for_clients = false;

  friend bool operator==(const certificate_info &, const certificate_info &) = default;
};

namespace detail {

inline std::array<std::byte, 32> copy_digest(unitls_bytes bytes) {
  std::array<std::byte, 32> digest{};
  if (bytes.size != digest.size()) {
    throw error({status::bad_plugin, "the backend told a SHA-256 that has not 32 bytes"});
  }
  const auto source = as_span(bytes);
  std::copy(source.begin(), source.end(), digest.begin());
  return digest;
}

inline std::vector<std::byte> copy_bytes(unitls_bytes bytes) {
  const auto source = as_span(bytes);
  return {source.begin(), source.end()};
}

inline certificate_info copy_facts(const unitls_certificate_facts &from) {
  const auto has = [&from](std::uint32_t flag) { return (from.flags & flag) != 0; };
  const auto when = [&has](std::uint32_t flag, std::uint32_t value) {
    return has(flag) ? std::optional(value) : std::nullopt;
  };
  const auto time = [](std::int64_t seconds) {
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
  };
  certificate_info to{
      .certificate = certificate::from_der(as_span(from.der)),
      .sha256 = copy_digest(from.sha256),
      .version = from.version,
      .serial_number = copy_bytes(from.serial_number),
      .subject = from.subject,
      .issuer = from.issuer,
      .not_before = time(from.not_before),
      .not_after = time(from.not_after),
      .key_type = from.key_type,
      .key_bits = from.key_bits,
      .signature_algorithm = from.signature_algorithm,
      .public_key = copy_bytes(from.public_key),
      .pin = spki_pin(copy_digest(from.public_key_sha256)),
      .is_ca = has(UNITLS_CERTIFICATE_IS_CA),
      .is_self_issued = has(UNITLS_CERTIFICATE_IS_SELF_ISSUED),
      .has_unknown_critical_extension = has(UNITLS_CERTIFICATE_HAS_UNKNOWN_CRITICAL_EXTENSION),
      .path_length = when(UNITLS_CERTIFICATE_HAS_PATH_LENGTH, from.path_length),
      .key_usage = when(UNITLS_CERTIFICATE_HAS_KEY_USAGE, from.key_usage),
      .has_extended_key_usage = has(UNITLS_CERTIFICATE_HAS_EXTENDED_KEY_USAGE),
      .is_for_servers = has(UNITLS_CERTIFICATE_FOR_SERVERS),
      .is_for_clients = has(UNITLS_CERTIFICATE_FOR_CLIENTS),
  };
  for (std::size_t i = 0; i < from.subject_alt_name_count; ++i) {
    const unitls_name &name = from.subject_alt_names[i];
    to.subject_alt_names.push_back({static_cast<name_form>(name.form), name.text});
  }
  return to;
}

inline std::vector<certificate_info> read_certificate_info(const unitls_backend_ref *backend,
                                                           const certificate &source, error_info &failure) {
  std::vector<certificate_info> all;
  const unitls_blob blob = source.native();
  try {
    collect<const unitls_certificate_facts *>(
        [&](auto sink, void *user) {
          return ::unitls_backend_ref_certificate_info(backend, &blob, sink, user, failure.receive());
        },
        [&all](const unitls_certificate_facts *facts) { all.push_back(copy_facts(*facts)); });
  } catch (const error &told) { // by copy_facts
    failure = told.info();
  }
  if (failure) {
    failure.set_subject(source.path());
  }
  return all;
}

} // namespace detail
} // namespace unitls
