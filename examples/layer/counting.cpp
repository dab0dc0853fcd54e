// A layer that counts: in the log, how many bytes each connection took on the wire.
#include <cinttypes>
#include <cstdio>

#include <unitls/layer.h>
#include <unitls/plugin/layer.hpp>

namespace {

class counting {
public:
  static constexpr char id[] = "counting";
  static constexpr const char *option_names[] = {"unit"};

  struct context {
    explicit context(counting &) {}
  };

  struct session {
    session(counting &layer, context &) : of(layer) {}
    ~session() { of.tell(*this); }
    counting &of;
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
  };

  counting(const unitls_host &host, const unitls::plugin::layer_options &options)
      : host_(host), unit_(options.number("unit", 1, 1U << 20U).value_or(1)) {}

  unitls_status receive(session &one, const unitls_transport &outer, std::uint8_t *buffer, std::size_t size,
                        std::size_t *done) noexcept {
    const unitls_status status = outer.recv(outer.user, buffer, size, done);
    one.received += *done;
    return status;
  }

  unitls_status send(session &one, const unitls_transport &outer, const std::uint8_t *data,
                     std::size_t size) noexcept {
    one.sent += size;
    return outer.send(outer.user, data, size);
  }

private:
  void tell(const session &one) const noexcept {
    char text[100];
    (void)std::snprintf(text, sizeof text, "counting: received %" PRIu64 ", sent %" PRIu64,
                        one.received / unit_, one.sent / unit_);
    host_.log(host_.user, UNITLS_LOG_INFO, text);
  }

  const unitls_host &host_;
  const std::uint64_t unit_;
};

unitls_status UNITLS_CALL wrap(const unitls_host *host, const unitls_backend *inner,
                               const unitls_option *options, std::size_t count, unitls_backend *table,
                               unitls_error *err) {
  using calls = unitls::plugin::forward<counting>;
  return calls::wrap(host, inner, options, count, table, err, calls::table());
}

} // namespace

UNITLS_LAYER("counting", "1.0", "Counts the bytes of each connection", wrap);
