#include "pin_check.hpp"

#include <algorithm>
#include <string>

#include <unitls/insecure.h>

namespace unitls::loader {
namespace {

constexpr std::size_t pin_size = 32; // of SHA-256

// What is wrong with the pins themselves, all of it.
bool are_well_formed(const unitls_client_config &config, const refusal_handler &refused) {
  if (config.pins == nullptr) {
    refused(refusal("pins are counted and none are given", UNITLS_E_INVALID, "pins"));
    return false;
  }
  bool good = true;
  for (std::size_t i = 0; i < config.pin_count; ++i) {
    const unitls_bytes &given = config.pins[i];
    if (given.size != pin_size || given.data == nullptr) {
      refused(refusal("a pin is a SHA-256 of 32 bytes, and this has " + std::to_string(given.size),
                      UNITLS_E_INVALID, "pins[" + std::to_string(i) + "]"));
      good = false;
    }
  }
  return good;
}

// libunitls holds no cryptography: the callback shows the chain, and the extension tells its digests.
bool are_possible(const unitls_backend_ref &backend, const refusal_handler &refused) {
  const bool has_callback = unitls_backend_ref_supports(&backend, "verify-callback") != 0;
  if (has_callback && backend.certificate_info.is_present) {
    return true;
  }
  refused(refusal(std::string("this backend cannot check pins: it has no ") +
                      (has_callback ? certificate_info_id : "verify-callback"),
                  UNITLS_E_UNSUPPORTED, "pins"));
  return false;
}

// The plugin sees libunitls's callback alone, so the program's is checked here.
bool is_callable(const unitls_verify_callback *callback, const refusal_handler &refused) {
  if (callback == nullptr || (callback->struct_size >= sizeof *callback && callback->verify != nullptr)) {
    return true;
  }
  refused(refusal(callback->struct_size < sizeof *callback ? "struct_size is too small"
                                                           : "the function is missing",
                  UNITLS_E_INVALID, "verify_callback"));
  return false;
}

} // namespace

std::unique_ptr<pin_check> pin_check::create(const unitls_backend_ref &backend,
                                             const unitls_client_config &config,
                                             const refusal_handler &refused) {
  if (config.pin_count == 0) {
    return nullptr;
  }
  const bool good = are_well_formed(config, refused);
  const bool possible = are_possible(backend, refused);
  const bool callable = is_callable(config.verify_callback, refused);
  return good && possible && callable ? std::unique_ptr<pin_check>(new pin_check(backend, config)) : nullptr;
}

pin_check::pin_check(const unitls_backend_ref &backend, const unitls_client_config &config)
    : backend_(backend), leaf_alone_(config.verify == UNITLS_INSECURE_NO_VERIFICATION),
      pins_(config.pin_count) {
  for (std::size_t i = 0; i < config.pin_count; ++i) {
    std::copy_n(config.pins[i].data, pin_size, pins_[i].begin());
  }
  if (config.verify_callback != nullptr) {
    program_ = *config.verify_callback;
  }
  native_.struct_size = sizeof native_;
  native_.user = this;
  native_.verify = &pin_check::verify;
}

unitls_status UNITLS_CALL pin_check::verify(void *user, const unitls_verify_request *request,
                                            unitls_verify_flags *flags) noexcept {
  return static_cast<const pin_check *>(user)->judge(*request, *flags);
}

// Both judge, and either can refuse. A peer with no pinned key is refused at once, also while the program thinks.
unitls_status pin_check::judge(const unitls_verify_request &request,
                               unitls_verify_flags &flags) const noexcept {
  unitls_verify_flags reasons = 0;
  const unitls_status answer = ask_program(request, reasons);
  if (holds(request)) {
    flags = answer == UNITLS_E_CERTIFICATE ? reasons : 0;
    return answer;
  }
  flags = UNITLS_VERIFY_PIN_MISMATCH | (answer == UNITLS_E_CERTIFICATE ? reasons : 0);
  return UNITLS_E_CERTIFICATE;
}

// UNITLS_OK, UNITLS_WANT_CALLBACK, or UNITLS_E_CERTIFICATE with at least one reason.
unitls_status pin_check::ask_program(const unitls_verify_request &request,
                                     unitls_verify_flags &flags) const noexcept {
  if (program_.verify == nullptr) {
    return UNITLS_OK;
  }
  const unitls_status answer = program_.verify(program_.user, &request, &flags);
  if (answer == UNITLS_OK || answer == UNITLS_WANT_CALLBACK) {
    return answer;
  }
  if (answer != UNITLS_E_CERTIFICATE || flags == 0) {
    flags = UNITLS_VERIFY_OTHER;
  }
  return UNITLS_E_CERTIFICATE;
}

bool pin_check::holds(const unitls_verify_request &request) const noexcept {
  if (leaf_alone_) {
    return request.chain_size != 0 && is_pinned(request.chain[0]);
  }
  return std::any_of(request.path, request.path + request.path_size,
                     [this](const unitls_bytes &certificate) { return is_pinned(certificate); });
}

bool pin_check::is_pinned(const unitls_bytes &certificate) const noexcept {
  struct search {
    const std::vector<pin> &pins;
    bool found = false;
  } wanted{pins_};
  const auto compare = [](void *user, const unitls_certificate_facts *facts) -> unitls_status {
    auto &among = *static_cast<search *>(user);
    const unitls_bytes digest = facts->public_key_sha256;
    among.found = digest.size == pin_size &&
                  std::any_of(among.pins.begin(), among.pins.end(), [&digest](const pin &each) {
                    return std::equal(each.begin(), each.end(), digest.data);
                  });
    return UNITLS_OK;
  };
  const unitls_blob blob{UNITLS_FORMAT_DER, 0, certificate.data, certificate.size};
  // A certificate that cannot be read has no pin.
  const unitls_status status = backend_.certificate_info.functions.read(
      &backend_.table, &blob, static_cast<unitls_certificate_sink>(compare), &wanted, nullptr);
  return status == UNITLS_OK && wanted.found;
}

} // namespace unitls::loader
