#include "commands.hpp"

#include <iostream>

#include "failure.hpp"
#include "http_client.hpp"
#include "terminal.hpp"
#include "url.hpp"

namespace unitls::tool {
namespace {

constexpr int redirections_max = 10;

// --resolve HOST:PORT:ADDRESS
struct fixed_address {
  std::string host;
  std::uint16_t port;
  std::string address;

  static fixed_address parse(const std::string &text) {
    const std::size_t first = text.find(':');
    const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
    const auto port =
        second == std::string::npos ? std::nullopt : parse_port(text.substr(first + 1, second - first - 1));
    std::string address = port ? text.substr(second + 1) : "";
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
    if (first == 0 || address.empty()) {
      throw failure(exit_code::wrong_input, "--resolve \"" + text + "\": write HOST:PORT:ADDRESS");
    }
    return {text.substr(0, first), *port, address};
  }
};

bool is_redirection(unsigned status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

class download {
public:
  download(const get_options &options, const client_context &context)
      : context_(context), limits_(time_limits::of(options.timeout)), sink_(options.output) {
    for (const std::string &text : options.resolve) {
      fixed_.push_back(fixed_address::parse(text));
    }
  }

  void run(url from) {
    for (int hops = 0; hops <= redirections_max; ++hops) {
      const http_answer answer = fetch(from);
      if (answer.status / 100 == 2) {
        return sink_.finish();
      }
      if (!is_redirection(answer.status) || answer.location.empty()) {
        throw failure(exit_code::peer_failed,
                      from.text() + ": HTTP " + std::to_string(answer.status) + " " + answer.reason);
      }
      from = follow(from, answer.location);
    }
    throw failure(exit_code::peer_failed, from.text() + ": more than 10 redirections");
  }

private:
  http_answer fetch(const url &from) {
    connect_options options;
    options.connect_timeout = limits_.connect;
    options.handshake_timeout = limits_.handshake;
    for (const fixed_address &fixed : fixed_) {
      if (fixed.host == from.host && fixed.port == from.port) {
        options.address = fixed.address;
      }
    }
    error_info info;
    auto connection = context_.connect(from.host, from.port, options, info);
    if (!connection) {
      throw failure(info, from.authority());
    }
    const auto show = [this](std::uint64_t done, std::optional<std::uint64_t> total) {
      bar_.show(done, total);
    };
    http_client client(*connection, limits_.progress, from.authority());
    const http_answer answer = client.get(from.host_header(), from.target, sink_, show);
    // The answer is complete by its own framing: our close_notify is a courtesy, and the peer's is not waited for.
    (void)connection->shutdown(limits_.close_notify, info);
    return answer;
  }

  static url follow(const url &from, const std::string &location) {
    try {
      return from.resolve(location);
    } catch (const failure &refused) {
      throw failure(exit_code::peer_failed, from.text() + ": the server redirects: " + refused.what());
    }
  }

  const client_context &context_;
  time_limits limits_;
  std::vector<fixed_address> fixed_;
  body_sink sink_;
  progress_bar bar_;
};

} // namespace

time_limits time_limits::of(std::optional<double> seconds) {
  if (!seconds) {
    return {};
  }
  const auto limit =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(*seconds));
  return {limit, limit, limit, limit};
}

void run_get(const get_options &options) {
  const url from = url::parse(options.url);
  client_config config;
  set(config, {.alpn = "http/1.1", .versions = {}, .parameters = options.parameters, .options = {}});
  set(config, options.judgement);
  const client_context context =
      make_context(select_backend(options.backend), std::move(config), options.judgement);
  download(options, context).run(from);
}

} // namespace unitls::tool
