// What a server answers to a request: a header and a body, given piece by piece.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/beast/http.hpp>

namespace unitls::tool {

using http_request = boost::beast::http::request<boost::beast::http::string_body>;

class http_answer_source {
public:
  // The file below `root` that the request names, or why not.
  static http_answer_source of_file(const http_request &request, const std::filesystem::path &root);
  static http_answer_source of_text(const http_request &request, unsigned status, std::string text);
  // To what is no request at all.
  static http_answer_source bad_request(const std::string &why);

  // The next bytes to send; empty when all were sent. Valid until `consume`.
  std::span<const std::byte> next();
  void consume(std::size_t size) noexcept { sent_ += size; }

  unsigned status() const noexcept { return status_; }
  bool keeps_alive() const noexcept { return keeps_alive_; }
  // False when a file became shorter while it was sent: the connection must not end cleanly.
  bool complete() const noexcept { return complete_; }

private:
  http_answer_source(const http_request *request, unsigned status, std::string_view type, std::uint64_t size);

  unsigned status_;
  bool keeps_alive_;
  bool complete_ = true;
  bool has_body_;
  std::vector<std::byte> piece_;
  std::size_t sent_ = 0;
  std::ifstream file_;
  std::uint64_t file_rest_ = 0;
};

} // namespace unitls::tool
