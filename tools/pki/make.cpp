#include "make.hpp"

#include "certificate.hpp"
#include "error.hpp"
#include "keys.hpp"

#include <map>
#include <utility>

#include <openssl/pem.h>

namespace unitls::pki {
namespace {

/// A certificate that others can name, with its key and the intermediates above it (nearest first, no root).
struct Member {
  CertificatePtr certificate;
  KeyPtr key;
  bool self_issued = false;
  std::vector<const X509 *> intermediates; ///< owned by other members or by `further`
  std::vector<CertificatePtr> further;     ///< what an authority's file held beside its certificate
};

BioPtr memory() {
  return BioPtr(required(BIO_new(BIO_s_mem()), "allocate a buffer"));
}

void append_pem(const BioPtr &output, const X509 *certificate) {
  require(PEM_write_bio_X509(output.get(), certificate), "write a certificate");
}

BioPtr pem_of(EVP_PKEY *key) {
  BioPtr output = memory();
  require(PEM_write_bio_PKCS8PrivateKey(output.get(), key, nullptr, nullptr, 0, nullptr, nullptr),
          "write a private key");
  return output;
}

/// Lets an internal failure name the entry at which it happened; other failures do so themselves.
template <class Entry, class Handle>
void each(const std::vector<Entry> &entries, Handle handle) {
  for (const Entry &entry : entries) {
    try {
      handle(entry);
    } catch (const Failure &failure) {
      if (failure.code() != ExitCode::internal) {
        throw;
      }
      throw Failure(failure.code(), entry.location + ": " + failure.what());
    }
  }
}

class Maker {
public:
  explicit Maker(const Description &description) : description_(description) {}

  OutputFiles run() && {
    for (const AuthorityDescription &entry : description_.authorities) {
      load(entry);
    }
    each(description_.certificates, [this](const CertificateDescription &entry) { issue(entry); });
    each(description_.crls, [this](const CrlDescription &entry) { issue(entry); });
    each(description_.chains, [this](const ChainDescription &entry) { join(entry); });
    return std::move(files_);
  }

private:
  void load(const AuthorityDescription &entry);
  void issue(const CertificateDescription &entry);
  void issue(const CrlDescription &entry);
  void join(const ChainDescription &entry);

  void write_certificate(const CertificateDescription &entry, const Member &member);

  /// Descriptions name only what stands above them; the parser has checked that.
  const Member &member(const std::string &id) const { return members_.at(id); }

  const Description &description_;
  std::map<std::string, Member> members_;
  OutputFiles files_;
};

void Maker::load(const AuthorityDescription &entry) {
  std::vector<CertificatePtr> certificates = load_certificates(entry.certificate_file);
  Member loaded;
  loaded.certificate = std::move(certificates.front());
  loaded.key = load_key(entry.key_file);
  if (X509_check_private_key(loaded.certificate.get(), loaded.key.get()) != 1) {
    throw_wrong_input(entry.key_file,
                      "does not belong to the first certificate of " + entry.certificate_file);
  }
  loaded.self_issued = X509_NAME_cmp(X509_get_subject_name(loaded.certificate.get()),
                                     X509_get_issuer_name(loaded.certificate.get())) == 0;
  loaded.further.assign(std::make_move_iterator(certificates.begin() + 1),
                        std::make_move_iterator(certificates.end()));
  for (const CertificatePtr &certificate : loaded.further) {
    loaded.intermediates.push_back(certificate.get());
  }
  members_.emplace(entry.id, std::move(loaded));
}

void Maker::issue(const CertificateDescription &entry) {
  Member made;
  made.key = entry.key_of ? share_key(member(*entry.key_of).key.get()) : generate_key(entry.key_type);
  Signer signer{nullptr, made.key.get()};
  made.self_issued = entry.issuer == "self";
  if (!made.self_issued) {
    const Member &issuer = member(entry.issuer);
    signer = {issuer.certificate.get(), issuer.key.get()};
    if (!issuer.self_issued) {
      made.intermediates = issuer.intermediates;
      made.intermediates.insert(made.intermediates.begin(), issuer.certificate.get());
    }
  }
  made.certificate = make_certificate(entry, made.key.get(), signer);
  write_certificate(entry, made);
  members_.emplace(entry.id, std::move(made));
}

void Maker::write_certificate(const CertificateDescription &entry, const Member &member) {
  BioPtr pem = memory();
  append_pem(pem, member.certificate.get());
  if (entry.with_intermediates) {
    for (const X509 *intermediate : member.intermediates) {
      append_pem(pem, intermediate);
    }
  }
  files_.add({FileKind::certificate, entry.id, entry.id + ".pem", std::move(pem)}, entry.location);
  files_.add({FileKind::private_key, entry.id, entry.id + ".key", pem_of(member.key.get())}, entry.location);
  if (description_.der) {
    BioPtr der = memory();
    require(i2d_X509_bio(der.get(), member.certificate.get()), "write a certificate");
    files_.add({FileKind::certificate, entry.id, entry.id + ".der", std::move(der)}, entry.location);
  }
}

void Maker::issue(const CrlDescription &entry) {
  const Member &issuer = member(entry.issuer);
  std::vector<const X509 *> revoked;
  for (const std::string &id : entry.revoked) {
    revoked.push_back(member(id).certificate.get());
  }
  const CrlPtr crl = make_crl(entry, {issuer.certificate.get(), issuer.key.get()}, revoked);
  BioPtr pem = memory();
  require(PEM_write_bio_X509_CRL(pem.get(), crl.get()), "write a CRL");
  files_.add({FileKind::crl, entry.id, entry.id + ".crl.pem", std::move(pem)}, entry.location);
  if (description_.der) {
    BioPtr der = memory();
    require(i2d_X509_CRL_bio(der.get(), crl.get()), "write a CRL");
    files_.add({FileKind::crl, entry.id, entry.id + ".crl.der", std::move(der)}, entry.location);
  }
}

void Maker::join(const ChainDescription &entry) {
  BioPtr pem = memory();
  for (const std::string &id : entry.members) {
    append_pem(pem, member(id).certificate.get());
  }
  files_.add({FileKind::chain, entry.id, entry.id + ".pem", std::move(pem)}, entry.location);
}

} // namespace

OutputFiles make(const Description &description) {
  return Maker(description).run();
}

} // namespace unitls::pki
