#include "commands.hpp"

#include <array>
#include <fstream>
#include <iostream>
#include <iterator>

#include "facts.hpp"
#include "failure.hpp"
#include "json_output.hpp"
#include "url.hpp"

namespace unitls::tool {
namespace {

// A JSON answer is one object and must end: more than this is not printed in it.
constexpr std::size_t json_answer_limit = 1 << 20;

client_config config_of(const connect_options_of_tool &options) {
  client_config config;
  set(config, options.tls);
  set(config, options.judgement);
  if (options.certificate) {
    config.identity = identity_from(*options.certificate, options.key);
  }
  return config;
}

session_config session_of(const connect_options_of_tool &options, const std::string &host) {
  session_config session = session_config::for_host(options.name.value_or(host));
  if (!session.server_name && !options.name) {
    session.server_name = session_config::for_host(host).server_name;
  }
  if (options.sni) {
    session.server_name = options.sni;
  }
  if (options.no_sni) {
    session.server_name.reset();
  }
  return session;
}

std::string read_request(const std::string &path) {
  if (path == "-") {
    return {std::istreambuf_iterator<char>(std::cin), {}};
  }
  std::ifstream file(path, std::ios::binary);
  try {
    if (file) {
      return {std::istreambuf_iterator<char>(file), {}};
    }
  } catch (const std::ios_base::failure &) { // a folder opens, and does not read
  }
  throw failure(exit_code::wrong_input, "cannot read the request from \"" + path + "\"");
}

class conversation {
public:
  conversation(stream &connection, const time_limits &limits, std::string about)
      : connection_(connection), limits_(limits), about_(std::move(about)) {}

  // A peer that is gone may have said why, or answered early: receive() finds out.
  void send(const std::string &request) {
    error_info info;
    (void)connection_.write_all(request, limits_.progress, info);
    if (info.status() != status::transport_failed) {
      stop_at(info);
    }
  }

  // Gives what comes until the peer's close_notify.
  template <class Take>
  void receive(Take take) {
    std::array<std::byte, 16384> piece;
    error_info info;
    for (;;) {
      const io_result result = connection_.read_some(piece, limits_.progress, info);
      stop_at(info);
      if (result.status == status::closed) {
        return;
      }
      take(std::string_view(reinterpret_cast<const char *>(piece.data()), result.size));
    }
  }

  void close() {
    error_info info;
    (void)connection_.close(limits_.close_notify, info);
    stop_at(info);
  }

private:
  void stop_at(const error_info &info) const {
    if (info) {
      throw failure(info, about_);
    }
  }

  stream &connection_;
  const time_limits &limits_;
  std::string about_;
};

} // namespace

void run_connect(const connect_options_of_tool &options) {
  const endpoint where = endpoint::parse(options.endpoint, 443);
  const std::string request = options.request ? read_request(*options.request) : "";
  client_config config = config_of(options);
  const backend chosen = select_backend(options.backend);
  const client_context context = make_context(chosen, std::move(config), options.judgement);
  const time_limits limits = time_limits::of(options.timeout);
  error_info info;
  connect_options how{.session = session_of(options, where.host)};
  how.connect_timeout = limits.connect;
  how.handshake_timeout = limits.handshake;
  auto connection = context.connect(where.host, where.port, how, info);
  if (!connection) {
    throw failure(info, options.endpoint);
  }
  const connection_facts facts{std::string(chosen.id()) + " (" + std::string(chosen.library_version()) + ")",
                               connection->info(), connection->peer_certificates()};
  if (!options.json) {
    std::cout << facts_text(facts) << std::flush;
  }
  conversation talk(*connection, limits, options.endpoint);
  std::string answer;
  if (options.request) {
    talk.send(request);
    talk.receive([&](std::string_view piece) {
      if (!options.json) {
        std::cout << piece;
        return;
      }
      if (piece.size() > json_answer_limit - answer.size()) {
        throw failure(exit_code::peer_failed,
                      options.endpoint + ": the answer is too long for --json (1 MiB)");
      }
      answer += piece;
    });
  }
  talk.close();
  if (options.json) {
    auto json = facts_json(facts);
    if (options.request) {
      json["answer"] = answer;
    }
    write_json(json);
  }
  std::cout << std::flush;
}

} // namespace unitls::tool
