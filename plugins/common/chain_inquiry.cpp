#include <unitls/plugin/chain_inquiry.hpp>

#include <algorithm>

#include <unitls/plugin/verdict_text.hpp>

#include "credentials.hpp"
#include "findings.hpp"
#include "requests.hpp"
#include "trust_reader.hpp"

namespace unitls::plugin {
chain_inquiry::chain_inquiry(const unitls_verify_chain_request &request, backend_instance &backend)
    : time_(request.time) {
  const findings &found = thrown_findings();
  is_readable_request(&request, {}, 0, found);
  if (request.purpose != UNITLS_PURPOSE_SERVER && request.purpose != UNITLS_PURPOSE_CLIENT) {
    found.unsupported("purpose", "an unknown value");
  }
  peer_ = request.purpose == UNITLS_PURPOSE_SERVER ? purpose::server : purpose::client;
  read_chain(request);
  read_names(request);
  std::vector<unitls_bytes> views;
  for (const auto &der : entries_) {
    views.push_back({der.data(), der.size()});
  }
  presented_ = std::make_unique<const presented_chain>(views, backend.facts().certificates);
  anchors_ = read_trust(request.trust, backend, found);
  if (request.crls != nullptr) {
    crls_ = read_crls(*request.crls, found);
  }
}

// DER is taken as it is: judging what is no certificate is what this is for.
void chain_inquiry::read_chain(const unitls_verify_chain_request &request) {
  const findings &found = thrown_findings();
  is_sane_count("chain", request.chain, request.chain_count, found);
  if (request.chain_count == 0) {
    found.invalid("chain", "holds no certificate");
  }
  for (std::size_t i = 0; i < request.chain_count; ++i) {
    const unitls_blob &blob = request.chain[i];
    if (blob.format == UNITLS_FORMAT_DER && blob.reserved_0 == 0 && blob.data != nullptr) {
      entries_.emplace_back(blob.data, blob.data + blob.size);
      continue;
    }
    std::vector<secret_bytes> certificates;
    read_certificates(blob, indexed("chain", i), found, certificates);
    for (const secret_bytes &der : certificates) {
      entries_.emplace_back(der.begin(), der.end());
    }
  }
}

void chain_inquiry::read_names(const unitls_verify_chain_request &request) {
  const findings &found = thrown_findings();
  is_sane_count("reference_names", request.reference_names, request.reference_name_count, found);
  if (request.reference_name_count > UNITLS_REFERENCE_NAMES_MAX) {
    found.invalid("reference_names", "more than 8 names");
  }
  texts_.reserve(request.reference_name_count); // the names are views: the texts must not move any more
  for (std::size_t i = 0; i < request.reference_name_count; ++i) {
    const char *const given = request.reference_names[i];
    const std::string &text = texts_.emplace_back(given == nullptr ? "" : given);
    std::string_view reason;
    const auto parsed = reference_name::parse(text, &reason);
    if (!parsed) {
      found.invalid(indexed("reference_names", i), '"' + escape(text, 100) + "\" " + std::string(reason));
      continue;
    }
    names_.push_back(*parsed);
  }
}

verdict chain_inquiry::ask(const chain_question &question, chain_verifier &library) const {
  library_verdict first;
  if (presented_->flags() == 0) {
    first = library.verify(*presented_, anchors_->candidates(*presented_));
  }
  return plugin::judge(question, first, library);
}

unitls_status chain_inquiry::judge(chain_verifier &library, unitls_bytes_sink path, void *user,
                                   unitls_error *err) const {
  const chain_question question{.presented = *presented_,
                                .anchors = *anchors_,
                                .crls = crls_ ? crls_->lists() : std::span<const revocation_list>{},
                                .crls_asked = crls_ != nullptr,
                                .time = time_,
                                .peer = peer_,
                                .names = names_,
                                .check_name = !names_.empty()};
  const verdict result = ask(question, library);
  for (const unitls_bytes &der : result.path) {
    const unitls_status status = path != nullptr ? path(user, der) : UNITLS_OK;
    if (status != UNITLS_OK) {
      return status;
    }
  }
  if (result.accepted) {
    return UNITLS_OK;
  }
  const std::string sentence =
      describe({result.flags, result.path, presented_.get(), question.time, question.names});
  unitls_error refused = make_error(UNITLS_E_CERTIFICATE, {}, "%s", sentence.c_str());
  refused.verify_flags = result.flags;
  return report(err, refused);
}

} // namespace unitls::plugin
