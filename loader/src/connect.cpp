// unitls_stream_connect: resolve, connect, shake hands, each within its time.
#include <cerrno>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <unitls/backend.h>
#include <unitls/unitls.h>

#include "address.hpp"
#include "monotonic.hpp"
#include "refusal.hpp"
#include "stream.hpp"

namespace unitls::loader {
namespace {

constexpr std::int64_t default_timeout = 10 * nanoseconds_per_second;

class descriptor {
public:
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor &&other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor &operator=(descriptor &&) = delete;
  ~descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

private:
  int number_;
};

// The options, checked and with their defaults put in.
struct request {
  explicit request(const unitls_connect_options *options);

  std::string host;
  std::string address; // empty: resolve the host
  std::uint16_t port = 0;
  const unitls_session_config *session = nullptr;
  std::int64_t connect_timeout = default_timeout;
  std::int64_t handshake_timeout = default_timeout;

  std::string peer() const { return printable(host) + " port " + std::to_string(port); }
};

std::int64_t timeout_of(std::int64_t given, const char *field) {
  if (given < 0) {
    throw refusal("a timeout cannot be negative", UNITLS_E_INVALID, field);
  }
  return given == 0 ? default_timeout : given;
}

request::request(const unitls_connect_options *options) {
  switch (unitls_check_request(options, sizeof *options, sizeof *options)) {
  case UNITLS_OK:
    break;
  case UNITLS_E_UNSUPPORTED:
    throw refusal("the options have members that this libunitls does not know", UNITLS_E_UNSUPPORTED,
                  "struct_size");
  default:
    throw refusal("the options' struct_size is too small", UNITLS_E_INVALID, "struct_size");
  }
  if (options->flags != 0 || options->reserved_0 != nullptr || options->reserved_1 != 0) {
    throw refusal("an unknown flag or a reserved member is set", UNITLS_E_UNSUPPORTED, "flags");
  }
  if (options->host == nullptr || *options->host == '\0') {
    throw refusal("a connection needs a host", UNITLS_E_INVALID, "host");
  }
  if (options->port == 0 || options->port > std::numeric_limits<std::uint16_t>::max()) {
    throw refusal("a port is a number from 1 to 65535", UNITLS_E_INVALID, "port");
  }
  host = options->host;
  port = static_cast<std::uint16_t>(options->port);
  session = options->session;
  connect_timeout = timeout_of(options->connect_timeout, "connect_timeout");
  handshake_timeout = timeout_of(options->handshake_timeout, "handshake_timeout");
  if (options->address != nullptr) {
    address = options->address;
    if (!is_ip_address(address)) {
      throw refusal(printable(address) + " is not an IP address", UNITLS_E_INVALID, "address");
    }
  }
}

// Waits for a connection in the making; errno's value, 0 on success, ETIMEDOUT when the deadline passes.
int await_connection(int socket, std::int64_t deadline) noexcept {
  pollfd entry{socket, POLLOUT, 0};
  for (;;) {
    const std::int64_t left = deadline - monotonic_now();
    if (left <= 0) {
      return ETIMEDOUT;
    }
    const timespec wait{static_cast<time_t>(left / nanoseconds_per_second),
                        static_cast<long>(left % nanoseconds_per_second)};
    const int ready = ::ppoll(&entry, 1, deadline == for_ever ? nullptr : &wait, nullptr);
    if (ready > 0) {
      break;
    }
    if (ready < 0 && errno != EINTR) {
      return errno;
    }
  }
  int code = 0;
  socklen_t size = sizeof code;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

// A socket, which is connected when `code` is 0; otherwise that is errno's value.
descriptor connect_to(const address &to, std::int64_t deadline, int &code) noexcept {
  descriptor made(::socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.get() < 0) {
    code = errno;
    return made;
  }
  code = ::connect(made.get(), to.native(), to.size) == 0 ? 0 : errno;
  if (code == EINPROGRESS || code == EINTR) {
    code = await_connection(made.get(), deadline);
  }
  const int on = 1;
  if (code == 0 && ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
    code = errno;
  }
  return made;
}

// Until when one of `left` addresses may be tried, so that each of the others gets its share.
std::int64_t share_of(std::int64_t deadline, std::size_t left) noexcept {
  if (deadline == for_ever || left <= 1) {
    return deadline;
  }
  const std::int64_t now = monotonic_now();
  return now + (deadline - now) / static_cast<std::int64_t>(left);
}

struct connection_error {
  unitls_status status = UNITLS_E_TIMEOUT; // when no address answered at all
  int native_code = 0;
  std::string reasons;

  void add(const address &tried, int code) {
    if (code != ETIMEDOUT) {
      status = UNITLS_E_TRANSPORT;
      native_code = code;
    }
    reasons += (reasons.empty() ? "" : "; ") + tried.text() + ": " +
               (code == ETIMEDOUT ? "no answer" : std::generic_category().message(code));
  }
};

// Tries the addresses in their order. Not connected: fills `failure`.
descriptor connect_to_any(const std::vector<address> &addresses, std::int64_t deadline,
                          connection_error &failure) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    int code = 0;
    descriptor socket = connect_to(addresses[i], share_of(deadline, addresses.size() - i), code);
    if (code == 0) {
      return socket;
    }
    failure.add(addresses[i], code);
  }
  return descriptor(-1);
}

unitls_status report_unconnected(const request &wanted, const connection_error &failure, unitls_error *err) {
  std::string text = "no connection to " + wanted.peer();
  if (failure.status == UNITLS_E_TIMEOUT) {
    text += " within " + duration_text(wanted.connect_timeout);
  }
  report(err, failure.status, {}, text + ": " + failure.reasons);
  if (err != nullptr) {
    err->native_code = failure.native_code;
  }
  return failure.status;
}

unitls_status make_client_stream(unitls_context &context, const request &wanted,
                                 std::unique_ptr<unitls_stream> &stream, unitls_error *err) {
  if (wanted.session != nullptr) {
    return make_stream(context, wanted.session, stream, err);
  }
  const char *const name = wanted.host.c_str();
  unitls_session_config config{};
  config.struct_size = sizeof config;
  config.server_name = is_ip_address(wanted.host) ? nullptr : name;
  config.reference_names = &name;
  config.reference_name_count = 1;
  return make_stream(context, &config, stream, err);
}

unitls_status connect(unitls_context &context, const unitls_connect_options *options, unitls_stream **stream,
                      unitls_error *err) {
  const request wanted(options);
  // First what needs no network: a bad session configuration is told at once.
  std::unique_ptr<unitls_stream> made;
  if (const auto status = make_client_stream(context, wanted, made, err); status != UNITLS_OK) {
    return status;
  }

  const std::int64_t deadline = deadline_after(wanted.connect_timeout);
  const auto addresses = resolve(wanted.address.empty() ? wanted.host : wanted.address, wanted.port, deadline,
                                 wanted.connect_timeout);
  connection_error failure;
  descriptor socket = connect_to_any(addresses, deadline, failure);
  if (socket.get() < 0) {
    return report_unconnected(wanted, failure, err);
  }
  made->transport.take_descriptor(socket.release());

  const unitls_status status = made->handshake(deadline_after(wanted.handshake_timeout), err);
  if (status == UNITLS_E_TIMEOUT) {
    return report(err, status, {},
                  "no answer to the TLS handshake with " + wanted.peer() + " within " +
                      duration_text(wanted.handshake_timeout));
  }
  if (status > 0) {
    return report(err, UNITLS_E_STATE, {},
                  "the verify callback has not decided, and connect cannot wait for it: adopt a connected "
                  "socket and call handshake again when it has");
  }
  if (status == UNITLS_OK) {
    *stream = made.release();
  }
  return status;
}

} // namespace
} // namespace unitls::loader

extern "C" unitls_status unitls_stream_connect(unitls_context *context, const unitls_connect_options *options,
                                               unitls_stream **stream, unitls_error *err) {
  *stream = nullptr;
  try {
    return unitls::loader::connect(*context, options, stream, err);
  } catch (...) {
    return unitls::loader::report_current_exception(err);
  }
}
