#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <unitls/unitls.hpp>

#include "allocations.hpp"
#include "mock_pair.hpp"

using namespace unitls::testing;
using namespace std::chrono_literals;
using unitls::no_wait;
using unitls::status;

namespace {

std::pair<int, int> unix_pair() {
  int ends[2] = {-1, -1};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  return {ends[0], ends[1]};
}

// Two ends of one TCP connection over loopback: only TCP knows a reset.
std::pair<int, int> tcp_pair() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(bind(listener, reinterpret_cast<sockaddr *>(&at), sizeof at) == 0);
  REQUIRE(listen(listener, 1) == 0);
  REQUIRE(getsockname(listener, reinterpret_cast<sockaddr *>(&at), &size) == 0);
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(connect(client, reinterpret_cast<sockaddr *>(&at), sizeof at) == 0);
  const int server = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  REQUIRE(server >= 0);
  close(listener);
  return {client, server};
}

// Two streams over the mock. Both run on one thread: nothing waits.
struct streams : mock_sides {
  explicit streams(std::pair<int, int> ends = unix_pair())
      : near(unitls::stream::adopt(client, ends.first, unitls::session_config::for_host("server.example"))),
        far(unitls::stream::adopt(server, ends.second)) {}

  void shake_hands() {
    status one = status::want_read;
    status other = status::want_read;
    while (one != status::ok || other != status::ok) {
      one = near.handshake(no_wait);
      other = far.handshake(no_wait);
    }
  }

  unitls::stream near;
  unitls::stream far;
};

std::string read_text(unitls::stream &from, unitls::deadline until = no_wait) {
  std::string text(65536, '\0');
  text.resize(from.read_some(std::as_writable_bytes(std::span(text)), until).size);
  return text;
}

void make_small(int descriptor) {
  const int size = 1;
  REQUIRE(setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
}

void close_with_reset(int descriptor) {
  const linger abort{1, 0};
  REQUIRE(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abort, sizeof abort) == 0);
}

// Calls of recvmsg by this thread; not counted in builds with a sanitizer, which has its own.
thread_local std::size_t recvmsg_calls = 0;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool counts_system_calls = false;
#else
constexpr bool counts_system_calls = true;
extern "C" __attribute__((visibility("default"))) ssize_t recvmsg(int descriptor, msghdr *message,
                                                                  int flags) {
  ++recvmsg_calls;
  return syscall(SYS_recvmsg, descriptor, message, flags);
}
#endif

std::size_t received_messages() {
  return recvmsg_calls;
}

volatile std::sig_atomic_t alarms = 0;

// A signal every millisecond, without SA_RESTART, for one test case.
class frequent_alarm {
public:
  frequent_alarm() {
    alarms = 0;
    struct sigaction action {};
    action.sa_handler = [](int) { alarms = alarms + 1; };
    sigaction(SIGALRM, &action, &before_);
    const itimerval every{{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &every, nullptr);
  }
  ~frequent_alarm() {
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN; // drops one that is on its way
    sigaction(SIGALRM, &ignored, nullptr);
    sigaction(SIGALRM, &before_, nullptr);
  }
  frequent_alarm(const frequent_alarm &) = delete;
  frequent_alarm &operator=(const frequent_alarm &) = delete;

private:
  struct sigaction before_ {};
};

} // namespace

TEST_CASE("two streams shake hands, talk and close") {
  streams both;
  CHECK(both.near.handshake(no_wait) == status::want_read);
  CHECK(both.near.poll_events() == UNITLS_POLL_READ);
  both.shake_hands();
  both.near.write_all("hello");
  CHECK(read_text(both.far) == "hello");
  CHECK(both.near.close(no_wait) == status::want_read);
  std::byte room[4];
  CHECK(both.far.read_some(room).status == status::closed);
  CHECK(both.far.close() == status::ok);
  CHECK(both.near.close() == status::ok);
}

TEST_CASE("a stream whose backend negotiates what a policy forbids is dead") {
  streams both;
  both.mock.set_policy("cipher_suites = [\"TLS_AES_256_GCM_SHA384\"]");
  both.mock.state.cipher_suite = 0x1301;
  unitls::error_info failure;
  CHECK(both.near.handshake(no_wait, failure) == status::want_read);
  CHECK(both.far.handshake(no_wait, failure) == status::forbidden_by_policy);
  CHECK(failure.text() ==
        "/etc/unitls/backends.toml:3:1: [policy] cipher_suites forbids TLS_AES_128_GCM_SHA256, which "
        "the backend negotiated all the same");
  std::byte room[4];
  CHECK(both.far.read_some(room, no_wait, failure).status == status::forbidden_by_policy);
  CHECK(both.far.write_some(room, no_wait, failure).status == status::forbidden_by_policy);
  CHECK(both.far.close(no_wait, failure) == status::forbidden_by_policy);
}

TEST_CASE("reading and writing before the handshake is refused") {
  streams both;
  std::byte room[4];
  unitls::error_info failure;
  CHECK(both.near.read_some(room, no_wait, failure).status == status::wrong_state);
  CHECK(both.near.write_some(room, no_wait, failure).status == status::wrong_state);
}

TEST_CASE("bytes that were already read are served first") {
  mock_sides sides;
  const auto [one, other] = unix_pair();
  const std::string first =
      mock_frame(mock_record::hello, "client") + mock_frame(mock_record::data, "early ");
  auto server = unitls::stream::adopt(sides.server, one, unitls::as_bytes(first));
  CHECK(server.handshake(no_wait) == status::ok);
  const std::string second = mock_frame(mock_record::data, "and late");
  REQUIRE(write(other, second.data(), second.size()) == static_cast<ssize_t>(second.size()));
  CHECK(read_text(server) == "early ");
  CHECK(read_text(server) == "and late");
  close(other);
}

TEST_CASE("everything arrives in order through a kernel that takes little at a time") {
  streams both;
  make_small(both.near.native_handle());
  both.shake_hands();
  std::string sent;
  for (int i = 0; i < 100000; ++i) {
    sent += std::to_string(i);
  }
  std::string received;
  std::size_t refusals = 0;
  for (std::size_t at = 0; received.size() < sent.size();) {
    const auto step = both.near.write_some(unitls::as_bytes(std::string_view(sent).substr(at)), no_wait);
    at += step.size;
    if (step.status == status::want_write) {
      ++refusals;
      CHECK((both.near.poll_events() & UNITLS_POLL_WRITE) != 0);
    }
    received += read_text(both.far);
  }
  CHECK(received == sent);
  CHECK(refusals > 0);
  CHECK(both.near.flush() == status::ok);
  CHECK(both.mock.state.largest_write <= 16384);
}

TEST_CASE("a write that waits has reached the kernel when it returns") {
  streams both;
  make_small(both.near.native_handle());
  both.shake_hands();
  const std::string sent(300000, 'w');
  std::string received;
  std::thread reader([&] {
    while (received.size() < sent.size()) {
      received += read_text(both.far, 10s);
    }
  });
  both.near.write_all(sent, 10s);
  CHECK(both.near.poll_events() == 0);
  reader.join();
  CHECK(received == sent);
}

TEST_CASE("a deadline ends a read, says so, and the read can be repeated") {
  streams both;
  both.shake_hands();
  std::byte room[8];
  unitls::error_info failure;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(both.near.read_some(room, 30ms, failure).status == status::timed_out);
  CHECK(std::chrono::steady_clock::now() - begin >= 30ms);
  CHECK(std::error_code(failure) == std::errc::timed_out);
  CHECK(failure.text().find("nothing came from the peer within ") == 0);
  both.far.write_all("late");
  CHECK(read_text(both.near, 10s) == "late");
}

TEST_CASE("a deadline ends a write, and what was taken still goes out once") {
  streams both;
  make_small(both.near.native_handle());
  both.shake_hands();
  const std::string sent(200000, 'd');
  unitls::error_info failure;
  const auto first = both.near.write_all(sent, 20ms, failure);
  CHECK(first.status == status::timed_out);
  CHECK(first.size < sent.size());
  CHECK(failure.text().find("the peer took nothing within ") == 0);
  std::string received;
  std::thread reader([&] {
    while (received.size() < sent.size()) {
      received += read_text(both.far, 10s);
    }
  });
  both.near.write_all(std::string_view(sent).substr(first.size), 10s);
  reader.join();
  CHECK(received == sent);
}

TEST_CASE("signals do not end a wait") {
  streams both;
  both.shake_hands();
  const frequent_alarm alarm;
  std::byte room[8];
  unitls::error_info failure;
  CHECK(both.near.read_some(room, 50ms, failure).status == status::timed_out);
  CHECK(alarms > 0);
}

TEST_CASE("an end without close_notify is truncation") {
  streams both;
  both.shake_hands();
  both.far.write_all("cut");
  both.far = unitls::stream::adopt(both.server, unix_pair().first); // closes the socket, sends nothing
  CHECK(read_text(both.near) == "cut");
  unitls::error_info failure;
  std::byte room[8];
  CHECK(both.near.read_some(room, unitls::forever, failure).status == status::truncated);
  CHECK_THROWS_AS((void)both.near.read_all(100), unitls::error);
}

TEST_CASE("read_all gives everything up to close_notify, within its limit") {
  streams both;
  both.shake_hands();
  both.far.write_all("0123456789");
  (void)both.far.shutdown();
  unitls::error_info failure;
  CHECK(both.near.read_all(10, 10s, failure) == "0123456789");
  CHECK_FALSE(failure);

  streams more;
  more.shake_hands();
  more.far.write_all("0123456789");
  CHECK(more.near.read_all(9, 10s, failure).empty());
  CHECK(failure.status() == status::invalid);
}

TEST_CASE("a reset is the socket's own error") {
  streams both(tcp_pair());
  both.shake_hands();
  close_with_reset(both.far.native_handle());
  both.far = unitls::stream::adopt(both.server, unix_pair().first);
  unitls::error_info failure;
  std::byte room[8];
  CHECK(both.near.read_some(room, 10s, failure).status == status::transport_failed);
  CHECK(failure.native_code() == ECONNRESET);
  CHECK(std::error_code(failure) == std::errc::connection_reset);
  CHECK_FALSE(failure.text().empty());
}

TEST_CASE("writing to a peer that is gone is an error and no signal") {
  streams both;
  both.shake_hands();
  REQUIRE((std::signal(SIGPIPE, SIG_DFL) != SIG_ERR));
  both.far = unitls::stream::adopt(both.server, unix_pair().first);
  unitls::error_info failure;
  CHECK(both.near.write_all("x", 10s, failure).status == status::transport_failed);
  CHECK(failure.native_code() == EPIPE);
}

TEST_CASE("a peer's last words are read although writing to it has failed") {
  streams both;
  both.shake_hands();
  make_small(both.near.native_handle());
  unitls::error_info failure;
  while (both.near.poll_events() == 0) { // until output is held
    (void)both.near.write_some(unitls::as_bytes(std::string(16384, 'x')), no_wait, failure);
  }
  both.far.write_all("why");
  REQUIRE(::shutdown(both.far.native_handle(), SHUT_RD) == 0);
  CHECK(read_text(both.near, 10s) == "why");
  std::byte room[8];
  CHECK(both.near.read_some(room, 20ms, failure).status == status::timed_out);
  CHECK(both.near.poll_events() == UNITLS_POLL_READ); // what cannot be sent is not waited for
  CHECK(both.near.write_some(room, no_wait, failure).status == status::transport_failed);
}

TEST_CASE("only a connected stream socket is adopted, and others stay the caller's") {
  mock_sides sides;
  unitls::error_info failure;
  const auto refused = [&](int descriptor) {
    CHECK_FALSE(unitls::stream::adopt(sides.server, descriptor, {}, failure).has_value());
    CHECK(failure.status() == status::invalid);
    return failure.text();
  };
  CHECK(refused(-1).find("not open") != std::string::npos);
  const int datagram = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK(refused(datagram).find("stream") != std::string::npos);
  CHECK(close(datagram) == 0);
  const int unconnected = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(refused(unconnected).find("not connected") != std::string::npos);
  CHECK(close(unconnected) == 0);
}

TEST_CASE("a record costs one call of the kernel") {
  streams both;
  both.shake_hands();
  constexpr std::size_t records = 8;
  const std::string text(4096, 'a');
  for (std::size_t i = 0; i < records; ++i) {
    both.near.write_all(text, 10s);
  }
  std::vector<std::byte> room(4096);
  const std::size_t before = received_messages();
  for (std::size_t i = 0; i < records; ++i) {
    CHECK(both.far.read_some(room, no_wait).size == text.size());
  }
  // One more for the first header, before which nothing could be read ahead.
  CHECK(received_messages() - before == (counts_system_calls ? records + 1 : 0));
}

TEST_CASE("a stream's reads and writes allocate nothing") {
  streams both;
  both.shake_hands();
  const std::string text(16384, 'a');
  std::vector<std::byte> room(16384);
  const auto turn = [&] {
    both.near.write_all(text);
    (void)both.far.read_some(room);
  };
  turn();
  const std::size_t before = allocation_count();
  for (int i = 0; i < 100; ++i) {
    turn();
  }
  CHECK(allocation_count() == before);
}
