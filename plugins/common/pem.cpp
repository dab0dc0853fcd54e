#include <unitls/plugin/pem.hpp>

#include <array>
#include <cstdint>

namespace unitls::plugin {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view closing_mark = "-----";

// The label of a line such as "-----BEGIN X-----"; none when it is no such line.
std::optional<std::string_view> label_of(std::string_view line, std::string_view mark) noexcept {
  if (!line.starts_with(mark) || !line.ends_with(closing_mark) ||
      line.size() < mark.size() + closing_mark.size()) {
    return std::nullopt;
  }
  line.remove_prefix(mark.size());
  line.remove_suffix(closing_mark.size());
  return line;
}

std::string_view trimmed(std::string_view line) noexcept {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  return line;
}

constexpr std::uint8_t no_digit = 0xff;

constexpr std::uint8_t base64_digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z') {
    return static_cast<std::uint8_t>(c - 'A');
  }
  if (c >= 'a' && c <= 'z') {
    return static_cast<std::uint8_t>(c - 'a' + 26);
  }
  if (c >= '0' && c <= '9') {
    return static_cast<std::uint8_t>(c - '0' + 52);
  }
  return c == '+' ? 62 : c == '/' ? 63 : no_digit;
}

constexpr auto digits = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = base64_digit(static_cast<char>(i));
  }
  return table;
}();

// Base64 over the lines of one block (RFC 4648, 4), strict at its end.
class base64_decoder {
public:
  explicit base64_decoder(secret_bytes &out) noexcept : out_(out) {}
  ~base64_decoder() { wipe(&bits_, sizeof bits_); }
  base64_decoder(const base64_decoder &) = delete;
  base64_decoder &operator=(const base64_decoder &) = delete;

  bool take(std::string_view line) {
    for (const char c : line) {
      if (c == '=') {
        ++padding_;
        continue;
      }
      const std::uint8_t digit = digits[static_cast<unsigned char>(c)];
      if (digit == no_digit || padding_ != 0) {
        return false;
      }
      bits_ = bits_ << 6 | digit;
      if (++count_ == 4) {
        push(3);
        count_ = 0;
      }
    }
    return true;
  }

  bool finish() {
    if (count_ == 0) {
      return padding_ == 0;
    }
    if (count_ == 1 || count_ + padding_ != 4) {
      return false;
    }
    bits_ <<= 6 * padding_;
    push(count_ - 1);
    return true;
  }

private:
  void push(unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) {
      out_.push_back(static_cast<std::uint8_t>(bits_ >> (16 - 8 * i)));
    }
    bits_ = 0;
  }

  secret_bytes &out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
  unsigned padding_ = 0;
};

} // namespace

std::optional<std::string_view> pem_reader::next_line() noexcept {
  if (rest_.empty()) {
    return std::nullopt;
  }
  const std::size_t end = rest_.find('\n');
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  ++line_;
  return trimmed(line);
}

std::nullopt_t pem_reader::fail_at(std::size_t line, std::string_view what) {
  fault_ = "line " + std::to_string(line) + ": " + std::string(what);
  rest_ = {};
  return std::nullopt;
}

std::optional<pem_block> pem_reader::next() {
  std::optional<std::string_view> line = next_line();
  while (line && !label_of(*line, begin_mark)) {
    line = next_line();
  }
  if (!line) {
    return std::nullopt;
  }
  pem_block block;
  block.label = *label_of(*line, begin_mark);
  block.line = line_;
  block.der.reserve(rest_.size() < 8192 ? rest_.size() : 8192);
  base64_decoder decoder(block.der);
  bool may_be_header = true; // until the first line that is none
  while ((line = next_line())) {
    if (const auto label = label_of(*line, end_mark)) {
      if (*label != block.label) {
        return fail_at(line_, "END does not fit the BEGIN before it");
      }
      if (!block.encrypted && (!decoder.finish() || block.der.empty())) {
        return fail_at(line_, "the base64 text before it is cut short or empty");
      }
      return block;
    }
    may_be_header = may_be_header && line->find(':') != std::string_view::npos;
    if (may_be_header) { // of RFC 1421
      block.encrypted |= line->find("ENCRYPTED") != std::string_view::npos;
      continue;
    }
    if (!block.encrypted && !decoder.take(*line)) {
      return fail_at(line_, "not base64");
    }
  }
  return fail_at(block.line, "BEGIN without END");
}

} // namespace unitls::plugin
