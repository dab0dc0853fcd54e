#include "address.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <csignal>
#include <netdb.h>
#include <netinet/in.h>

#include "monotonic.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

struct answer {
  int code = 0;
  int system_error = 0;
  std::vector<address> addresses;
};

struct free_addresses {
  void operator()(addrinfo *list) const noexcept { freeaddrinfo(list); }
};

answer ask(const std::string &host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo *found = nullptr;
  answer result;
  result.code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  result.system_error = errno;
  const std::unique_ptr<addrinfo, free_addresses> owned(result.code == 0 ? found : nullptr);
  for (const addrinfo *item = owned.get(); item != nullptr; item = item->ai_next) {
    address entry;
    entry.size = item->ai_addrlen;
    std::memcpy(&entry.storage, item->ai_addr, item->ai_addrlen);
    result.addresses.push_back(entry);
  }
  return result;
}

// What the resolver's thread and the one that waits for it share; whoever is last frees it.
struct question {
  std::mutex mutex;
  std::condition_variable answered;
  bool is_answered = false;
  answer result;
};

void answer_question(const std::shared_ptr<question> &asked, const std::string &host,
                     std::uint16_t port) noexcept {
  answer result;
  try {
    result = ask(host, port, 0);
  } catch (...) {
    result.code = EAI_MEMORY;
  }
  const std::lock_guard lock(asked->mutex);
  asked->result = std::move(result);
  asked->is_answered = true;
  asked->answered.notify_all();
}

// The program's signal handlers must not run on a thread that it does not know.
class signals_blocked {
public:
  signals_blocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_blocked(const signals_blocked &) = delete;
  signals_blocked &operator=(const signals_blocked &) = delete;

private:
  sigset_t before_{};
};

// getaddrinfo cannot be interrupted: it gets a thread of its own, which is left behind when it takes too long.
answer ask_until(const std::string &host, std::uint16_t port, std::int64_t deadline, std::int64_t wait) {
  const auto asked = std::make_shared<question>();
  {
    const signals_blocked blocked;
    std::thread(answer_question, asked, host, port).detach();
  }
  const std::chrono::steady_clock::time_point until{std::chrono::nanoseconds(deadline)};
  std::unique_lock lock(asked->mutex);
  const auto is_answered = [&asked] { return asked->is_answered; };
  if (deadline == for_ever) {
    asked->answered.wait(lock, is_answered);
  } else if (!asked->answered.wait_until(lock, until, is_answered)) {
    throw refusal("the name " + printable(host) + " was not resolved within " + duration_text(wait),
                  UNITLS_E_TIMEOUT);
  }
  return std::move(asked->result);
}

} // namespace

std::string address::text() const {
  char buffer[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in *>(&storage)->sin_addr, buffer, sizeof buffer);
  } else {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6 *>(&storage)->sin6_addr, buffer, sizeof buffer);
  }
  return buffer;
}

bool is_ip_address(const std::string &host) noexcept {
  in6_addr room;
  return inet_pton(AF_INET, host.c_str(), &room) == 1 || inet_pton(AF_INET6, host.c_str(), &room) == 1;
}

std::vector<address> resolve(const std::string &host, std::uint16_t port, std::int64_t deadline,
                             std::int64_t wait) {
  answer result =
      is_ip_address(host) ? ask(host, port, AI_NUMERICHOST) : ask_until(host, port, deadline, wait);
  if (result.code == EAI_MEMORY) {
    throw std::bad_alloc();
  }
  if (result.code != 0) {
    const std::string reason = result.code == EAI_SYSTEM
                                   ? std::generic_category().message(result.system_error)
                                   : gai_strerror(result.code);
    throw refusal("the name " + printable(host) + " cannot be resolved: " + reason, UNITLS_E_TRANSPORT);
  }
  return std::move(result.addresses);
}

} // namespace unitls::loader
