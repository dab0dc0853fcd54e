#include "identities.hpp"

#include <string>

#include <unitls/plugin/error.hpp>

#include "failure.hpp"

namespace unitls::gnutls {
namespace {

// The certificates that are presented, as the credentials take them.
class pcert_list {
public:
  explicit pcert_list(std::size_t capacity) { certificates_.reserve(capacity); }
  ~pcert_list() {
    for (gnutls_pcert_st &certificate : certificates_) {
      gnutls_pcert_deinit(&certificate);
    }
  }
  pcert_list(const pcert_list &) = delete;
  pcert_list &operator=(const pcert_list &) = delete;

  void add(const plugin::secret_bytes &der, const std::string &field) {
    gnutls_pcert_st certificate{};
    const gnutls_datum_t input{const_cast<unsigned char *>(der.data()), static_cast<unsigned>(der.size())};
    const int code = gnutls_pcert_import_x509_raw(&certificate, &input, GNUTLS_X509_FMT_DER, 0);
    if (code < 0) {
      throw_failure(UNITLS_E_INVALID, field, "not a certificate", code);
    }
    certificates_.push_back(certificate);
  }

  gnutls_pcert_st *data() noexcept { return certificates_.data(); }
  int size() const noexcept { return static_cast<int>(certificates_.size()); }
  // The credentials own the certificates now.
  void release() noexcept { certificates_.clear(); }

private:
  std::vector<gnutls_pcert_st> certificates_;
};

privkey_handle parse_private_key(const plugin::secret_bytes &der, const std::string &field) {
  auto key = make<privkey_handle>(gnutls_privkey_init);
  const gnutls_datum_t input{const_cast<unsigned char *>(der.data()), static_cast<unsigned>(der.size())};
  const int code = gnutls_privkey_import_x509_raw(key.get(), &input, GNUTLS_X509_FMT_DER, nullptr, 0);
  if (code < 0) {
    throw_failure(UNITLS_E_INVALID, field, "not a private key", code);
  }
  return key;
}

std::vector<unsigned char> key_id(gnutls_pubkey_t key) {
  std::vector<unsigned char> id(32); // SHA-256
  std::size_t size = id.size();
  if (gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id.data(), &size) < 0) {
    throw std::bad_alloc();
  }
  return id;
}

pubkey_handle public_half(gnutls_privkey_t private_key, const std::string &field) {
  auto key = make<pubkey_handle>(gnutls_pubkey_init);
  const int code = gnutls_pubkey_import_privkey(key.get(), private_key, 0, 0);
  if (code < 0) {
    throw_failure(UNITLS_E_INVALID, field, "not a private key that GnuTLS can use", code);
  }
  return key;
}

std::string field_of(std::size_t position) {
  return "identities[" + std::to_string(position) + "]";
}

// Which key exchanges a certificate's key may sign for or, static RSA, decrypt for.
std::span<const gnutls_kx_algorithm_t> key_exchanges_of(gnutls_pubkey_t key) noexcept {
  static constexpr gnutls_kx_algorithm_t rsa[] = {GNUTLS_KX_ECDHE_RSA, GNUTLS_KX_DHE_RSA, GNUTLS_KX_RSA};
  static constexpr gnutls_kx_algorithm_t ecdsa[] = {GNUTLS_KX_ECDHE_ECDSA};
  const int algorithm = gnutls_pubkey_get_pk_algorithm(key, nullptr);
  if (algorithm != GNUTLS_PK_RSA && algorithm != GNUTLS_PK_RSA_PSS) {
    return ecdsa;
  }
  unsigned usage = 0; // stays when the certificate does not restrict it
  gnutls_pubkey_get_key_usage(key, &usage);
  const bool decrypts =
      algorithm == GNUTLS_PK_RSA && (usage == 0 || (usage & GNUTLS_KEY_KEY_ENCIPHERMENT) != 0);
  return decrypts ? std::span(rsa) : std::span(rsa).first(2);
}

// Loads one into credentials, which then own it. The one call that takes the chain as it is: the others sort it, and
// drop what does not fit. Without names GnuTLS chooses by key alone. Says for which key exchanges of TLS 1.2 it serves.
std::span<const gnutls_kx_algorithm_t> load_identity(gnutls_certificate_credentials_t credentials,
                                                     const plugin::identity &source,
                                                     const std::string &field) {
  const std::string key = field + ".private_key";
  pcert_list certificates(source.certificates.size());
  for (std::size_t i = 0; i < source.certificates.size(); ++i) {
    certificates.add(source.certificates[i], field + ".certificates[" + std::to_string(i) + "]");
  }
  privkey_handle private_key = parse_private_key(source.private_key, key);
  if (key_id(public_half(private_key.get(), key).get()) != key_id(certificates.data()->pubkey)) {
    throw plugin::error(
        plugin::make_error(UNITLS_E_INVALID, key, "the private key does not match the certificate"));
  }
  const auto usable = key_exchanges_of(certificates.data()->pubkey);
  const int code = gnutls_certificate_set_key(credentials, nullptr, 0, certificates.data(),
                                              certificates.size(), private_key.get());
  if (code < 0) {
    throw_failure(UNITLS_E_INVALID, key, "GnuTLS refuses the identity", code);
  }
  certificates.release();
  static_cast<void>(private_key.release()); // the credentials own it now
  return usable;
}

} // namespace

identities::identities(const plugin::configuration &config) : set_(config.identities) {
  const std::size_t count = config.identities.size();
  if (count == 0) {
    groups_.push_back(load(config, {}));
  }
  for (std::size_t i = 0; count > 1 && i < count; ++i) {
    load(config, {i}); // for its faults, in the order of the identities: no name may lead to this one
  }
  for (const plugin::identity_set::group &members : set_.groups()) {
    groups_.push_back(load(config, members));
  }
}

identities::native_group identities::load(const plugin::configuration &config,
                                          const plugin::identity_set::group &members) {
  native_group made;
  made.credentials = make<credentials_handle>(gnutls_certificate_allocate_credentials);
  for (const std::size_t position : members) {
    const auto usable =
        load_identity(made.credentials.get(), config.identities[position], field_of(position));
    made.key_exchanges.insert(made.key_exchanges.end(), usable.begin(), usable.end());
  }
  // A list may name suites with DHE, and some clients offer no groups for it (RFC 7919).
  if (config.is_server && !config.parameters.tls12_cipher_suites.empty() &&
      gnutls_certificate_set_known_dh_params(made.credentials.get(), GNUTLS_SEC_PARAM_MEDIUM) < 0) {
    throw std::bad_alloc();
  }
  return made;
}

} // namespace unitls::gnutls
