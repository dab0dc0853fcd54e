// An event-driven server of HTTP/1.0 and 1.1 over channels, on one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unitls/unitls.hpp>

namespace unitls::tool {

struct server_limits {
  std::chrono::nanoseconds handshake = std::chrono::seconds(10);
  std::chrono::nanoseconds silence = std::chrono::seconds(60);
};

class http_server {
public:
  // Without a root every path answers what was negotiated.
  http_server(boost::asio::io_context &io, const boost::asio::ip::tcp::endpoint &where,
              server_context context, std::optional<std::filesystem::path> root, server_limits limits);

  boost::asio::ip::tcp::endpoint local_endpoint() const { return acceptor_.local_endpoint(); }
  void accept();

  const server_context &context() const noexcept { return context_; }
  const std::optional<std::filesystem::path> &root() const noexcept { return root_; }
  const server_limits &limits() const noexcept { return limits_; }

private:
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::ip::tcp::endpoint peer_; // of the connection that is being accepted
  boost::asio::steady_timer pause_;     // when no descriptor is free
  server_context context_;
  std::optional<std::filesystem::path> root_;
  server_limits limits_;
};

} // namespace unitls::tool
