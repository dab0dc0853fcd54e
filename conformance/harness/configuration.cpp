#include "configuration.hpp"

#include <cstring>

#include "certificates.hpp"

namespace unitls::conformance {
namespace {

const std::uint8_t *octets(const std::string &text) {
  return reinterpret_cast<const std::uint8_t *>(text.data());
}

} // namespace

unitls_blob pem(const std::string &text) {
  return {UNITLS_FORMAT_PEM, 0, octets(text), text.size()};
}

unitls_blob der(const std::string &bytes) {
  return {UNITLS_FORMAT_DER, 0, octets(bytes), bytes.size()};
}

unitls_blob der(const std::vector<std::uint8_t> &bytes) {
  return {UNITLS_FORMAT_DER, 0, bytes.data(), bytes.size()};
}

unitls_error no_error() {
  unitls_error error{};
  error.struct_size = sizeof error;
  return error;
}

bool is_untouched(const unitls_error &error) noexcept {
  const unitls_error clean = no_error();
  return std::memcmp(&error, &clean, sizeof clean) == 0; // it has no padding
}

native_setup::native_setup(const setup &from) {
  for (const std::string &file : from.trust) {
    anchors_.push_back(pem(certificate_text(file)));
  }
  trust.struct_size = sizeof trust;
  trust.flags = UNITLS_TRUST_ANCHORS;
  trust.blobs = anchors_.data();
  trust.blob_count = anchors_.size();
  for (const std::string &file : from.crls) {
    lists_.push_back(pem(certificate_text(file)));
  }
  crls.struct_size = sizeof crls;
  crls.blobs = lists_.data();
  crls.blob_count = lists_.size();
  identity.struct_size = sizeof identity;
  if (from.identity) {
    add_identity(identity, *from.identity);
  }
  for (const std::string &name : from.alpn) {
    alpn_.push_back({octets(name), name.size()});
  }
  for (const auto &[name, value] : from.options) {
    options_.push_back({name.c_str(), value.c_str()});
  }
}

void native_setup::add_identity(unitls_identity &made, const std::string &stem) {
  made.struct_size = sizeof made;
  made.certificates = &chains_.emplace_back(pem(certificate_text(stem + ".pem")));
  made.certificate_count = 1;
  made.private_key = pem(certificate_text(stem + ".key"));
  identities_.push_back(&made);
}

native_client::native_client(const client_setup &from) : native_setup(from) {
  fill(config, from);
}

native_server::native_server(const server_setup &from) : native_setup(from) {
  for (const std::string &stem : from.more_identities) {
    add_identity(more_identities_.emplace_back(), stem);
  }
  fill(config, from);
  config.client_auth = from.client_auth;
  config.flags = from.strict_sni ? UNITLS_SERVER_STRICT_SNI : 0;
}

native_session::native_session() {
  config.struct_size = sizeof config;
}

native_session::native_session(const server_setup &from) : native_session() {
  config.user = from.user;
}

native_session::native_session(const client_setup &from) : native_session() {
  for (const std::string &name : from.reference_names) {
    names_.push_back(name.c_str());
  }
  config.server_name = from.server_name ? from.server_name->c_str() : nullptr;
  config.reference_names = names_.data();
  config.reference_name_count = names_.size();
  config.user = from.user;
}

} // namespace unitls::conformance
