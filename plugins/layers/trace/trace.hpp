// A line for every call of the ABI and of the transport.
#pragma once

#include <atomic>
#include <cstdint>

#include <unitls/plugin/layer.hpp>

#include "journal.hpp"

namespace unitls::trace {

class layer {
public:
  static constexpr char id[] = "trace";
  static constexpr const char *option_names[] = {"format", "to"};

  // Contexts and sessions are numbered from 1, so that their lines can be told apart.
  struct context {
    explicit context(layer &of) noexcept : number(++of.contexts_) {}
    const std::uint64_t number;
  };
  struct session {
    session(layer &of, const context &) noexcept : number(++of.sessions_) {}
    const std::uint64_t number;
  };

  layer(const unitls_host &host, const plugin::layer_options &options) : journal_(host, options) {}

  const journal &lines() const noexcept { return journal_; }

  unitls_status receive(session &of, const unitls_transport &outer, std::uint8_t *buffer, std::size_t size,
                        std::size_t *done) noexcept;
  unitls_status send(session &of, const unitls_transport &outer, const std::uint8_t *data,
                     std::size_t size) noexcept;

private:
  const journal journal_;
  std::atomic<std::uint64_t> contexts_ = 0;
  std::atomic<std::uint64_t> sessions_ = 0;
};

// forward<layer>::table() with a line around each function.
plugin::layer_table traced_table() noexcept;

} // namespace unitls::trace
