// Why a file, an entry or a request cannot be used.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <unitls/types.h>

namespace unitls::loader {

// Carries one sentence, without a full stop. Thrown inside the loader only; the C API turns it into a unitls_error.
class refusal : public std::runtime_error {
public:
  explicit refusal(const std::string &sentence, unitls_status status = UNITLS_E_ABI, std::string field = {})
      : refusal(sentence, sentence, status, std::move(field)) {}
  // `brief` stands where the sentence has no room: a command that is cut would do something else.
  refusal(const std::string &sentence, std::string brief, unitls_status status, std::string field = {})
      : std::runtime_error(sentence), brief_(std::move(brief)), status_(status), field_(std::move(field)) {}

  const std::string &brief() const noexcept { return brief_; }

  unitls_status status() const noexcept { return status_; }
  const std::string &field() const noexcept { return field_; }

private:
  std::string brief_;
  unitls_status status_;
  std::string field_;
};

// The brief sentence, and where all of it is told; the sentence itself when it has no other.
std::string explained_elsewhere(const refusal &reason);

// Takes what is wrong with a configuration. Making a context throws the first refusal; checking tells them all.
using refusal_handler = std::function<void(const refusal &)>;

// Fills `err` (which may be NULL) as far as its struct_size goes, and returns `status`. A text that is too long is cut
// after a word and ends in "...".
unitls_status report(unitls_error *err, unitls_status status, std::string_view field,
                     std::string_view message) noexcept;

// The refusal as an error: its sentence, or the brief one where there is no room for it.
unitls_status report(unitls_error *err, const refusal &reason) noexcept;

// The exception that is being handled, as an error. To be called inside `catch (...)`.
unitls_status report_current_exception(unitls_error *err) noexcept;

// The text with control characters written as \xNN: texts from files and plugins reach terminals and logs.
std::string printable(std::string_view text);

} // namespace unitls::loader
