// The loader's log: lines on standard error, chosen by the words of UNITLS_DEBUG.
#pragma once

#include <string_view>

#include <unitls/backend.h>

namespace unitls::loader {

enum class log_word : unsigned {
  error = 1U << 0U,
  warn = 1U << 1U,
  info = 1U << 2U,
  search = 1U << 3U, // which files and folders were looked at
  load = 1U << 4U,   // which plugins were loaded, and why
  io = 1U << 5U,     // what plugins and sessions tell about single steps
};

class log {
public:
  // Silent.
  log() = default;
  // The words of UNITLS_DEBUG, separated by commas or blanks. An unknown word is told on standard error, with the list.
  explicit log(std::string_view words);

  bool wants(log_word word) const noexcept { return (words_ & static_cast<unsigned>(word)) != 0; }
  // Writes "unitls: WORD: TEXT" when the word was chosen.
  void write(log_word word, std::string_view text) const;
  // Writes "unitls: TEXT" whatever was chosen: for what an administrator must not miss.
  static void write_always(std::string_view text);

  // What is lent to plugins. Its log writes through the same words; it lives for ever.
  const unitls_host &host() const noexcept;

private:
  unsigned words_ = 0;
};

} // namespace unitls::loader
