// Plain TCP for the examples that are servers: nothing of it is unitls.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

// Listens on 127.0.0.1 and says where; port 0 takes a free one.
class listener {
public:
  explicit listener(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto *const generic = reinterpret_cast<sockaddr *>(&address);
    socklen_t size = sizeof address;
    if (bind(descriptor_, generic, size) != 0 || listen(descriptor_, 16) != 0 ||
        getsockname(descriptor_, generic, &size) != 0) {
      throw std::system_error(errno, std::generic_category(), "cannot listen");
    }
    std::cout << "listening on port " << ntohs(address.sin_port) << std::endl;
  }
  ~listener() { close(descriptor_); }
  listener(const listener &) = delete;
  listener &operator=(const listener &) = delete;

  // The next connection's descriptor: whoever gets it closes it.
  int accept() const {
    const int connection = ::accept(descriptor_, nullptr, nullptr);
    if (connection < 0) {
      throw std::system_error(errno, std::generic_category(), "cannot accept");
    }
    return connection;
  }

private:
  int descriptor_;
};
