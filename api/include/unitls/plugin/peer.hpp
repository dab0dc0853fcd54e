// The verification of a peer's chain inside a handshake, the same on every backend: the library's verdict and the
// common rule, both saying yes, and then the program's own callback.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <unitls/plugin/certificate_list.hpp>
#include <unitls/plugin/configuration.hpp>
#include <unitls/plugin/evaluator.hpp>
#include <unitls/plugin/verified_path.hpp>

namespace unitls::plugin {

// What a backend brings to verify one chain (evaluator.hpp).
class chain_verifier : public library_verifier {
public:
  // The library's verdict on the chain as it was sent, trusting `candidates` and nothing else. Called at most once,
  // before any other member.
  virtual library_verdict verify(const presented_chain &chain, std::span<const anchor *const> candidates) = 0;

protected:
  ~chain_verifier() = default;
};

// One connection's verification of its peer.
class peer_verification {
public:
  enum class answer : std::uint8_t { none, accepted, refused, pending };

  // All of it must outlive this.
  peer_verification(const configuration &config, const backend_facts &facts,
                    const session_settings &settings) noexcept
      : config_(config), facts_(facts), settings_(settings) {}
  peer_verification(const peer_verification &) = delete;
  peer_verification &operator=(const peer_verification &) = delete;

  // Judges what the peer presented. While the answer is pending, every further call asks the program's callback
  // again, and the library is not needed. Once decided, the answer stays. Nothing is thrown: what goes wrong is a
  // refusal, too.
  answer judge(std::span<const unitls_bytes> presented, chain_verifier &library) noexcept;
  // Asks the callback again, after a pending answer.
  answer ask_again() noexcept;
  // A server asked for a certificate and none came. (A required one is missing_client_certificate().)
  answer judge_absence() noexcept;

  answer current() const noexcept { return answer_; }
  // Why the peer was refused: UNITLS_E_CERTIFICATE with flags and a sentence, and in `alert` the alert that belongs
  // to it. Null when it was not, and when there was no memory to say so.
  const unitls_error *refusal() const noexcept { return refusal_.get(); }
  // Refuses for a reason of the backend's own.
  answer refuse(const unitls_error &why) noexcept;

  // What a refused or undecided peer presented; some libraries forget it.
  const certificate_list &presented() const noexcept { return presented_; }
  // The path by which the peer was accepted, leaf first (backend.h, U-58).
  const verified_path &path() const noexcept { return path_; }

private:
  // What the built-in verification found.
  struct finding {
    unitls_verify_flags flags = 0;
    unitls_verify_flags enforced = 0; // those that count in this mode
    unitls_error refusal{};           // when any counts
  };
  struct callback_answer {
    unitls_status status = UNITLS_OK;
    unitls_verify_flags flags = 0;
  };

  answer judge_chain(std::span<const unitls_bytes> presented, chain_verifier &library);
  verdict run_rule(const chain_question &question, chain_verifier &library, finding &found) const;
  answer decide(const finding &found, std::span<const unitls_bytes> presented,
                std::span<const unitls_bytes> path);
  callback_answer ask(unitls_verify_flags flags, std::span<const unitls_bytes> presented,
                      std::span<const unitls_bytes> path) const noexcept;
  unitls_error refused_by_callback(const finding &found, const callback_answer &said) const noexcept;
  unitls_verify_flags enforced(unitls_verify_flags flags) const noexcept;
  bool may_wait() const noexcept;

  const configuration &config_;
  const backend_facts &facts_;
  const session_settings &settings_;
  std::unique_ptr<unitls_error> refusal_;
  certificate_list presented_;
  verified_path path_;
  unitls_verify_flags pending_flags_ = 0; // of the finding that waits for the callback
  answer answer_ = answer::none;
};

// The error of a server whose required client certificate did not come. The alert depends on the version.
unitls_error missing_client_certificate() noexcept;

} // namespace unitls::plugin
