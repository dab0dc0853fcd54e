#include "http_answer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <sstream>

#include <unitls/unitls.h>

namespace unitls::tool {
namespace {

namespace fs = std::filesystem;
namespace http = boost::beast::http;

constexpr std::size_t piece_size = 64 * 1024;

// "%41" and so on; none for what is not properly encoded, or would hide a NUL.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    unsigned value = 0;
    const char *const end = text.data() + std::min(i + 3, text.size());
    const auto [stop, fault] = std::from_chars(text.data() + i + 1, end, value, 16);
    if (fault != std::errc() || stop != text.data() + i + 3 || value == 0) {
      return std::nullopt;
    }
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

// The regular file that a target names; none when there is none below the root, also by way of symbolic links.
std::optional<fs::path> file_of(std::string_view target, const fs::path &root) {
  const auto path = percent_decoded(target.substr(0, target.find('?')));
  if (!path || !path->starts_with('/')) {
    return std::nullopt;
  }
  std::error_code fault;
  const fs::path base = fs::canonical(root, fault);
  fs::path file = fs::canonical(base / path->substr(1), fault);
  if (fault) {
    return std::nullopt;
  }
  if (fs::is_directory(file, fault)) {
    file = fs::canonical(file / "index.html", fault);
  }
  const auto [end, unused] = std::mismatch(base.begin(), base.end(), file.begin(), file.end());
  if (fault || end != base.end() || !fs::is_regular_file(file, fault)) {
    return std::nullopt;
  }
  return file;
}

std::string_view type_of(const fs::path &file) {
  const std::string extension = file.extension();
  if (extension == ".html") {
    return "text/html; charset=utf-8";
  }
  return extension == ".txt" ? "text/plain; charset=utf-8" : "application/octet-stream";
}

} // namespace

http_answer_source::http_answer_source(const http_request *request, unsigned status, std::string_view type,
                                       std::uint64_t size)
    : status_(status), keeps_alive_(request != nullptr && request->keep_alive()),
      has_body_(request == nullptr || request->method() != http::verb::head) {
  http::response<http::empty_body> header(http::int_to_status(status),
                                          request != nullptr ? request->version() : 11);
  header.set(http::field::server, std::string("unitls/") + ::unitls_version());
  header.set(http::field::content_type, boost::string_view(type.data(), type.size()));
  if (status == 405) {
    header.set(http::field::allow, "GET, HEAD");
  }
  header.content_length(size);
  header.keep_alive(keeps_alive_);
  std::ostringstream text;
  text << header.base();
  const std::string bytes = text.str();
  piece_.resize(bytes.size());
  std::memcpy(piece_.data(), bytes.data(), bytes.size());
}

http_answer_source http_answer_source::of_text(const http_request &request, unsigned status,
                                               std::string text) {
  http_answer_source answer(&request, status, "text/plain; charset=utf-8", text.size());
  if (answer.has_body_) {
    const auto bytes = std::as_bytes(std::span(text));
    answer.piece_.insert(answer.piece_.end(), bytes.begin(), bytes.end());
  }
  return answer;
}

http_answer_source http_answer_source::bad_request(const std::string &why) {
  const std::string text = why + "\n";
  http_answer_source answer(nullptr, 400, "text/plain; charset=utf-8", text.size());
  const auto bytes = std::as_bytes(std::span(text));
  answer.piece_.insert(answer.piece_.end(), bytes.begin(), bytes.end());
  return answer;
}

http_answer_source http_answer_source::of_file(const http_request &request, const fs::path &root) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    return of_text(request, 405, "only GET and HEAD are served\n");
  }
  const auto target = request.target();
  const auto file = file_of({target.data(), target.size()}, root);
  if (!file) {
    return of_text(request, 404, "no such file\n");
  }
  std::ifstream opened(*file, std::ios::binary | std::ios::ate);
  const auto size = opened.tellg();
  if (!opened || size < 0) {
    return of_text(request, 403, "the file cannot be read\n");
  }
  opened.seekg(0);
  http_answer_source answer(&request, 200, type_of(*file), static_cast<std::uint64_t>(size));
  if (answer.has_body_) {
    answer.file_ = std::move(opened);
    answer.file_rest_ = static_cast<std::uint64_t>(size);
  }
  return answer;
}

std::span<const std::byte> http_answer_source::next() {
  if (sent_ < piece_.size()) {
    return std::span(piece_).subspan(sent_);
  }
  sent_ = 0;
  piece_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(file_rest_, piece_size)));
  if (!piece_.empty()) {
    file_.read(reinterpret_cast<char *>(piece_.data()), static_cast<std::streamsize>(piece_.size()));
    complete_ = static_cast<std::size_t>(file_.gcount()) == piece_.size();
    file_rest_ -= piece_.size();
    if (!complete_) {
      piece_.clear();
      file_rest_ = 0;
    }
  }
  return piece_;
}

} // namespace unitls::tool
