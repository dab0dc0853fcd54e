#include "commands.hpp"

#include <array>
#include <iostream>
#include <thread>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "failure.hpp"
#include "json_output.hpp"
#include "pki.hpp"
#include "terminal.hpp"
#include "text/readable.hpp"

namespace unitls::tool {
namespace {

using std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(30);
constexpr std::size_t piece_size = 16 * 1024;

struct cell {
  std::string client;
  std::string server;
  version tls;
  enum class result { passed, failed, absent } outcome = result::failed;
  std::string detail; // the cipher suite, or why not
  double seconds = 0;
};

const char *result_name(cell::result outcome) {
  switch (outcome) {
  case cell::result::passed:
    return "ok";
  case cell::result::absent:
    return "absent";
  default:
    return "failed";
  }
}

class descriptor {
public:
  explicit descriptor(int number) noexcept : number_(number) {}
  ~descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  descriptor(const descriptor &) = delete;
  descriptor &operator=(const descriptor &) = delete;
  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

private:
  int number_;
};

[[noreturn]] void refuse(const char *what) {
  throw failure(exit_code::internal, std::string(what) + ": " + std::generic_category().message(errno));
}

// A socket that listens on a free port of the loopback address.
class listening_socket {
public:
  listening_socket() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto *const address = reinterpret_cast<sockaddr *>(&where);
    if (socket_.get() < 0 || ::bind(socket_.get(), address, size) != 0 || ::listen(socket_.get(), 1) != 0 ||
        ::getsockname(socket_.get(), address, &size) != 0) {
      refuse("cannot listen on the loopback address");
    }
    port_ = ntohs(where.sin_port);
  }

  std::uint16_t port() const noexcept { return port_; }

  int accept() const {
    const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const int accepted = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0) {
      refuse("nobody connected");
    }
    return accepted;
  }

private:
  descriptor socket_;
  std::uint16_t port_ = 0;
};

// Bytes that both sides can tell, so that nothing is lost, doubled or turned around unseen.
std::byte pattern(std::uint64_t position, std::byte mask) noexcept {
  const std::uint64_t mixed = position * 0x9e3779b97f4a7c15U;
  return static_cast<std::byte>(mixed >> 56) ^ mask;
}

void send_pattern(stream &connection, std::uint64_t bytes, std::byte mask) {
  std::array<std::byte, piece_size> piece;
  for (std::uint64_t sent = 0; sent < bytes;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), bytes - sent));
    for (std::size_t i = 0; i < size; ++i) {
      piece[i] = pattern(sent + i, mask);
    }
    connection.write_all(std::span(piece).first(size), patience);
    sent += size;
  }
}

void expect_pattern(stream &connection, std::uint64_t bytes, std::byte mask) {
  std::array<std::byte, piece_size> piece;
  std::uint64_t got = 0;
  for (;;) {
    const io_result result = connection.read_some(piece, patience);
    if (result.status == status::closed) {
      break;
    }
    for (std::size_t i = 0; i < result.size; ++i, ++got) {
      if (got >= bytes || piece[i] != pattern(got, mask)) {
        throw failure(exit_code::peer_failed, "byte " + std::to_string(got) + " is not what was sent");
      }
    }
  }
  if (got != bytes) {
    throw failure(exit_code::peer_failed,
                  std::to_string(got) + " of " + std::to_string(bytes) + " bytes came");
  }
}

constexpr std::byte to_server{0x00};
constexpr std::byte to_client{0xff};

// Either side sends everything, says close_notify, and reads up to the other's.
void serve_once(const listening_socket &listener, const server_context &context, std::uint64_t bytes) {
  descriptor accepted(listener.accept());
  stream connection = stream::adopt(context, accepted.get());
  accepted.release();
  (void)connection.handshake(patience);
  expect_pattern(connection, bytes, to_server);
  send_pattern(connection, bytes, to_client);
  (void)connection.shutdown(patience);
}

connection_info fetch_once(std::uint16_t port, const client_context &context, std::uint64_t bytes) {
  stream connection = context.connect(
      "localhost", port, {.session = session_config::for_host("localhost"), .address = "127.0.0.1"});
  send_pattern(connection, bytes, to_server);
  (void)connection.shutdown(patience);
  expect_pattern(connection, bytes, to_client);
  return connection.info();
}

class matrix {
public:
  explicit matrix(std::uint64_t bytes) : bytes_(bytes), pki_({"localhost"}) {}

  cell run(const backend &client, const backend &server, version tls) const {
    cell result{std::string(client.id()), std::string(server.id()), tls, cell::result::failed, {}, 0};
    const std::string capability = tls == version::tls1_3 ? "tls1.3" : "tls1.2";
    for (const backend *side : {&client, &server}) {
      if (!side->supports(capability)) {
        result.outcome = cell::result::absent;
        result.detail = std::string(side->id()) + " lacks " + capability;
        return result;
      }
    }
    const auto start = steady_clock::now();
    try {
      const auto info = transfer(client, server, tls);
      result.detail = info.cipher_suite ? to_string(*info.cipher_suite) : "";
      result.outcome = info.version == tls ? cell::result::passed : cell::result::failed;
    } catch (const std::exception &caught) {
      result.detail = caught.what();
    }
    result.seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
    return result;
  }

private:
  connection_info transfer(const backend &client, const backend &server, version tls) const {
    const client_context asking(
        client, {.min_version = tls, .max_version = tls, .trust = trust_store::from_file(pki_.authority())});
    const server_context answering(server,
                                   {.min_version = tls,
                                    .max_version = tls,
                                    .identities = {identity::from_files(pki_.certificate(), pki_.key())}});
    const listening_socket listener;
    std::string trouble;
    std::thread thread([&] {
      try {
        serve_once(listener, answering, bytes_);
      } catch (const std::exception &caught) {
        trouble = caught.what();
      }
    });
    const auto join = [&thread](int *) { thread.join(); };
    int anchor = 0;
    std::unique_ptr<int, decltype(join)> joined(&anchor, join); // also when the client fails
    connection_info info;
    try {
      info = fetch_once(listener.port(), asking, bytes_);
    } catch (const std::exception &caught) {
      joined.reset();
      throw failure(exit_code::peer_failed, "client: " + std::string(caught.what()) +
                                                (trouble.empty() ? "" : "; server: " + trouble));
    }
    joined.reset();
    if (!trouble.empty()) {
      throw failure(exit_code::peer_failed, "server: " + trouble);
    }
    return info;
  }

  std::uint64_t bytes_;
  throw_away_pki pki_;
};

std::vector<backend> all_backends() {
  error_info info;
  auto from = loader::create(info);
  if (!from) {
    throw failure(exit_code::no_backend, info.text());
  }
  std::vector<backend> all;
  for (const candidate &item : from->candidates()) {
    if (item.state != candidate_state::found && item.state != candidate_state::loaded) {
      continue;
    }
    if (auto opened = from->open(item.id, info)) {
      all.push_back(std::move(*opened));
    } else {
      std::cerr << "unitls: left out: " << text::readable_lines(info.text()) << std::endl;
    }
  }
  if (all.empty()) {
    throw failure(exit_code::no_backend, "no backend can be loaded; `unitls list` shows what was found");
  }
  return all;
}

void print_json(const std::vector<cell> &cells, std::uint64_t bytes) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const cell &item : cells) {
    list.push_back({{"client", item.client},
                    {"server", item.server},
                    {"version", to_string(item.tls)},
                    {"result", result_name(item.outcome)},
                    {"detail", item.detail},
                    {"bytes_each_way", bytes},
                    {"seconds", item.seconds}});
  }
  write_json(list);
}

void print_table(const std::vector<cell> &cells) {
  table lines({"CLIENT", "SERVER", "VERSION", "RESULT", "DETAIL"});
  for (const cell &item : cells) {
    lines.add({item.client, item.server, to_string(item.tls), result_name(item.outcome), item.detail});
  }
  std::cout << lines.text();
}

} // namespace

void run_matrix(const matrix_options &options) {
  const auto backends = all_backends();
  const matrix runs(options.bytes);
  std::vector<cell> cells;
  for (const backend &client : backends) {
    for (const backend &server : backends) {
      for (const version tls : {version::tls1_2, version::tls1_3}) {
        cells.push_back(runs.run(client, server, tls));
      }
    }
  }
  if (options.json) {
    print_json(cells, options.bytes);
  } else {
    print_table(cells);
  }
  const auto failed = std::count_if(cells.begin(), cells.end(),
                                    [](const cell &item) { return item.outcome == cell::result::failed; });
  if (failed != 0) {
    throw failure(exit_code::peer_failed,
                  std::to_string(failed) + " of " + std::to_string(cells.size()) + " cells failed");
  }
}

} // namespace unitls::tool
