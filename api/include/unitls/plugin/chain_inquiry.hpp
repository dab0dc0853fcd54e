// The extension unitls.verify-chain/1 (extensions.h): a chain judged as in a handshake, without one.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <unitls/extensions.h>
#include <unitls/plugin/peer.hpp>

namespace unitls::plugin {

// One request, checked and copied. The parts point into each other, so it stays where it was made.
class chain_inquiry {
public:
  // A fault of the request is thrown as `error`.
  chain_inquiry(const unitls_verify_chain_request &request, backend_instance &backend);
  chain_inquiry(const chain_inquiry &) = delete;
  chain_inquiry &operator=(const chain_inquiry &) = delete;

  const presented_chain &presented() const noexcept { return *presented_; }
  const anchor_store &anchors() const noexcept { return *anchors_; }
  purpose peer() const noexcept { return peer_; }

  // UNITLS_OK or UNITLS_E_CERTIFICATE; `path` may be null, and its status otherwise goes before.
  unitls_status judge(chain_verifier &library, unitls_bytes_sink path, void *user, unitls_error *err) const;

private:
  void read_chain(const unitls_verify_chain_request &request);
  void read_names(const unitls_verify_chain_request &request);
  verdict ask(const chain_question &question, chain_verifier &library) const;

  std::vector<std::vector<std::uint8_t>> entries_;
  std::unique_ptr<const presented_chain> presented_;
  std::shared_ptr<const anchor_store> anchors_;
  std::shared_ptr<const revocation_set> crls_;
  std::vector<std::string> texts_; // what names_ look at
  std::vector<reference_name> names_;
  std::int64_t time_ = 0;
  purpose peer_ = purpose::server;
};

} // namespace unitls::plugin
