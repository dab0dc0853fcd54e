#include "log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include <unistd.h>

#include "refusal.hpp"

namespace unitls::loader {
namespace {

struct named_word {
  std::string_view name;
  unsigned bits;
};

constexpr unsigned all_words = 0x3F;
constexpr std::array<named_word, 7> known_words{{{"error", static_cast<unsigned>(log_word::error)},
                                                 {"warn", static_cast<unsigned>(log_word::warn)},
                                                 {"info", static_cast<unsigned>(log_word::info)},
                                                 {"search", static_cast<unsigned>(log_word::search)},
                                                 {"load", static_cast<unsigned>(log_word::load)},
                                                 {"io", static_cast<unsigned>(log_word::io)},
                                                 {"all", all_words}}};

std::string_view name_of(log_word word) {
  for (const named_word &each : known_words) {
    if (each.bits == static_cast<unsigned>(word)) {
      return each.name;
    }
  }
  return "log";
}

unsigned bits_of(std::string_view name) {
  for (const named_word &each : known_words) {
    if (each.name == name) {
      return each.bits;
    }
  }
  std::string text = "UNITLS_DEBUG: \"" + printable(name) + "\" is not one of its words:";
  for (const named_word &each : known_words) {
    text.append(" ").append(each.name);
  }
  log::write_always(text);
  return 0;
}

// One call of write for one line, so that the lines of several threads do not mix.
void write_line(std::string_view text) noexcept {
  const int saved_errno = errno;
  try {
    std::string line = "unitls: ";
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      line += printable(text.substr(begin, end - begin));
      line += '\n';
      begin = end + 1;
    }
    // A log that cannot be written has nowhere to say so.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  } catch (...) { // out of memory: the line is lost, and nothing else
  }
  errno = saved_errno;
}

log_word word_of(std::int32_t level) {
  switch (level) {
  case UNITLS_LOG_ERROR:
    return log_word::error;
  case UNITLS_LOG_WARN:
    return log_word::warn;
  case UNITLS_LOG_INFO:
    return log_word::info;
  default:
    return log_word::io;
  }
}

// `user` points into host_words.
void UNITLS_CALL log_from_plugin(void *user, std::int32_t level, const char *text) {
  const unsigned words = *static_cast<const unsigned *>(user);
  const log_word word = word_of(level);
  if (text == nullptr || (words & static_cast<unsigned>(word)) == 0) {
    return;
  }
  try {
    write_line(std::string(name_of(word)) + ": " + text);
  } catch (...) { // out of memory: the line is lost; no exception may reach a plugin
  }
}

// One host for every choice of words: a plugin may keep the pointer for ever, and so there is nothing to free.
struct hosts {
  std::array<unsigned, all_words + 1> words{};
  std::array<unitls_host, all_words + 1> table{};

  constexpr hosts() {
    for (unsigned each = 0; each <= all_words; ++each) {
      words[each] = each;
      table[each] = {sizeof(unitls_host), 0, &words[each], &log_from_plugin};
    }
  }
};

constinit hosts every_host;

} // namespace

log::log(std::string_view words) {
  constexpr std::string_view separators = ", \t";
  while (true) {
    const std::size_t begin = words.find_first_not_of(separators);
    if (begin == std::string_view::npos) {
      return;
    }
    const std::size_t end = std::min(words.find_first_of(separators, begin), words.size());
    words_ |= bits_of(words.substr(begin, end - begin));
    words.remove_prefix(end);
  }
}

void log::write(log_word word, std::string_view text) const {
  if (wants(word)) {
    write_line(std::string(name_of(word)).append(": ").append(text));
  }
}

void log::write_always(std::string_view text) {
  write_line(text);
}

const unitls_host &log::host() const noexcept {
  return every_host.table[words_];
}

} // namespace unitls::loader
