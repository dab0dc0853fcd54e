// Lies about a session's states, its data and its end: U-06, U-07, U-11, U-20, U-21 to U-26, U-28, U-30 to U-34.
#include <cstdlib>
#include <cstring>
#include <utility>

#include <unistd.h>

#include <unitls/plugin/error.hpp>

#include "honest.hpp"
#include "lies.hpp"
#include "requests.hpp"

namespace unitls::mutants::lies {
namespace {

void send_one_byte(const session &of) {
  constexpr std::uint8_t byte = 0;
  of.outer->send(of.outer->user, &byte, sizeof byte);
}

// As much of `told` as the caller's struct has room for.
void put_info(unitls_info &info, const unitls_info &told) {
  constexpr std::size_t header = sizeof info.struct_size;
  const std::size_t size = info.struct_size < sizeof told ? info.struct_size : sizeof told;
  std::memcpy(reinterpret_cast<char *>(&info) + header, reinterpret_cast<const char *>(&told) + header,
              size - header);
}

unitls_info whole_info(const unitls_backend_session *of) {
  unitls_info told{};
  told.struct_size = sizeof told;
  honest::info(of, &told);
  return told;
}

// The process that opened the plugin.
pid_t opener = 0;

} // namespace

void useless_after_fork(parts &changed) {
  opener = ::getpid();
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    if (::getpid() != opener) {
      *made = nullptr;
      return plugin::fail(err, UNITLS_E_STATE, {}, "a context does not work in a forked child");
    }
    return honest::session_create(of, config, transport, made, err);
  };
}

void crashes_without_error(parts &changed) {
  changed.table.shutdown = [](unitls_backend_session *of, unitls_error *err) {
    const unitls_status status = honest::shutdown(of, err);
    if (err == nullptr) {
      std::abort();
    }
    return status;
  };
}

void crashes_in_destroy(parts &changed) {
  changed.table.session_destroy = [](unitls_backend_session *of) {
    if (of != nullptr && honest::pending(of) != 0) {
      std::abort();
    }
    honest::session_destroy(of);
  };
}

void speaks_in_destroy(parts &changed) {
  changed.table.session_destroy = [](unitls_backend_session *of) {
    if (of != nullptr && as_session(of).is_open && !as_session(of).is_shut && !as_session(of).has_failed) {
      honest::shutdown(of, nullptr);
    }
    honest::session_destroy(of);
  };
}

void done_unwritten(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    std::size_t written = 0;
    const unitls_status status = honest::read(of, buffer, size, &written, err);
    if (status != UNITLS_E_STATE && status != UNITLS_E_INVALID) {
      *done = written;
    }
    return status;
  };
}

void hangs_in_empty_read(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    while (size == 0) {
      ::pause();
    }
    return honest::read(of, buffer, size, done, err);
  };
}

void hoards_in_empty_read(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    static void *newest = nullptr;
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    while (size == 0) {
      auto *const block = static_cast<void **>(std::malloc(mebibyte));
      if (block == nullptr) {
        std::abort();
      }
      *block = std::exchange(newest, block); // each leads to the one before it: none is lost, all are kept
    }
    return honest::read(of, buffer, size, done, err);
  };
}

void empty_read_allowed(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    if (size == 0) {
      *done = 0;
      return unitls_status{UNITLS_OK};
    }
    return honest::read(of, buffer, size, done, err);
  };
}

void empty_write_refused(parts &changed) {
  changed.table.write = [](unitls_backend_session *of, const std::uint8_t *data, std::size_t size,
                           std::size_t *done, unitls_error *err) {
    if (size == 0) {
      *done = 0;
      return plugin::fail(err, UNITLS_E_INVALID, "size", "nothing to write");
    }
    return honest::write(of, data, size, done, err);
  };
}

void wants_before_asking(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    session &self = as_session(of);
    if (self.is_open && !self.has_failed && size != 0 && self.count++ == 1) {
      *done = 0;
      return unitls_status{UNITLS_WANT_READ};
    }
    return honest::read(of, buffer, size, done, err);
  };
}

void wants_to_write(parts &changed) {
  changed.table.write = [](unitls_backend_session *of, const std::uint8_t *data, std::size_t size,
                           std::size_t *done, unitls_error *err) {
    session &self = as_session(of);
    if (self.is_open && !self.is_shut && !self.has_failed && size != 0 && self.count++ == 0) {
      *done = 0;
      return unitls_status{UNITLS_WANT_WRITE};
    }
    return honest::write(of, data, size, done, err);
  };
}

void empty_read_shown(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    const unitls_status status = honest::read(of, buffer, size, done, err);
    return status == UNITLS_WANT_READ && as_session(of).count++ == 0 ? unitls_status{UNITLS_OK} : status;
  };
}

void end_as_close(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    return altered(
        err, [&](unitls_error *told) { return honest::read(of, buffer, size, done, told); },
        [](unitls_status &status, unitls_error &) {
          status = status == UNITLS_E_TRUNCATED ? unitls_status{UNITLS_CLOSED} : status;
        });
  };
}

void end_as_protocol_error(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    return altered(
        err, [&](unitls_error *told) { return honest::handshake(of, told); },
        [](unitls_status &status, unitls_error &) {
          status = status == UNITLS_E_TRUNCATED ? unitls_status{UNITLS_E_PROTOCOL} : status;
        });
  };
}

void closed_once(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    const unitls_status status = honest::read(of, buffer, size, done, err);
    return status == UNITLS_CLOSED && as_session(of).count++ != 0
               ? plugin::fail(err, UNITLS_E_STATE, {}, "the peer has closed")
               : status;
  };
}

void written_after_shutdown(parts &changed) {
  changed.table.write = [](unitls_backend_session *of, const std::uint8_t *data, std::size_t size,
                           std::size_t *done, unitls_error *err) {
    return altered(
        err, [&](unitls_error *told) { return honest::write(of, data, size, done, told); },
        [&](unitls_status &status, unitls_error &) {
          if (status == UNITLS_E_STATE && as_session(of).is_shut) {
            *done = size;
            status = UNITLS_OK;
          }
        });
  };
}

void failure_forgotten(parts &changed) {
  changed.table.write = [](unitls_backend_session *of, const std::uint8_t *data, std::size_t size,
                           std::size_t *done, unitls_error *err) {
    const bool had_failed = as_session(of).has_failed;
    return altered(
        err, [&](unitls_error *told) { return honest::write(of, data, size, done, told); },
        [&](unitls_status &status, unitls_error &) {
          status = had_failed ? unitls_status{UNITLS_E_STATE} : status;
        });
  };
}

void alert_forgotten(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    const bool had_failed = as_session(of).has_failed;
    return altered(
        err, [&](unitls_error *told) { return honest::handshake(of, told); },
        [&](unitls_status, unitls_error &told) {
          if (had_failed) {
            told.alert = 0;
            told.alert_direction = UNITLS_ALERT_NONE;
          }
        });
  };
}

void certificates_forgotten(parts &changed) {
  changed.table.peer_certificates = [](const unitls_backend_session *of, unitls_bytes_sink sink, void *user) {
    return as_session(of).has_failed ? unitls_status{UNITLS_OK} : honest::peer_certificates(of, sink, user);
  };
}

void info_forgotten(parts &changed) {
  changed.table.info = [](const unitls_backend_session *of, unitls_info *info) {
    if (as_session(of).has_failed) {
      put_info(*info, unitls_info{});
      return unitls_status{UNITLS_OK};
    }
    return honest::info(of, info);
  };
}

void info_too_early(parts &changed) {
  changed.table.info = [](const unitls_backend_session *of, unitls_info *info) {
    unitls_info told = whole_info(of);
    if (!as_session(of).is_open && !as_session(of).has_failed) {
      told.version = UNITLS_TLS_1_3;
    }
    put_info(*info, told);
    return unitls_status{UNITLS_OK};
  };
}

void other_suite_told(parts &changed) {
  changed.table.info = [](const unitls_backend_session *of, unitls_info *info) {
    unitls_info told = whole_info(of);
    if (!as_session(of).of->is_client && told.cipher_suite != 0) {
      told.cipher_suite ^= 1;
    }
    put_info(*info, told);
    return unitls_status{UNITLS_OK};
  };
}

void info_overrun(parts &changed) {
  changed.table.info = [](const unitls_backend_session *of, unitls_info *info) {
    unitls_info told = whole_info(of);
    told.struct_size = info->struct_size;
    std::memcpy(static_cast<void *>(info), &told, sizeof told);
    return unitls_status{UNITLS_OK};
  };
}

void closes_twice(parts &changed) {
  changed.table.shutdown = [](unitls_backend_session *of, unitls_error *err) {
    const bool was_shut = as_session(of).is_shut;
    const unitls_status status = honest::shutdown(of, err);
    if (was_shut && status == UNITLS_OK) {
      send_one_byte(as_session(of));
    }
    return status;
  };
}

void shutdown_ends_reading(parts &changed) {
  changed.table.read = [](unitls_backend_session *of, std::uint8_t *buffer, std::size_t size,
                          std::size_t *done, unitls_error *err) {
    if (as_session(of).is_shut && !as_session(of).has_failed && size != 0) {
      *done = 0;
      return unitls_status{UNITLS_CLOSED};
    }
    return honest::read(of, buffer, size, done, err);
  };
}

void speaks_after_failure(parts &changed) {
  changed.table.shutdown = [](unitls_backend_session *of, unitls_error *err) {
    if (as_session(of).transport_has_failed) {
      send_one_byte(as_session(of));
    }
    return honest::shutdown(of, err);
  };
}

void great_write_loses_byte(parts &changed) {
  changed.table.write = [](unitls_backend_session *of, const std::uint8_t *data, std::size_t size,
                           std::size_t *done, unitls_error *err) {
    constexpr std::size_t mebibyte = std::size_t{1} << 20;
    const std::size_t lost = size >= mebibyte ? 1 : 0;
    const unitls_status status = honest::write(of, data + lost, size - lost, done, err);
    *done += status == UNITLS_OK ? lost : 0;
    return status;
  };
}

void pending_too_great(parts &changed) {
  changed.table.pending = [](const unitls_backend_session *of) {
    const std::size_t size = honest::pending(of);
    return size == 0 ? size : size + 1;
  };
}

void pending_untold(parts &changed) {
  changed.table.pending = [](const unitls_backend_session *) { return std::size_t{0}; };
}

} // namespace unitls::mutants::lies
