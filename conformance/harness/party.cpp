#include "party.hpp"

#include <algorithm>

#include "expect.hpp"
#include "plugin_access.hpp"

namespace unitls::conformance {
namespace {

constexpr std::size_t poison = 0xdeadbeef;

template <class Config>
context_handle
make(role side, const Config &config,
     unitls_status (UNITLS_CALL *unitls_backend::*create)(const unitls_backend *, const Config *,
                                                          unitls_backend_context **, unitls_error *),
     const char *what) {
  const unitls_backend *const table = player(side).table;
  unitls_backend_context *made = nullptr;
  unitls_error error = no_error();
  const unitls_status status = (table->*create)(table, &config, &made, &error);
  require("U-11", what, status == UNITLS_OK && made != nullptr, "a context",
          status_text(status) + " " + error.field + ": " + error.message);
  return context_handle(made, destroy_context{table});
}

session_handle make_session(const unitls_backend *table, unitls_backend_context *context,
                            const unitls_session_config &config, const unitls_transport *transport) {
  unitls_backend_session *made = nullptr;
  unitls_error error = no_error();
  const unitls_status status = table->session_create(context, &config, transport, &made, &error);
  require("U-11", "session_create", status == UNITLS_OK && made != nullptr, "a session",
          status_text(status) + " " + error.field + ": " + error.message);
  return session_handle(made, destroy_session{table});
}

const unitls_backend *or_under_test(const unitls_backend *table) {
  return table != nullptr ? table : plugin().table;
}

// Of a pair it is told who plays.
std::string name_of(role side) {
  const std::string name = side == role::client ? "client" : "server";
  const bool is_pair = player(role::client).table != player(role::server).table;
  return is_pair ? name + " (" + player(side).descriptor->id + ")" : name;
}

bool is_known(unitls_status status, bool may_wait) {
  return (status >= UNITLS_OK && status <= UNITLS_CLOSED) || (status < 0 && status >= UNITLS_E_INTERNAL) ||
         (status == UNITLS_WANT_CALLBACK && may_wait) ||
         status < -1000; // a transport's own error comes back unchanged
}

// Adds the bytes to a vector of vectors.
unitls_status UNITLS_CALL keep_der(void *user, unitls_bytes der) {
  static_cast<std::vector<std::vector<std::uint8_t>> *>(user)->emplace_back(der.data, der.data + der.size);
  return UNITLS_OK;
}

} // namespace

void destroy_context::operator()(unitls_backend_context *context) const noexcept {
  or_under_test(table)->context_destroy(context);
}

void destroy_session::operator()(unitls_backend_session *session) const noexcept {
  or_under_test(table)->session_destroy(session);
}

context_handle make_context(const client_setup &from) {
  return make_context(native_client(from).config);
}

context_handle make_context(const server_setup &from) {
  return make_context(native_server(from).config);
}

context_handle make_context(const unitls_client_config &config) {
  return make(role::client, config, &unitls_backend::client_context_create, "client_context_create");
}

context_handle make_context(const unitls_server_config &config) {
  return make(role::server, config, &unitls_backend::server_context_create, "server_context_create");
}

party::party(role side, unitls_backend_context *context, const unitls_session_config &config, wire &in,
             wire &out)
    : transport(in, out), table_(player(side).table), name_(name_of(side)),
      session_(make_session(table_, context, config, transport.native())) {}

// Closing is explicit: destroying sends nothing.
party::~party() {
  session_.reset();
  expect("U-26", name_ + ": calls of the transport outside of a session's calls",
         !transport.was_called_outside(), "none", "at least one");
}

void party::begin() {
  error = no_error();
  transport.begin_call();
}

unitls_status party::finish(const char *call, unitls_status status) {
  transport.end_call();
  const std::string what = name_ + ": " + call;
  expect("U-28", what + ": UNITLS_WANT_READ", status != UNITLS_WANT_READ || transport.said_want_read(),
         "only when recv answered it in this call", "although recv did not");
  expect("U-28", what + ": status", is_known(status, may_wait) && status != UNITLS_WANT_WRITE,
         "one of the ABI's statuses", status_text(status));
  expect("U-27", what + ": calls of a transport that has failed", !transport.was_called_after_failure(),
         "none", "at least one");
  if (status < 0) {
    expect_equal("U-08", what + ": status in the error", error.status, status);
    expect("U-08", what + ": message in the error", error.message[0] != '\0', "a sentence", "nothing");
  } else {
    expect("U-08", what + ": the error, without a failure", is_untouched(error), "left as it was",
           "written to");
  }
  expect("U-12", what + ": verify flags", error.verify_flags == 0 || status == UNITLS_E_CERTIFICATE,
         "only with UNITLS_E_CERTIFICATE", flags_text(error.verify_flags));
  return status;
}

unitls_status party::handshake() {
  begin();
  return finish("handshake", table_->handshake(session_.get(), &error));
}

unitls_status party::read(std::size_t size) {
  std::vector<std::uint8_t> buffer(std::max<std::size_t>(size, 1)); // an address also for a read of length 0
  std::size_t done = poison;
  begin();
  const unitls_status status = table_->read(session_.get(), buffer.data(), size, &done, &error);
  expect("U-11", name_ + ": read: *done", done <= size && (status == UNITLS_OK || done == 0),
         "written, and 0 unless UNITLS_OK", std::to_string(done));
  expect("U-31", name_ + ": read: bytes with UNITLS_OK", status != UNITLS_OK || done >= 1, "at least one",
         "none");
  received.insert(received.end(), buffer.begin(),
                  buffer.begin() + static_cast<std::ptrdiff_t>(std::min(done, size)));
  return finish("read", status);
}

unitls_status party::write(std::span<const std::uint8_t> data) {
  std::size_t done = poison;
  begin();
  const unitls_status status = table_->write(session_.get(), data.data(), data.size(), &done, &error);
  expect("U-11", name_ + ": write: *done", done <= data.size() && (status == UNITLS_OK || done == 0),
         "written, and 0 unless UNITLS_OK", std::to_string(done));
  expect("U-30", name_ + ": write: bytes taken with UNITLS_OK",
         status != UNITLS_OK || done >= 1 || data.empty(), "at least one", "none");
  written += std::min(done, data.size());
  return finish("write", status);
}

unitls_status party::shutdown() {
  begin();
  return finish("shutdown", table_->shutdown(session_.get(), &error));
}

void party::write_all(std::span<const std::uint8_t> data) {
  const std::size_t goal = written + data.size();
  while (written < goal) {
    require_status("U-30", name_ + ": write", write(data.last(goal - written)), UNITLS_OK);
  }
}

std::size_t party::pending() const {
  return table_->pending(session_.get());
}

unitls_info party::info() const {
  unitls_info facts{};
  facts.struct_size = sizeof facts;
  expect_status("U-24", name_ + ": info", table_->info(session_.get(), &facts), UNITLS_OK);
  return facts;
}

std::vector<std::vector<std::uint8_t>> party::peer_certificates() const {
  std::vector<std::vector<std::uint8_t>> all;
  expect_status("U-22", name_ + ": peer_certificates",
                table_->peer_certificates(session_.get(), keep_der, &all), UNITLS_OK);
  return all;
}

std::vector<std::vector<std::uint8_t>> party::verified_certificates() const {
  std::vector<std::vector<std::uint8_t>> all;
  expect_status("U-58", name_ + ": verified_certificates",
                table_->verified_certificates(session_.get(), keep_der, &all), UNITLS_OK);
  return all;
}

conversation::conversation(const client_setup &client_side, const server_setup &server_side)
    : conversation(client_side, server_side, make_context(client_side), make_context(server_side)) {}

conversation::conversation(const client_setup &client_side, context_handle client_context,
                           context_handle server_context)
    : conversation(client_side, server_setup{}, std::move(client_context), std::move(server_context)) {}

conversation::conversation(const client_setup &client_side, const server_setup &server_side,
                           context_handle client_context, context_handle server_context)
    : conversation(client_side, server_side, client_context.get(), server_context.get()) {
  client_context_ = std::move(client_context);
  server_context_ = std::move(server_context);
}

conversation::conversation(const client_setup &client_side, const server_setup &server_side,
                           unitls_backend_context *client_context, unitls_backend_context *server_context)
    : client_setup_(client_side), server_setup_(server_side),
      client(role::client, client_context, native_session(client_setup_).config, to_client, to_server),
      server(role::server, server_context, native_session(server_setup_).config, to_server, to_client) {}

conversation::ends conversation::handshake() {
  ends result;
  std::size_t idle = 0;
  while (idle < 4) { // a transport that keeps a session waiting lets it go on at the next call
    const std::size_t moved =
        to_server.taken + to_client.taken + to_server.sent.size() + to_client.sent.size();
    if (result.client == UNITLS_WANT_READ) {
      result.client = client.handshake();
    }
    if (result.server == UNITLS_WANT_READ) {
      result.server = server.handshake();
    }
    if (result.client != UNITLS_WANT_READ && result.server != UNITLS_WANT_READ) {
      break;
    }
    const bool still =
        moved == to_server.taken + to_client.taken + to_server.sent.size() + to_client.sent.size();
    idle = still ? idle + 1 : 0;
  }
  return result;
}

void conversation::require_open() {
  const ends result = handshake();
  const auto text = [](const party &side) { return std::string(": ") + side.error.message; };
  require("U-42", "the client's handshake", result.client == UNITLS_OK, status_text(UNITLS_OK),
          status_text(result.client) + text(client));
  require("U-42", "the server's handshake", result.server == UNITLS_OK, status_text(UNITLS_OK),
          status_text(result.server) + text(server));
}

unitls_status conversation::read_until(party &to, std::size_t size) {
  unitls_status status = UNITLS_OK;
  for (std::size_t waits = 0; to.received.size() < size && waits < 4;) {
    const std::size_t before = to.transport.bytes_received();
    status = to.read();
    if (status != UNITLS_OK && status != UNITLS_WANT_READ) {
      return status;
    }
    waits = to.transport.bytes_received() == before && status == UNITLS_WANT_READ ? waits + 1 : 0;
  }
  return status;
}

unitls_status conversation::drive(party &side, unitls_status (party::*call)()) {
  unitls_status status = UNITLS_WANT_READ;
  for (std::size_t waits = 0; status == UNITLS_WANT_READ && waits < 4;) {
    const std::size_t before = side.transport.bytes_received();
    status = (side.*call)();
    waits = side.transport.bytes_received() == before ? waits + 1 : 0;
  }
  return status;
}

std::vector<std::uint8_t> pattern(std::size_t size, std::uint8_t start) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(start + i * 7 + (i >> 8) * 13);
  }
  return bytes;
}

} // namespace unitls::conformance
