#include "http_client.hpp"

#include <array>
#include <limits>

#include <boost/beast/http.hpp>

#include "failure.hpp"

namespace unitls::tool {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

using parser_type = http::response_parser<http::buffer_body>;

constexpr std::uint32_t header_limit = 64 * 1024;
constexpr std::size_t piece_size = 32 * 1024;

// The bytes that were received and not parsed yet, and where more come from.
class input {
public:
  input(stream &connection, std::chrono::nanoseconds patience, const std::string &about)
      : connection_(connection), patience_(patience), about_(about) {}

  asio::const_buffer unparsed() const noexcept { return {piece_.data() + start_, end_ - start_}; }
  bool empty() const noexcept { return start_ == end_; }
  void consume(std::size_t size) noexcept { start_ += size; }

  // Receives more behind what is there; false after the peer's close_notify.
  bool receive() {
    if (start_ == end_) {
      start_ = end_ = 0;
    } else if (start_ != 0) {
      std::memmove(piece_.data(), piece_.data() + start_, end_ - start_);
      end_ -= start_;
      start_ = 0;
    }
    if (end_ == piece_.size()) {
      throw failure(exit_code::peer_failed, about_ + ": the answer's header is too large");
    }
    const std::size_t size = receive(std::span(piece_).subspan(end_));
    end_ += size;
    return size != 0;
  }

  // Receives straight to where the bytes are wanted; 0 after the peer's close_notify.
  std::size_t receive(std::span<std::byte> into) {
    error_info info;
    const io_result result = connection_.read_some(into, patience_, info);
    if (result.status == status::timed_out) {
      throw failure(exit_code::peer_failed, about_ + ": the server sent nothing for " +
                                                std::to_string(patience_ / std::chrono::seconds(1)) + " s");
    }
    if (info) {
      throw failure(info, about_);
    }
    return result.size;
  }

private:
  stream &connection_;
  std::chrono::nanoseconds patience_;
  const std::string &about_;
  std::array<std::byte, piece_size + header_limit> piece_;
  std::size_t start_ = 0;
  std::size_t end_ = 0;
};

[[noreturn]] void refuse(const std::string &about, const boost::system::error_code &fault) {
  throw failure(exit_code::peer_failed, about + ": the answer is no valid HTTP: " + fault.message());
}

[[noreturn]] void refuse_short(const std::string &about) {
  throw failure(exit_code::peer_failed,
                about + ": the answer is cut short: the server closed before its end");
}

void parse_more(parser_type &parser, input &from, const std::string &about) {
  boost::system::error_code fault;
  const std::size_t used = parser.put(from.unparsed(), fault);
  from.consume(used);
  if (fault && fault != http::error::need_more && fault != http::error::need_buffer) {
    refuse(about, fault);
  }
  if (fault == http::error::need_more && !from.receive()) {
    boost::system::error_code ended;
    parser.put_eof(ended);
    if (ended) {
      refuse_short(about);
    }
  }
}

void read_header(parser_type &parser, input &from, const std::string &about) {
  parser.header_limit(header_limit);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  do {
    if (from.empty() && !from.receive()) {
      throw failure(exit_code::peer_failed, about + ": the server closed without an answer");
    }
    parse_more(parser, from, about);
  } while (!parser.is_header_done());
}

// What has a length needs no parser: from the connection straight into the sink.
void read_counted(parser_type &parser, input &from, body_sink &sink, std::uint64_t length,
                  const std::string &about, const http_client::progress &show) {
  const asio::const_buffer first = from.unparsed();
  std::size_t taken = 0;
  while (sink.size() < length) {
    auto room = sink.room();
    room = room.first(static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), length - sink.size())));
    const std::size_t held = std::min(room.size(), first.size() - taken);
    if (held != 0) {
      std::memcpy(room.data(), static_cast<const std::byte *>(first.data()) + taken, held);
      taken += held;
    }
    const std::size_t size = held != 0 ? held : from.receive(room);
    if (size == 0) {
      refuse_short(about);
    }
    sink.commit(size);
    show(sink.size(), length);
  }
  (void)parser;
}

void read_parsed(parser_type &parser, input &from, body_sink &sink, const std::string &about,
                 const http_client::progress &show) {
  while (!parser.is_done()) {
    const auto room = sink.room();
    auto &body = parser.get().body();
    body.data = room.data();
    body.size = room.size();
    body.more = true;
    if (from.empty() && !from.receive()) {
      boost::system::error_code fault;
      parser.put_eof(fault);
      if (fault) {
        refuse_short(about);
      }
      break;
    }
    parse_more(parser, from, about);
    sink.commit(room.size() - body.size);
    show(sink.size(), std::nullopt);
  }
}

void send_request(stream &connection, const std::string &host, const std::string &target,
                  std::chrono::nanoseconds patience, const std::string &about) {
  const std::string request = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: unitls/" +
                              ::unitls_version() + "\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  error_info info;
  (void)connection.write_all(request, patience, info);
  if (info &&
      info.status() != status::transport_failed) { // a server that is gone may have said why: that is read
    throw failure(info, about);
  }
}

} // namespace

http_answer http_client::get(const std::string &host, const std::string &target, body_sink &sink,
                             const progress &show) {
  send_request(connection_, host, target, patience_, about_);
  const auto from = std::make_unique<input>(connection_, patience_, about_);
  std::optional<parser_type> parser;
  do { // interim answers (RFC 9110, 15.2) come before the real one
    parser.emplace();
    read_header(*parser, *from, about_);
  } while (parser->get().result_int() / 100 == 1);
  const auto &header = parser->get();
  http_answer answer{header.result_int(), std::string(header.reason()),
                     std::string(header[http::field::location])};
  if (answer.status / 100 != 2) {
    return answer;
  }
  const auto length = parser->content_length();
  if (length && !parser->chunked()) {
    read_counted(*parser, *from, sink, *length, about_, show);
  } else {
    read_parsed(*parser, *from, sink, about_, show);
  }
  return answer;
}

} // namespace unitls::tool
