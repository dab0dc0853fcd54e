#include "http_server.hpp"

#include <array>
#include <iostream>
#include <memory>

#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>

#include "facts.hpp"
#include "http_answer.hpp"

namespace unitls::tool {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t header_limit = 16 * 1024;
constexpr std::uint64_t body_limit = 64 * 1024; // of a request; nothing is done with it
constexpr auto linger = std::chrono::seconds(2);

std::string text_of(const tcp::endpoint &where) {
  const std::string address = where.address().to_string();
  return (where.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(where.port());
}

// One connection. At any time it waits for exactly one thing: bytes to come, or bytes to go; the channel's buffers are
// touched only in between.
class connection : public std::enable_shared_from_this<connection> {
public:
  connection(tcp::socket socket, const tcp::endpoint &peer, const http_server &server)
      : server_(server), socket_(std::move(socket)), timer_(socket_.get_executor()), peer_(text_of(peer)),
        channel_(server.context()) {}

  ~connection() {
    std::cout << peer_ << "  " << negotiated_ << "  "
              << (outcome_.empty() ? "open when the server stopped" : outcome_) << std::endl;
  }

  void start() {
    socket_.non_blocking(true);
    limit(server_.limits().handshake, "no TLS handshake in time");
    turn();
  }

private:
  enum class phase { handshaking, serving, closing, lingering };

  // Does what can be done now, then waits.
  void turn() {
    try {
      advance();
    } catch (
        const std::exception &caught) { // out of memory, most likely: this connection ends, the others go on
      finish(std::string("internal error: ") + caught.what());
      return close_socket();
    }
    if (!channel_.outgoing().empty()) {
      return send();
    }
    if (phase_ == phase::closing) {
      return linger_on();
    }
    receive();
  }

  void advance() {
    if (phase_ == phase::handshaking) {
      handshake();
    }
    while (phase_ == phase::serving) { // ends: the channel holds a bounded number of bytes, in and out
      if (answer_) {
        if (!send_piece()) {
          return;
        }
      } else if (!read_piece()) {
        return;
      }
    }
  }

  void handshake() {
    error_info info;
    const status result = channel_.handshake(info);
    if (info) {
      return fail(info);
    }
    if (result == status::ok) {
      negotiated_ = short_text(channel_.info());
      phase_ = phase::serving;
    }
  }

  // True when there may be more to do at once.
  bool read_piece() {
    if (!needs_more_) {
      return parse();
    }
    std::array<char, 4096> piece;
    error_info info;
    const io_result result = channel_.read(std::as_writable_bytes(std::span(piece)), info);
    if (info) {
      fail(info);
      return false;
    }
    if (result.status == status::closed) {
      finish("closed");
      say_goodbye();
      return false;
    }
    if (result.status != status::ok) {
      return false;
    }
    unparsed_.append(piece.data(), result.size);
    return parse();
  }

  bool parse() {
    if (!parser_) {
      parser_.emplace();
      parser_->header_limit(header_limit);
      parser_->body_limit(body_limit);
      parser_->eager(true);
    }
    error_code fault;
    unparsed_.erase(0, parser_->put(asio::buffer(unparsed_), fault));
    needs_more_ = fault == http::error::need_more;
    if (needs_more_) {
      return true;
    }
    if (fault) {
      answer_.emplace(http_answer_source::bad_request("no valid HTTP request: " + fault.message()));
      request_line_ = "no valid HTTP request";
    } else if (parser_->is_done()) {
      answer(parser_->get());
      parser_.reset();
    }
    needs_more_ = unparsed_.empty();
    return true;
  }

  void answer(const http_request &request) {
    const auto target = request.target();
    request_line_ = plain(request.method_string()) + " " + plain(target);
    if (server_.root()) {
      answer_.emplace(http_answer_source::of_file(request, *server_.root()));
    } else {
      const auto &backend = server_.context().backend();
      answer_.emplace(http_answer_source::of_text(
          request, 200,
          facts_text({std::string(backend.id()) + " (" + std::string(backend.library_version()) + ")",
                      channel_.info(), channel_.peer_certificates()})));
    }
  }

  bool send_piece() {
    const auto piece = answer_->next();
    if (piece.empty()) {
      return end_answer();
    }
    error_info info;
    const io_result result = channel_.write(piece, info);
    if (info) {
      fail(info);
      return false;
    }
    answer_->consume(result.size);
    return result.status == status::ok;
  }

  bool end_answer() {
    finish(request_line_ + " " + std::to_string(answer_->status()));
    const bool stays = answer_->keeps_alive();
    const bool complete = answer_->complete();
    answer_.reset();
    if (!complete) {
      finish("a file became shorter while it was sent");
      phase_ = phase::closing; // without close_notify: the peer must see that something is missing
      return false;
    }
    if (!stays) {
      say_goodbye();
    }
    return stays;
  }

  void say_goodbye() {
    error_info info; // the peer may be gone already
    (void)channel_.shutdown(info);
    phase_ = phase::closing;
  }

  // The alert, if there is one, is among the outgoing bytes.
  void fail(const error_info &info) {
    finish(info.text());
    phase_ = phase::closing;
  }

  void finish(std::string what) {
    if (!outcome_.empty()) {
      outcome_ += "; ";
    }
    outcome_ += what;
    if (outcome_.size() > 512) { // of a connection that asks for very much
      outcome_ = "...; " + std::move(what);
    }
  }

  // Waits without a buffer: an idle connection owns none.
  void receive() {
    limit_silence("silent for too long");
    wait_for_input();
  }

  void wait_for_input() {
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code fault) {
      if (fault) {
        return self->received(fault, 0);
      }
      const auto room = self->channel_.incoming_buffer();
      const std::size_t size = self->socket_.read_some(asio::buffer(room.data(), room.size()), fault);
      self->received(fault, size);
    });
  }

  void received(error_code fault, std::size_t size) {
    if (timed_out_) {
      finish(why_timed_out_);
      return close_socket();
    }
    channel_.commit(size);
    if (fault == asio::error::would_block) {
      return wait_for_input();
    }
    if (fault && fault != asio::error::eof) {
      finish("connection lost: " + fault.message());
      return close_socket();
    }
    if (fault) {
      channel_.feed_eof();
    }
    turn();
  }

  void send() {
    limit_silence("the peer does not read");
    const auto bytes = channel_.outgoing();
    socket_.async_write_some(
        asio::buffer(bytes.data(), bytes.size()),
        [self = shared_from_this()](error_code fault, std::size_t size) { self->sent(fault, size); });
  }

  void sent(error_code fault, std::size_t size) {
    if (fault) {
      finish(timed_out_ ? why_timed_out_ : "connection lost: " + fault.message());
      return close_socket();
    }
    channel_.consume(size);
    turn();
  }

  // Closing at once would let the kernel answer unread bytes by a reset, and the peer might never see our last
  // record: the sending half is closed and the rest read away, for a short time.
  void linger_on() {
    if (phase_ != phase::lingering) {
      phase_ = phase::lingering;
      error_code ignored; // the peer may be gone
      socket_.shutdown(tcp::socket::shutdown_send, ignored);
      limit(linger, "");
    }
    socket_.async_read_some(asio::buffer(discarded_),
                            [self = shared_from_this()](error_code fault, std::size_t) {
                              return fault ? self->close_socket() : self->linger_on();
                            });
  }

  // The handshake's limit is one for all of it.
  void limit_silence(const char *why) {
    if (phase_ == phase::serving) {
      limit(server_.limits().silence, why);
    }
  }

  void limit(std::chrono::nanoseconds wait, const char *why) {
    timer_.expires_after(wait);
    why_timed_out_ = why;
    timer_.async_wait([weak = weak_from_this()](error_code cancelled) {
      const auto self = weak.lock();
      if (!cancelled && self != nullptr && self->timer_.expiry() <= std::chrono::steady_clock::now()) {
        self->timed_out_ = true;
        error_code ignored;
        self->socket_.cancel(ignored);
      }
    });
  }

  void close_socket() {
    error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
  }

  // What a request says, as it may be printed.
  static std::string plain(boost::beast::string_view given) {
    std::string text(given.data(), given.size());
    for (char &c : text) {
      c = c > 0x20 && c < 0x7f ? c : '?';
    }
    return text.substr(0, 200);
  }

  const http_server &server_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::string peer_;
  std::string negotiated_ = "-";
  std::string outcome_;
  channel channel_;
  phase phase_ = phase::handshaking;
  bool timed_out_ = false;
  const char *why_timed_out_ = "";
  std::optional<http::request_parser<http::string_body>> parser_;
  std::string unparsed_;
  bool needs_more_ = true;
  std::string request_line_;
  std::optional<http_answer_source> answer_;
  std::array<char, 512> discarded_{};
};

} // namespace

http_server::http_server(asio::io_context &io, const tcp::endpoint &where, server_context context,
                         std::optional<std::filesystem::path> root, server_limits limits)
    : acceptor_(io, where), pause_(io), context_(std::move(context)), root_(std::move(root)),
      limits_(limits) {}

void http_server::accept() {
  // The address comes from accept itself: a peer that was quick to reset has no other.
  acceptor_.async_accept(peer_, [this](error_code fault, tcp::socket socket) {
    if (fault == asio::error::operation_aborted) {
      return;
    }
    if (!fault) {
      error_code gone;
      socket.set_option(tcp::no_delay(true), gone);
      try {
        std::make_shared<connection>(std::move(socket), peer_, *this)->start();
      } catch (const std::exception &caught) {
        std::cerr << "unitls: a connection was refused: " << caught.what() << std::endl;
      }
      return accept();
    }
    // No descriptor is free, or the peer is gone already: the next try waits a little.
    pause_.expires_after(std::chrono::milliseconds(50));
    pause_.async_wait([this](error_code cancelled) {
      if (!cancelled) {
        accept();
      }
    });
  });
}

} // namespace unitls::tool
