#include "tcp_conversation.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "expect.hpp"

namespace unitls::conformance {
namespace {

constexpr int patience_milliseconds = 100;
constexpr int most_idle_waits = 100; // ten seconds

[[noreturn]] void throw_errno(const char *what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class socket_handle {
public:
  explicit socket_handle(int number) : number_(number) {
    if (number_ < 0) {
      throw_errno("no socket");
    }
  }
  ~socket_handle() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  socket_handle(const socket_handle &) = delete;
  socket_handle &operator=(const socket_handle &) = delete;
  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

private:
  int number_;
};

// The two ends of a connection, the client's first.
std::pair<int, int> connect_to_self() {
  const socket_handle listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto *const general = reinterpret_cast<sockaddr *>(&address);
  if (::bind(listener.get(), general, size) != 0 || ::listen(listener.get(), 1) != 0 ||
      ::getsockname(listener.get(), general, &size) != 0) {
    throw_errno("cannot listen on 127.0.0.1");
  }
  socket_handle client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(client.get(), general, size) != 0) {
    throw_errno("cannot connect to 127.0.0.1");
  }
  socket_handle server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  return {client.release(), server.release()};
}

// Whether the failure of a call on a socket means to try again later; throws when it does not.
void expect_would_block(const char *what) {
  if (errno != EAGAIN && errno != EINTR) {
    throw_errno(what);
  }
}

} // namespace

tcp_conversation::tcp_conversation(const client_setup &client_side, const server_setup &server_side)
    : client_context_(make_context(client_side)), server_context_(make_context(server_side)),
      client(role::client, client_context_.get(), native_session(client_side).config, to_client_.arrived,
             to_server_.sent),
      server(role::server, server_context_.get(), native_session(server_side).config, to_server_.arrived,
             to_client_.sent) {
  const auto [client_end, server_end] = connect_to_self();
  to_server_.from = to_client_.to = client_end;
  to_server_.to = to_client_.from = server_end;
}

tcp_conversation::~tcp_conversation() {
  ::close(to_server_.from);
  ::close(to_client_.from);
}

bool tcp_conversation::push(lane &each) {
  if (each.sent.waiting() == 0) {
    return false;
  }
  const ssize_t size = ::send(each.from, each.sent.sent.data() + each.sent.taken, each.sent.waiting(),
                              MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size < 0) {
    expect_would_block("cannot send over TCP");
    return false;
  }
  each.sent.taken += static_cast<std::size_t>(size);
  return true;
}

bool tcp_conversation::pull(lane &each) {
  if (each.arrived.ended) {
    return false;
  }
  std::array<std::uint8_t, 4096> buffer{};
  const ssize_t size = ::recv(each.to, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0) {
    expect_would_block("cannot receive over TCP");
    return false;
  }
  each.arrived.ended = size == 0;
  each.arrived.sent.insert(each.arrived.sent.end(), buffer.begin(), buffer.begin() + size);
  return true;
}

void tcp_conversation::wait() {
  require("U-35", "the conversation over TCP", ++idle_ < most_idle_waits, "to go on",
          "nothing sent or received for " + std::to_string(most_idle_waits * patience_milliseconds / 1000) +
              " seconds");
  std::array<pollfd, 2> ends{};
  ends[0] = {to_server_.from, POLLIN, 0};
  ends[1] = {to_client_.from, POLLIN, 0};
  ::poll(ends.data(), ends.size(), patience_milliseconds);
}

void tcp_conversation::carry() {
  bool moved = false;
  for (lane *const each : {&to_server_, &to_client_}) {
    moved |= push(*each);
    moved |= pull(*each);
  }
  if (moved) {
    idle_ = 0;
    return;
  }
  wait();
}

void tcp_conversation::require_open() {
  unitls_status client_end = UNITLS_WANT_READ;
  unitls_status server_end = UNITLS_WANT_READ;
  run([&] { return (client_end = client.handshake()) != UNITLS_WANT_READ; },
      [&] { return (server_end = server.handshake()) != UNITLS_WANT_READ; });
  require("U-42", "the client's handshake", client_end == UNITLS_OK, status_text(UNITLS_OK),
          status_text(client_end) + ": " + client.error.message);
  require("U-42", "the server's handshake", server_end == UNITLS_OK, status_text(UNITLS_OK),
          status_text(server_end) + ": " + server.error.message);
}

void tcp_conversation::end_sending(party &side) {
  lane &out = &side == &client ? to_server_ : to_client_;
  while (out.sent.waiting() != 0) {
    carry();
  }
  ::shutdown(out.from, SHUT_WR);
}

} // namespace unitls::conformance
