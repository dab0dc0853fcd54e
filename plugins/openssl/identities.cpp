#include "identities.hpp"

#include <algorithm>
#include <string>

#include "failure.hpp"

namespace unitls::openssl {
namespace {

std::string indexed(const std::string &field, std::size_t index) {
  return field + "[" + std::to_string(index) + "]";
}

x509_handle parse_certificate(const plugin::secret_bytes &der, const std::string &field) {
  const unsigned char *position = der.data();
  x509_handle certificate(d2i_X509(nullptr, &position, static_cast<long>(der.size())));
  if (certificate == nullptr || X509_get0_pubkey(certificate.get()) == nullptr) {
    throw_failure(UNITLS_E_INVALID, field, "not a certificate that OpenSSL can read");
  }
  return certificate;
}

evp_pkey_handle parse_private_key(const plugin::secret_bytes &der, const std::string &field) {
  const unsigned char *position = der.data();
  evp_pkey_handle key(d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(der.size())));
  if (key == nullptr) {
    throw_failure(UNITLS_E_INVALID, field, "not a private key");
  }
  return key;
}

native_identity load_identity(SSL_CTX *context, const plugin::identity &source, const std::string &field) {
  const std::string chain = field + ".certificates";
  const std::string key = field + ".private_key";
  native_identity result;
  result.leaf = parse_certificate(source.certificates.front(), indexed(chain, 0));
  if (SSL_CTX_use_certificate(context, result.leaf.get()) != 1) {
    throw_failure(UNITLS_E_INVALID, indexed(chain, 0), "OpenSSL refuses the certificate");
  }
  SSL_CTX_clear_chain_certs(context); // of another identity with the same type of key
  result.issuers = make_stack<owning_stack>();
  for (std::size_t i = 1; i < source.certificates.size(); ++i) {
    x509_handle issuer = parse_certificate(source.certificates[i], indexed(chain, i));
    if (SSL_CTX_add1_chain_cert(context, issuer.get()) != 1) {
      throw_failure(UNITLS_E_INVALID, indexed(chain, i), "OpenSSL refuses the certificate");
    }
    push(result.issuers, std::move(issuer));
  }
  result.private_key = parse_private_key(source.private_key, key);
  if (X509_check_private_key(result.leaf.get(), result.private_key.get()) != 1) {
    throw plugin::error(
        plugin::make_error(UNITLS_E_INVALID, key, "the private key does not match the certificate"));
  }
  if (SSL_CTX_use_PrivateKey(context, result.private_key.get()) != 1) {
    throw_failure(UNITLS_E_INVALID, key, "OpenSSL refuses the private key");
  }
  return result;
}

int key_type(const native_identity &identity) noexcept {
  return EVP_PKEY_get_base_id(identity.private_key.get());
}

int check_chain(SSL *ssl, const native_identity &identity) noexcept {
  return SSL_check_chain(ssl, identity.leaf.get(), identity.private_key.get(), identity.issuers.get());
}

bool can_be_verified(SSL *ssl, const native_identity &identity) noexcept {
  return (check_chain(ssl, identity) & CERT_PKEY_VALID) != 0;
}

// Whether the client has a signature scheme for the key.
bool can_sign(SSL *ssl, const native_identity &identity) noexcept {
  return (check_chain(ssl, identity) & CERT_PKEY_SIGN) != 0;
}

// Of alternatives the first that the client can verify; when it can verify none, the first.
const native_identity &best_of(SSL *ssl, const std::vector<const native_identity *> &slot) noexcept {
  const auto best = slot.size() == 1 ? slot.begin() : std::ranges::find_if(slot, [ssl](const auto *one) {
    return can_be_verified(ssl, *one);
  });
  return best != slot.end() ? **best : *slot.front();
}

} // namespace

identities::identities(SSL_CTX *context, std::span<const plugin::identity> source) : set_(source) {
  all_.reserve(source.size()); // the groups point into it
  for (const plugin::identity &identity : source) {
    const std::string field = indexed("identities", all_.size());
    attempt_twice([&] { all_.push_back(load_identity(context, identity, field)); });
  }
  for (const plugin::identity_set::group &members : set_.groups()) {
    add_group(members);
  }
  need_choice_ = need_choice_ || groups_.size() > 1;
}

void identities::add_group(const plugin::identity_set::group &members) {
  auto &group = groups_.emplace_back();
  for (const std::size_t member : members) {
    const native_identity &identity = all_[member];
    const auto same_type = std::ranges::find_if(
        group, [&](const alternatives &slot) { return key_type(*slot.front()) == key_type(identity); });
    if (same_type != group.end()) {
      same_type->push_back(&identity);
      need_choice_ = true;
    } else {
      group.push_back({&identity});
    }
  }
  need_choice_ = need_choice_ || group.size() > 1;
}

// For TLS 1.2 tls_choose_sigalg() comes after the choice of a suite, which follows the client's order and takes any key
// that it finds, also one for which the client has no scheme. So such keys are left out, unless there is no other.
bool identities::load(SSL *ssl, std::size_t position) const noexcept {
  const error_scope scope;
  const std::vector<alternatives> &group = groups_[position];
  const bool some_can_sign = std::ranges::any_of(
      group, [ssl](const alternatives &slot) { return can_sign(ssl, best_of(ssl, slot)); });
  SSL_certs_clear(ssl);
  return std::ranges::all_of(group, [ssl, some_can_sign](const alternatives &slot) {
    const native_identity &chosen = best_of(ssl, slot);
    return (some_can_sign && !can_sign(ssl, chosen)) ||
           SSL_use_cert_and_key(ssl, chosen.leaf.get(), chosen.private_key.get(), chosen.issuers.get(), 1) ==
               1;
  });
}

} // namespace unitls::openssl
