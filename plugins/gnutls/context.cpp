#include "context.hpp"

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

} // namespace

// GnuTLS calls a lack of memory by many names, "element was not found" among them. What works when it is
// tried again failed for that.
context::context(plugin::configuration config) : config_(std::move(config)) {
  try {
    apply();
  } catch (const plugin::error &) {
    apply();
    throw std::bad_alloc();
  }
  apply_protocols();
  config_.identities.clear(); // GnuTLS has its own copy; ours is wiped
}

void context::apply() {
  credentials_ = make<credentials_handle>(gnutls_certificate_allocate_credentials);
  apply_options();
  apply_versions();
  for (const plugin::identity &identity : config_.identities) {
    apply_identity(identity);
  }
}

void context::apply_options() {
  for (const auto &[name, value] :
       config_.options) { // gnutls.priority: the checker lets no other name through
    gnutls_priority_t made = nullptr;
    const int code = gnutls_priority_init2(&made, value.c_str(), nullptr, 0);
    const priority_handle owner(made);
    if (code < 0) {
      throw_failure(UNITLS_E_INVALID, "options[" + name + "]", "GnuTLS refuses the priority string", code);
    }
    priority_text_ = value;
  }
}

void context::apply_versions() {
  int code = 0;
  priority_ = make_priority(priority_text_, config_.min_version, config_.max_version, code);
  if (priority_ == nullptr) {
    throw_failure(UNITLS_E_UNSUPPORTED, "min_version", "GnuTLS's priorities leave no version of the range",
                  code);
  }
}

void context::apply_identity(const plugin::identity &identity) {
  const std::string chain = "identities[0].certificates";
  const std::string key = "identities[0].private_key";
  pcert_list certificates(identity.certificates.size());
  for (std::size_t i = 0; i < identity.certificates.size(); ++i) {
    certificates.add(identity.certificates[i], chain + "[" + std::to_string(i) + "]");
  }
  privkey_handle private_key = parse_private_key(identity.private_key, key);
  if (key_id(public_half(private_key.get(), key).get()) != key_id(certificates.data()->pubkey)) {
    throw plugin::error(
        plugin::make_error(UNITLS_E_INVALID, key, "the private key does not match the certificate"));
  }
  // The one call that takes the chain as it is: the others sort it, and drop what does not fit.
  const int code = gnutls_certificate_set_key(credentials_.get(), nullptr, 0, certificates.data(),
                                              certificates.size(), private_key.get());
  if (code < 0) {
    throw_failure(UNITLS_E_INVALID, key, "GnuTLS refuses the identity", code);
  }
  certificates.release();
  private_key.release();
}

void context::apply_protocols() {
  for (std::string &name : config_.alpn) {
    protocols_.push_back(
        {reinterpret_cast<unsigned char *>(name.data()), static_cast<unsigned>(name.size())});
  }
}

priority_handle make_priority(const std::string &text, std::uint16_t min_version, std::uint16_t max_version,
                              int &code) {
  std::string bounds = "-VERS-DTLS-ALL:-VERS-TLS1.1:-VERS-TLS1.0";
  if (min_version > UNITLS_TLS_1_2) {
    bounds += ":-VERS-TLS1.2";
  }
  if (max_version < UNITLS_TLS_1_3) {
    bounds += ":-VERS-TLS1.3";
  }
  gnutls_priority_t made = nullptr;
  code = text.empty() ? gnutls_priority_init2(&made, bounds.c_str(), nullptr, GNUTLS_PRIORITY_INIT_DEF_APPEND)
                      : gnutls_priority_init2(&made, (text + ":" + bounds).c_str(), nullptr, 0);
  priority_handle priority(made);
  const unsigned *versions = nullptr;
  if (code >= 0 && gnutls_priority_protocol_list(priority.get(), &versions) <= 0) {
    code = GNUTLS_E_NO_PRIORITIES_WERE_SET;
  }
  return code >= 0 ? std::move(priority) : nullptr;
}

} // namespace unitls::gnutls
