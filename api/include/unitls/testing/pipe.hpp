// unitls/testing/pipe.hpp: joins two channels in memory, so that a program's tests need no sockets.
//
//     unitls::testing::pipe pipe{unitls::channel(client, "server.example"), unitls::channel(server)};
//     pipe.handshake();
//     pipe.client().write("hello");
//     pipe.move();
//     pipe.server().read(buffer);
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include <unitls/channel.hpp>
#include <unitls/error.hpp>

namespace unitls::testing {

class pipe {
public:
  pipe(channel client, channel server) noexcept : client_(std::move(client)), server_(std::move(server)) {}

  channel &client() noexcept { return client_; }
  channel &server() noexcept { return server_; }

  // Moves ciphertext both ways, as much as there is and fits, and says how much it was. `piece` bounds the bytes
  // that arrive at once.
  std::size_t move(std::size_t piece = static_cast<std::size_t>(-1)) {
    return move(client_, server_, piece) + move(server_, client_, piece);
  }

  // Runs both sides until their handshakes are over. The first error of either is thrown, after its alert was moved
  // to the other side. The other form answers want_callback when a verify callback is undecided.
  void handshake() {
    const status result = detail::or_throw([&](error_info &failure) { return handshake(failure); });
    if (result == status::want_callback) {
      throw error(
          {status::wrong_state, "the verify callback has not decided: use the form that answers a status"});
    }
  }
  status handshake(error_info &failure) {
    for (;;) {
      const status client = step(client_, failure);
      if (failure) {
        return client;
      }
      const status server = step(server_, failure);
      if (failure) {
        return server;
      }
      const bool moved = move() != 0;
      if (client == status::ok && server == status::ok) {
        return status::ok;
      }
      if (!moved && (client == status::want_callback || server == status::want_callback)) {
        return status::want_callback;
      }
      if (!moved) {
        failure = error_info{status::protocol_error, "both sides of the pipe wait for each other"};
        return failure.status();
      }
    }
  }

  // Says to both sides that nothing more will come.
  void cut() noexcept {
    client_.feed_eof();
    server_.feed_eof();
  }

private:
  static std::size_t move(channel &from, channel &to, std::size_t piece) {
    const auto bytes = from.outgoing();
    const std::size_t taken = bytes.empty() ? 0 : to.feed(bytes.first(std::min(bytes.size(), piece)));
    from.consume(taken);
    return taken;
  }

  status step(channel &side, error_info &failure) {
    const status result = side.handshake(failure);
    if (failure) {
      move();
    }
    return result;
  }

  channel client_;
  channel server_;
};

} // namespace unitls::testing
