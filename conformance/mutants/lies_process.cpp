// Lies about the process, which is the program's: U-06.
#include <array>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "honest.hpp"
#include "lies.hpp"

namespace unitls::mutants::lies {
namespace {

// Until the process may write no more.
void flood_standard_output() {
  static constexpr std::array<char, 65536> zeros{};
  while (::write(STDOUT_FILENO, zeros.data(), zeros.size()) > 0) {
  }
}

void *wait_for_ever(void *) {
  for (;;) {
    ::pause();
  }
}

// With a small stack: as many as a case makes fit into its memory.
void start_thread_for_ever() {
  constexpr std::size_t stack = std::size_t{256} << 10U;
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) {
    return;
  }
  ::pthread_attr_setstacksize(&attributes, stack);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread{};
  ::pthread_create(&thread, &attributes, wait_for_ever, nullptr);
  ::pthread_attr_destroy(&attributes);
}

} // namespace

void exits_at_malformed(parts &changed) {
  changed.read_certificate = [](const unitls_backend *self, const unitls_blob *certificate,
                                unitls_certificate_sink sink, void *user, unitls_error *err) {
    const unitls_status status = honest::read_certificate(self, certificate, sink, user, err);
    if (status == UNITLS_E_INVALID) {
      std::exit(EXIT_SUCCESS); // as if all were done
    }
    return status;
  };
}

void floods_at_malformed(parts &changed) {
  changed.read_certificate = [](const unitls_backend *self, const unitls_blob *certificate,
                                unitls_certificate_sink sink, void *user, unitls_error *err) {
    const unitls_status status = honest::read_certificate(self, certificate, sink, user, err);
    if (status == UNITLS_E_INVALID) {
      flood_standard_output();
    }
    return status;
  };
}

void descriptor_leaked(parts &changed) {
  changed.table.client_context_create = [](const unitls_backend *self, const unitls_client_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    const unitls_status status = honest::client_context_create(self, config, made, err);
    if (status != UNITLS_OK) {
      ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    return status;
  };
}

void thread_leaked(parts &changed) {
  changed.table.server_context_create = [](const unitls_backend *self, const unitls_server_config *config,
                                           unitls_backend_context **made, unitls_error *err) {
    const unitls_status status = honest::server_context_create(self, config, made, err);
    if (status != UNITLS_OK) {
      start_thread_for_ever();
    }
    return status;
  };
}

void umask_changed(parts &changed) {
  changed.table.session_create = [](unitls_backend_context *of, const unitls_session_config *config,
                                    const unitls_transport *transport, unitls_backend_session **made,
                                    unitls_error *err) {
    ::umask(0);
    return honest::session_create(of, config, transport, made, err);
  };
}

void signal_ignored(parts &changed) {
  changed.table.handshake = [](unitls_backend_session *of, unitls_error *err) {
    std::signal(SIGHUP, SIG_IGN);
    return honest::handshake(of, err);
  };
}

} // namespace unitls::mutants::lies
