// Questions to the extension unitls.verify-chain/1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <unitls/backend.h>
#include <unitls/extensions.h>

#include "expect.hpp"

namespace unitls::conformance {

inline constexpr char verify_chain_id[] = "unitls.verify-chain/1";
inline constexpr char certificate_info_id[] = "unitls.certificate-info/1";

// What the blobs point to must outlive it.
struct chain_question {
  std::vector<unitls_blob> chain;
  std::vector<unitls_blob> anchors;
  std::optional<std::vector<unitls_blob>> crls; // nothing: revocation is not asked for
  std::vector<std::string> names;
  std::int64_t time = 0;
  std::uint32_t purpose = UNITLS_PURPOSE_SERVER;
};

// About files of certificate_text, now: the chain in one, one of anchors.
chain_question question_about(const std::string &chain, const std::string &anchors);

struct chain_answer {
  unitls_status status = UNITLS_OK;
  unitls_error error{};
  std::vector<std::vector<std::uint8_t>> path;
};

// Asks twice, the second time without an error struct and without a sink. Checked every time: U-07, U-08, U-12.
chain_answer ask(const chain_question &question, place at = place::here());
chain_answer ask(const unitls_verify_chain_request &request, place at = place::here());

// The verdict is these flags; 0 means accepted.
void expect_verdict(const char *clause, const std::string &what, const chain_answer &got,
                    unitls_verify_flags flags, place at = place::here());

// The ABI's structs of a question, which must outlive it. Cases change `request` to say what no question can.
class native_question {
public:
  explicit native_question(const chain_question &from);
  native_question(const native_question &) = delete;
  native_question &operator=(const native_question &) = delete;

  unitls_verify_chain_request request{};
  unitls_trust trust{};
  unitls_crls crls{};

private:
  std::vector<const char *> names_;
};

} // namespace unitls::conformance
