#include "certificate.hpp"

#include "extensions.hpp"
#include "signing.hpp"

#include <string>

namespace unitls::pki {
namespace {

NamePtr make_subject(const std::string &common_name) {
  NamePtr name(required(X509_NAME_new(), "allocate a name"));
  if (!common_name.empty()) {
    const auto *text = reinterpret_cast<const unsigned char *>(common_name.data());
    require(X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8, text,
                                       static_cast<int>(common_name.size()), -1, 0),
            "set the common name");
  }
  return name;
}

/// 127 random bits with the first one set: positive, 16 octets, and never twice.
BignumPtr random_serial() {
  BignumPtr number(required(BN_new(), "allocate a serial number"));
  require(BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), "draw a serial number");
  return number;
}

BignumPtr fixed_serial(const Bytes &octets) {
  return BignumPtr(
      required(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr), "read a serial number"));
}

void set_serial(X509 *certificate, const CertificateDescription &description) {
  const BignumPtr number = description.serial ? fixed_serial(*description.serial) : random_serial();
  const Asn1IntegerPtr serial(required(BN_to_ASN1_INTEGER(number.get(), nullptr), "encode a serial number"));
  require(X509_set_serialNumber(certificate, serial.get()), "set the serial number");
}

void set_validity(X509 *certificate, const CertificateDescription &description) {
  require(X509_set1_notBefore(certificate, make_time(description.not_before).get()), "set notBefore");
  require(X509_set1_notAfter(certificate, make_time(description.not_after).get()), "set notAfter");
}

void add_revoked(X509_CRL *crl, const X509 *certificate, Moment when) {
  RevokedPtr entry(required(X509_REVOKED_new(), "allocate a CRL entry"));
  const Asn1IntegerPtr serial(
      required(ASN1_INTEGER_dup(X509_get0_serialNumber(certificate)), "copy a serial number"));
  require(X509_REVOKED_set_serialNumber(entry.get(), serial.get()), "set a revoked serial number");
  require(X509_REVOKED_set_revocationDate(entry.get(), make_time(when).get()), "set a revocation date");
  require(X509_CRL_add0_revoked(crl, entry.get()), "add a CRL entry");
  static_cast<void>(entry.release()); // crl owns it
}

} // namespace

CertificatePtr make_certificate(const CertificateDescription &description, EVP_PKEY *subject_key,
                                const Signer &signer) {
  CertificatePtr certificate(required(X509_new(), "allocate a certificate"));
  require(X509_set_version(certificate.get(), description.version == 1 ? X509_VERSION_1 : X509_VERSION_3),
          "set the version");
  set_serial(certificate.get(), description);
  set_validity(certificate.get(), description);
  const NamePtr subject = make_subject(description.common_name);
  require(X509_set_subject_name(certificate.get(), subject.get()), "set the subject");
  require(X509_set_pubkey(certificate.get(), subject_key), "set the public key");

  const X509 *issuer = signer.certificate != nullptr ? signer.certificate : certificate.get();
  require(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer)), "set the issuer");
  if (description.version != 1) {
    for (const ExtensionPtr &extension : certificate_extensions(description, certificate.get(), issuer)) {
      require(X509_add_ext(certificate.get(), extension.get(), -1), "add an extension");
    }
  }
  return sign(std::move(certificate), signer.key, description.signature, description.location);
}

CrlPtr make_crl(const CrlDescription &description, const Signer &signer,
                std::span<const X509 *const> revoked) {
  CrlPtr crl(required(X509_CRL_new(), "allocate a CRL"));
  require(X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2), "set the CRL version");
  require(X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(signer.certificate)),
          "set the CRL issuer");
  require(X509_CRL_set1_lastUpdate(crl.get(), make_time(description.this_update).get()), "set thisUpdate");
  if (description.next_update) {
    require(X509_CRL_set1_nextUpdate(crl.get(), make_time(*description.next_update).get()), "set nextUpdate");
  }
  for (const X509 *certificate : revoked) {
    add_revoked(crl.get(), certificate, description.this_update);
  }
  require(X509_CRL_sort(crl.get()), "sort a CRL");
  for (const ExtensionPtr &extension : crl_extensions(description, signer.certificate)) {
    require(X509_CRL_add_ext(crl.get(), extension.get(), -1), "add a CRL extension");
  }
  return sign(std::move(crl), signer.key, description.signature, description.location);
}

} // namespace unitls::pki
