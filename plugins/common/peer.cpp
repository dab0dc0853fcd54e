#include <unitls/plugin/peer.hpp>

#include <ctime>

#include <unitls/plugin/verdict_text.hpp>

namespace unitls::plugin {
namespace {

constexpr std::uint32_t alert_internal_error = 80;
constexpr std::uint32_t alert_bad_certificate = 42;

unitls_error internal(unitls_status status, const char *what) noexcept {
  unitls_error failure = make_error(status, {}, "%s", what);
  failure.alert = alert_internal_error;
  return failure;
}

unitls_error rejection(unitls_verify_flags flags, const char *message) noexcept {
  unitls_error refused = make_error(UNITLS_E_CERTIFICATE, {}, "%s", message);
  refused.verify_flags = flags;
  refused.alert = flags != 0 ? alert_for(flags) : alert_bad_certificate;
  return refused;
}

// A path whose certificates were found good; its leaf may have another name.
bool is_verified(unitls_verify_flags flags) noexcept {
  return (flags & ~unitls_verify_flags{UNITLS_VERIFY_NAME_MISMATCH}) == 0;
}

} // namespace

unitls_verify_flags peer_verification::enforced(unitls_verify_flags flags) const noexcept {
  switch (config_.verify) {
  case verification::none:
    return 0;
  case verification::no_name_check:
    return flags & ~unitls_verify_flags{UNITLS_VERIFY_NAME_MISMATCH};
  case verification::full:
    break;
  }
  return flags;
}

bool peer_verification::may_wait() const noexcept {
  return config_.is_server ? facts_.async_verify_server : facts_.async_verify_client;
}

peer_verification::callback_answer peer_verification::ask(unitls_verify_flags flags,
                                                          std::span<const unitls_bytes> presented,
                                                          std::span<const unitls_bytes> path) const noexcept {
  if (config_.callback.verify == nullptr) {
    return {};
  }
  unitls_verify_request request{};
  request.struct_size = sizeof request;
  request.verify_flags = flags;
  request.chain = presented.data();
  request.chain_size = presented.size();
  request.path = path.data();
  request.path_size = path.size();
  request.session_user = settings_.user();
  request.purpose = config_.is_server ? UNITLS_PURPOSE_CLIENT : UNITLS_PURPOSE_SERVER;
  callback_answer said;
  said.status = config_.callback.verify(config_.callback.user, &request, &said.flags);
  return said;
}

unitls_error peer_verification::refused_by_callback(const finding &found,
                                                    const callback_answer &said) const noexcept {
  const unitls_verify_flags added = said.flags != 0 ? said.flags : unitls_verify_flags{UNITLS_VERIFY_OTHER};
  if (said.status == UNITLS_WANT_CALLBACK) {
    return rejection(found.flags | added,
                     "the verify callback puts off its answer, which this backend cannot wait for");
  }
  if ((added & UNITLS_VERIFY_PIN_MISMATCH) != 0) {
    return rejection(found.flags | added, "the peer's certificate has none of the pinned keys");
  }
  return rejection(found.flags | added, "the program's verify callback refuses the peer's certificate");
}

// The built-in verdict comes first: what it refuses, the callback can only add to.
peer_verification::answer peer_verification::decide(const finding &found,
                                                    std::span<const unitls_bytes> presented,
                                                    std::span<const unitls_bytes> path) {
  const callback_answer said = ask(found.flags, presented, path);
  if (found.enforced != 0) {
    unitls_error why = found.refusal;
    why.verify_flags |= said.status == UNITLS_OK ? 0 : said.flags;
    why.alert = alert_for(why.verify_flags);
    presented_ = certificate_list(presented);
    return refuse(why);
  }
  if (said.status == UNITLS_WANT_CALLBACK && may_wait()) {
    if (answer_ != answer::pending) {
      presented_ = certificate_list(presented);
      path_ = verified_path(path, presented);
    }
    pending_flags_ = found.flags;
    return answer_ = answer::pending;
  }
  if (said.status != UNITLS_OK) {
    if (answer_ != answer::pending) {
      presented_ = certificate_list(presented);
    }
    return refuse(refused_by_callback(found, said));
  }
  if (!is_verified(found.flags)) {
    path_ = {};
  } else if (answer_ != answer::pending) {
    path_ = verified_path(path, presented);
  }
  presented_ = {};
  return answer_ = answer::accepted;
}

// Without a check of the name, a mismatch is still told to the callback: it must not keep the library from being
// asked, and so is no part of the question.
verdict peer_verification::run_rule(const chain_question &question, chain_verifier &library,
                                    finding &found) const {
  const presented_chain &chain = question.presented;
  library_verdict first;
  if (chain.flags() == 0) {
    const std::vector<const anchor *> candidates = config_.anchors->candidates(chain);
    first = library.verify(chain, candidates);
  }
  verdict result = plugin::judge(question, first, library);
  found.flags = result.flags;
  const bool has_unchecked_names = !question.check_name && !question.names.empty();
  const bool stands_alone = chain.flags() != 0 || result.flags == UNITLS_VERIFY_CHAIN_TOO_LONG;
  if (has_unchecked_names && !stands_alone && !matches_any(question.names, *chain.leaf())) {
    found.flags |= UNITLS_VERIFY_NAME_MISMATCH;
  }
  found.enforced = enforced(found.flags);
  return result;
}

peer_verification::answer peer_verification::judge_chain(std::span<const unitls_bytes> presented,
                                                         chain_verifier &library) {
  const presented_chain chain(presented, facts_.certificates);
  const chain_question question{.presented = chain,
                                .anchors = *config_.anchors,
                                .crls =
                                    config_.crls ? config_.crls->lists() : std::span<const revocation_list>{},
                                .crls_asked = config_.crls != nullptr,
                                .time = std::time(nullptr),
                                .peer = config_.is_server ? purpose::client : purpose::server,
                                .names = settings_.names(),
                                .check_name = !config_.is_server && config_.verify == verification::full};
  finding found;
  const verdict result = run_rule(question, library, found);
  if (found.enforced != 0) {
    found.refusal =
        rejection(found.enforced,
                  describe({found.enforced, result.path, &chain, question.time, question.names}).c_str());
  }
  return decide(found, presented, result.path);
}

peer_verification::answer peer_verification::judge(std::span<const unitls_bytes> presented,
                                                   chain_verifier &library) noexcept {
  if (answer_ == answer::pending) {
    return ask_again();
  }
  if (answer_ != answer::none) {
    return answer_;
  }
  try {
    return judge_chain(presented, library);
  } catch (const std::bad_alloc &) {
    return refuse(internal(UNITLS_E_NOMEM, "out of memory while the peer's certificate was verified"));
  } catch (...) {
    return refuse(
        internal(UNITLS_E_INTERNAL, "unexpected exception while the peer's certificate was verified"));
  }
}

peer_verification::answer peer_verification::ask_again() noexcept {
  if (answer_ != answer::pending) {
    return answer_;
  }
  try {
    const std::vector<unitls_bytes> presented = presented_.views();
    const std::vector<unitls_bytes> path = path_.views(presented);
    return decide({.flags = pending_flags_}, presented, path);
  } catch (const std::bad_alloc &) {
    return refuse(internal(UNITLS_E_NOMEM, "out of memory while the peer's certificate was verified"));
  }
}

peer_verification::answer peer_verification::judge_absence() noexcept {
  if (answer_ == answer::none || answer_ == answer::pending) {
    try {
      return decide({}, {}, {});
    } catch (const std::bad_alloc &) {
      return refuse(internal(UNITLS_E_NOMEM, "out of memory"));
    }
  }
  return answer_;
}

peer_verification::answer peer_verification::refuse(const unitls_error &why) noexcept {
  refusal_.reset(new (std::nothrow) unitls_error(why));
  path_ = {};
  return answer_ = answer::refused;
}

unitls_error missing_client_certificate() noexcept {
  return make_error(UNITLS_E_CERTIFICATE, {}, "no client certificate");
}

} // namespace unitls::plugin
