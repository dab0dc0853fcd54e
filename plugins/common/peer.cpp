#include <unitls/plugin/peer.hpp>

#include <ctime>

#include <unitls/plugin/verdict_text.hpp>

namespace unitls::plugin {
namespace {

constexpr std::uint32_t alert_internal_error = 80;

std::optional<unitls_error> judge_chain(const configuration &config, const backend_facts &facts,
                                        const session_settings &settings,
                                        std::span<const unitls_bytes> presented, chain_verifier &library) {
  const presented_chain chain(presented, facts.certificates);
  const chain_question question{.presented = chain,
                                .anchors = *config.anchors,
                                .crls = {},
                                .crls_asked = false,
                                .time = std::time(nullptr),
                                .peer = config.is_server ? purpose::client : purpose::server,
                                .names = settings.names(),
                                .check_name = !config.is_server};
  library_verdict first;
  if (chain.flags() == 0) {
    const std::vector<const anchor *> candidates = config.anchors->candidates(chain);
    first = library.verify(chain, candidates);
  }
  const verdict result = judge(question, first, library);
  if (result.accepted) {
    return std::nullopt;
  }
  unitls_error refused =
      make_error(UNITLS_E_CERTIFICATE, {}, "%s",
                 describe({result.flags, result.path, &chain, question.time, question.names}).c_str());
  refused.verify_flags = result.flags;
  refused.alert = alert_for(result.flags);
  return refused;
}

unitls_error internal(unitls_status status, const char *what) noexcept {
  unitls_error failure = make_error(status, {}, "%s", what);
  failure.alert = alert_internal_error;
  return failure;
}

} // namespace

std::optional<unitls_error> verify_peer(const configuration &config, const backend_facts &facts,
                                        const session_settings &settings,
                                        std::span<const unitls_bytes> presented,
                                        chain_verifier &library) noexcept {
  try {
    return judge_chain(config, facts, settings, presented, library);
  } catch (const std::bad_alloc &) {
    return internal(UNITLS_E_NOMEM, "out of memory while the peer's certificate was verified");
  } catch (const std::exception &) {
    return internal(UNITLS_E_INTERNAL, "unexpected exception while the peer's certificate was verified");
  }
}

unitls_error missing_client_certificate() noexcept {
  return make_error(UNITLS_E_CERTIFICATE, {}, "no client certificate");
}

} // namespace unitls::plugin
