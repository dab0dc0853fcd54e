#include "commands.hpp"

#include <iostream>
#include <sys/resource.h>

#include <boost/asio/signal_set.hpp>

#include "failure.hpp"
#include "http_server.hpp"
#include "pki.hpp"
#include "url.hpp"

namespace unitls::tool {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

tcp::endpoint listening_endpoint(const std::string &text) {
  const endpoint where = endpoint::parse(text);
  boost::system::error_code fault;
  const auto address = asio::ip::make_address(where.host, fault);
  if (fault) {
    throw failure(exit_code::wrong_input,
                  "--listen \"" + text + "\": \"" + where.host + "\" is no IP address");
  }
  return {address, where.port};
}

std::vector<std::string> names_for(const tcp::endpoint &where) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const std::string address = where.address().to_string();
  if (!where.address().is_unspecified() && !where.address().is_loopback()) {
    names.push_back(address);
  }
  return names;
}

// The n-th key belongs to the n-th certificate.
std::vector<identity> identities_of(const serve_options &options) {
  const std::size_t count = options.certificates.size();
  if (!options.keys.empty() && options.keys.size() != count) {
    throw failure(
        exit_code::wrong_input,
        std::to_string(count) + " --cert and " + std::to_string(options.keys.size()) +
            " --key: give each --cert its --key in the same order, or none when each file has its key");
  }
  std::vector<identity> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(identity_from(options.certificates[i],
                                options.keys.empty() ? std::nullopt : std::optional(options.keys[i])));
  }
  return all;
}

server_config config_of(const serve_options &options, const std::optional<throw_away_pki> &made) {
  server_config config{.identities = made
                                         ? std::vector{identity::from_files(made->certificate(), made->key())}
                                         : identities_of(options),
                       .strict_sni = options.strict_sni,
                       .crls = crls_from(options.crls)};
  set(config, options.tls);
  if (options.ca) {
    config.trust = trust_from(*options.ca);
    config.client_auth = options.client_auth == "require" ? client_auth::require : client_auth::request;
  }
  return config;
}

// A connection needs a descriptor: as many as the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

std::optional<std::filesystem::path> served_folder(const serve_options &options) {
  if (options.root && !std::filesystem::is_directory(*options.root)) {
    throw failure(exit_code::wrong_input, "--root \"" + *options.root + "\" is no folder");
  }
  return options.root;
}

server_limits limits_of(const serve_options &options) {
  server_limits limits;
  if (options.timeout) {
    limits.handshake = limits.silence = time_limits::of(options.timeout).progress;
  }
  return limits;
}

} // namespace

void run_serve(const serve_options &options) {
  const tcp::endpoint where = listening_endpoint(options.listen);
  const auto root = served_folder(options);
  const backend chosen = select_backend(options.backend);
  std::optional<throw_away_pki> made;
  if (options.certificates.empty()) {
    made.emplace(names_for(where));
  }
  const server_context context(chosen, config_of(options, made));
  raise_descriptor_limit();
  asio::io_context io(1);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](const boost::system::error_code &, int) { io.stop(); });
  std::optional<http_server> server;
  try {
    server.emplace(io, where, context, root, limits_of(options));
  } catch (const boost::system::system_error &refused) {
    throw failure(exit_code::wrong_input,
                  "cannot listen on " + options.listen + ": " + refused.code().message());
  }
  const auto bound = server->local_endpoint();
  std::cout << "listening on " << bound << std::endl;
  if (made) {
    std::cout << "clients trust it with --ca " << made->authority().string() << " (until it stops)"
              << std::endl;
  }
  server->accept();
  io.run();
}

} // namespace unitls::tool
