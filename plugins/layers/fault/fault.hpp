// What goes wrong between a session and its transport, as the options of the layer say.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

#include <unitls/backend.h>
#include <unitls/plugin/layer_options.hpp>

namespace unitls::fault {

inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

struct plan {
  explicit plan(const plugin::layer_options &options);

  std::uint64_t seed = 0;
  std::uint64_t short_read = never; // bytes that recv gives at most
  std::uint64_t want_read = 0;      // every how manyth recv answers WANT_READ; 0: none
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds send_delay{0};
  std::uint64_t truncate_after = never;   // received bytes after which the transport ends
  std::uint64_t error_after = never;      // received bytes after which it fails
  std::uint64_t send_error_after = never; // sent bytes after which it fails
};

class layer {
public:
  static constexpr char id[] = "fault";
  static constexpr const char *option_names[] = {"seed",        "short-read",      "want-read",
                                                 "delay",       "send-delay",      "truncate-after",
                                                 "error-after", "send-error-after"};

  struct context {
    explicit context(layer &) noexcept {}
  };

  struct session {
    session(layer &of, context &) noexcept;

    const std::uint64_t number; // in the log
    std::mt19937_64 random;
    std::uint64_t recv_calls = 0;
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    bool ended = false; // told once
  };

  layer(const unitls_host &host, const plugin::layer_options &options) : host_(host), plan_(options) {}

  unitls_status receive(session &of, const unitls_transport &outer, std::uint8_t *buffer, std::size_t size,
                        std::size_t *done) noexcept;
  unitls_status send(session &of, const unitls_transport &outer, const std::uint8_t *data,
                     std::size_t size) noexcept;

private:
  bool would_block(session &of) const noexcept;
  std::size_t cut(session &of, std::size_t size) const noexcept;
  void pause(const session &of, const char *call, std::chrono::milliseconds time) const noexcept;
  unitls_status fail(session &of, const char *call, std::uint64_t limit) const noexcept;
  [[gnu::format(printf, 3, 4)]] void tell(const session &of, const char *format, ...) const noexcept;

  const unitls_host &host_;
  const plan plan_;
  std::atomic<std::uint64_t> sessions_ = 0;
};

} // namespace unitls::fault
