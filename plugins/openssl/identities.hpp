// What this side presents, in OpenSSL's own objects, and what a client gets of it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <unitls/plugin/identity_set.hpp>

#include "handles.hpp"

namespace unitls::openssl {

struct native_identity {
  x509_handle leaf;
  owning_stack issuers; // the rest of the chain
  evp_pkey_handle private_key;
};

// Immutable, shared by threads.
class identities {
public:
  identities() = default;
  // Reads all, and has OpenSSL check each of them by loading it into `context`. A fault is thrown as an error on its
  // field.
  identities(SSL_CTX *context, std::span<const plugin::identity> source);

  // Whether each client's own is to be loaded: what lies in the context is then none in particular.
  bool need_choice() const noexcept { return need_choice_; }
  // The position of this server name for load(); `plugin::identity_set::unknown` when it fits none.
  std::size_t select(std::string_view server_name) const noexcept { return set_.select(server_name); }
  // Loads what belongs to that position. False when OpenSSL refuses, which is a lack of memory.
  bool load(SSL *ssl, std::size_t position) const noexcept;

private:
  // OpenSSL holds one identity for each type of key. Others of the same type are its alternatives.
  using alternatives = std::vector<const native_identity *>;

  void add_group(const plugin::identity_set::group &members);

  plugin::identity_set set_;
  std::vector<native_identity> all_;
  std::vector<std::vector<alternatives>> groups_; // as in set_
  bool need_choice_ = false;
};

} // namespace unitls::openssl
