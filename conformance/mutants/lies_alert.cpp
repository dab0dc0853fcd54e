// Lies on the way to the transport and back, and about alerts: U-12, U-22, U-27, U-29, U-35 to U-41.
#include <cstdio>
#include <cstring>

#include <unitls/plugin/error.hpp>

#include "honest.hpp"
#include "lies.hpp"
#include "requests.hpp"

namespace unitls::mutants::lies {
namespace {

constexpr std::uint32_t handshake_failure = 40;
constexpr std::uint32_t bad_certificate = 42;
constexpr std::uint32_t unknown_ca = 48;
constexpr std::uint32_t no_application_protocol = 120;

// A handshake whose error is changed by `change(status, error)`.
template <class Change>
unitls_status altered_handshake(unitls_backend_session *of, unitls_error *err, Change change) {
  return altered(
      err, [&](unitls_error *told) { return honest::handshake(of, told); }, change);
}

template <class Change>
unitls_status altered_read(unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                           std::size_t *done, unitls_error *err, Change change) {
  return altered(
      err, [&](unitls_error *told) { return honest::read(of, buffer, size, done, told); }, change);
}

// An alert in the clear that ends the session, alone in its record (RFC 8446, 6).
bool is_clear_fatal_alert(const std::uint8_t *data, std::size_t size) {
  constexpr std::size_t record_size = 5 + 2;
  constexpr std::uint8_t alert = 21;
  constexpr std::uint8_t fatal = 2;
  return size == record_size && data[0] == alert && data[5] == fatal;
}

} // namespace

void transport_error_renamed(parts &changed) {
  changed.recv = [](session &of, std::uint8_t *buffer, std::size_t size, std::size_t *done) {
    const unitls_status status = honest::recv(of, buffer, size, done);
    return status < 0 ? unitls_status{UNITLS_E_TRANSPORT} : status;
  };
}

// A byte that comes alone after a wait, as the last one of a record may, waits for the next call.
void record_held_back(parts &changed) {
  changed.recv = [](session &of, std::uint8_t *buffer, std::size_t size, std::size_t *done) {
    if (!of.held.empty()) {
      *buffer = of.held.front();
      of.held.erase(of.held.begin());
      *done = 1;
      return unitls_status{UNITLS_OK};
    }
    const bool has_waited = of.count != 0;
    const unitls_status status = honest::recv(of, buffer, size, done);
    of.count = status == UNITLS_WANT_READ ? 1 : 0;
    if (!of.is_open || !has_waited || status != UNITLS_OK || *done != 1) {
      return status;
    }
    std::uint8_t next = 0;
    std::size_t more = 0;
    const unitls_status probe = honest::recv(of, &next, 1, &more);
    if (probe == UNITLS_WANT_READ || probe < 0) {
      of.held = {*buffer};
      *done = 0;
      return probe;
    }
    of.held.assign(more, next);
    return unitls_status{UNITLS_OK};
  };
}

void single_byte_lost(parts &changed) {
  changed.recv = [](session &of, std::uint8_t *buffer, std::size_t size, std::size_t *done) {
    unitls_status status = honest::recv(of, buffer, size, done);
    if (status == UNITLS_OK && *done == 1 && size > 1 && of.count++ == 0) {
      status = honest::recv(of, buffer, size, done);
    }
    return status;
  };
}

void alert_sent_twice(parts &changed) {
  changed.send = [](session &of, const std::uint8_t *data, std::size_t size) {
    const unitls_status status = honest::send(of, data, size);
    return status == UNITLS_OK && is_clear_fatal_alert(data, size) ? honest::send(of, data, size) : status;
  };
}

void alert_swallowed(parts &changed) {
  changed.send = [](session &of, const std::uint8_t *data, std::size_t size) {
    return is_clear_fatal_alert(data, size) ? unitls_status{UNITLS_OK} : honest::send(of, data, size);
  };
}

void alert_unnamed(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    return altered_read(of, buffer, size, done, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_PROTOCOL) {
        told.alert = 0;
        told.alert_direction = UNITLS_ALERT_NONE;
      }
    });
  };
}

void alert_misnamed(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered_handshake(of, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_PROTOCOL && told.alert_direction == UNITLS_ALERT_SENT) {
        ++told.alert;
      }
    });
  };
}

void certificate_alert_misnamed(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered_handshake(of, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_CERTIFICATE && told.alert == unknown_ca) {
        told.alert = bad_certificate;
      }
    });
  };
}

void missing_certificate_flagged(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered_handshake(of, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_CERTIFICATE && told.verify_flags == 0) {
        told.verify_flags = UNITLS_VERIFY_OTHER;
      }
    });
  };
}

void protocol_alert_misnamed(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered_handshake(of, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_PROTOCOL && told.alert == no_application_protocol) {
        told.alert = handshake_failure;
      }
    });
  };
}

void peers_alert_unnamed(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered_handshake(of, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_ALERT) {
        told.alert = 0;
      }
    });
  };
}

void peers_alert_as_protocol_error(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    return altered_read(of, buffer, size, done, err, [](unitls_status &status, unitls_error &) {
      status = status == UNITLS_E_ALERT ? unitls_status{UNITLS_E_PROTOCOL} : status;
    });
  };
}

void flags_without_rejection(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered_handshake(of, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_ALERT) {
        told.verify_flags = UNITLS_VERIFY_OTHER;
      }
    });
  };
}

void flags_in_message(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered_handshake(of, err, [](unitls_status status, unitls_error &told) {
      if (status == UNITLS_E_CERTIFICATE) {
        std::snprintf(told.message, sizeof told.message, "the certificate is bad (verify: bad)");
      }
    });
  };
}

} // namespace unitls::mutants::lies
