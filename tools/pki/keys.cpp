#include "keys.hpp"

#include "error.hpp"

#include <cerrno>
#include <cstring>

#include <openssl/err.h>
#include <openssl/pem.h>

namespace unitls::pki {
namespace {

constexpr std::size_t most_certificates = 100;

EVP_PKEY *generate_ec(const char *group) {
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group);
}

EVP_PKEY *generate_rsa(std::size_t bits) {
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits);
}

EVP_PKEY *generate(KeyType type) {
  switch (type) {
  case KeyType::p256:
    return generate_ec("P-256");
  case KeyType::p384:
    return generate_ec("P-384");
  case KeyType::p521:
    return generate_ec("P-521");
  case KeyType::secp256k1:
    return generate_ec("secp256k1");
  case KeyType::rsa1024:
    return generate_rsa(1024);
  case KeyType::rsa2048:
    return generate_rsa(2048);
  case KeyType::rsa3072:
    return generate_rsa(3072);
  case KeyType::rsa4096:
    return generate_rsa(4096);
  case KeyType::ed25519:
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  case KeyType::ed448:
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448");
  }
  return nullptr;
}

BioPtr open_file(const std::string &file) {
  errno = 0;
  BioPtr input(BIO_new_file(file.c_str(), "r"));
  if (!input) {
    const int error = errno;
    ERR_clear_error();
    throw_wrong_input(file, std::string("cannot be opened: ") + std::strerror(error));
  }
  return input;
}

/// Refuses encrypted keys at once instead of asking at the terminal.
int no_password(char *, int, int, void *) {
  return -1;
}

} // namespace

KeyPtr generate_key(KeyType type) {
  return KeyPtr(required(generate(type), "generate a key"));
}

KeyPtr share_key(EVP_PKEY *key) {
  require(EVP_PKEY_up_ref(key), "share a key");
  return KeyPtr(key);
}

KeyPtr load_key(const std::string &file) {
  const BioPtr input = open_file(file);
  KeyPtr key(PEM_read_bio_PrivateKey(input.get(), nullptr, no_password, nullptr));
  if (!key) {
    ERR_clear_error();
    throw_wrong_input(file, "holds no unencrypted private key in PEM");
  }
  return key;
}

std::vector<CertificatePtr> load_certificates(const std::string &file) {
  const BioPtr input = open_file(file);
  std::vector<CertificatePtr> certificates;
  while (CertificatePtr certificate{PEM_read_bio_X509(input.get(), nullptr, no_password, nullptr)}) {
    certificates.push_back(std::move(certificate));
    if (certificates.size() > most_certificates) {
      throw_wrong_input(file, "holds more than 100 certificates");
    }
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates.empty() || !at_end) {
    throw_wrong_input(file, "certificate " + std::to_string(certificates.size() + 1) +
                                " is missing or not readable PEM");
  }
  return certificates;
}

} // namespace unitls::pki
