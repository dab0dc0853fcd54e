// PEM (RFC 7468), so that no backend needs its library's reader and all of them say the same about bad input.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <unitls/plugin/secret.hpp>

namespace unitls::plugin {

struct pem_block {
  std::string_view label; // "CERTIFICATE", "PRIVATE KEY", ...
  std::size_t line = 0;   // of its BEGIN, from 1
  bool encrypted = false; // RFC 1421 headers say so
  secret_bytes der;       // empty when encrypted
};

// Walks over the blocks of a text. Text around them is skipped.
class pem_reader {
public:
  explicit pem_reader(std::string_view text) noexcept : rest_(text) {}

  // The next block; none at the end of the text or at a fault. Throws std::bad_alloc.
  std::optional<pem_block> next();

  // What is wrong with the text, when `next` has stopped for that: "line 7: ..."; else empty.
  const std::string &fault() const noexcept { return fault_; }

private:
  std::optional<std::string_view> next_line() noexcept;
  std::nullopt_t fail_at(std::size_t line, std::string_view what);

  std::string_view rest_;
  std::size_t line_ = 0;
  std::string fault_;
};

} // namespace unitls::plugin
