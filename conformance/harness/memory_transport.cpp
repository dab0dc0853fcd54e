#include "memory_transport.hpp"

#include <algorithm>

namespace unitls::conformance {

memory_transport::memory_transport(wire &in, wire &out) : in_(in), out_(out) {
  native_.struct_size = sizeof native_;
  native_.user = this;
  native_.recv = recv;
  native_.send = send;
}

void memory_transport::begin_call() noexcept {
  allowed_ = true;
  said_want_read_ = false;
}

void memory_transport::note_call() noexcept {
  called_outside_ = called_outside_ || !allowed_;
  called_after_failure_ = called_after_failure_ || failed_;
}

unitls_status memory_transport::give(std::uint8_t *buffer, std::size_t size, std::size_t *done) {
  const std::size_t call = recv_calls_++;
  if (plan.fail_recv == call) {
    failed_ = true;
    return plan.failure;
  }
  const std::size_t before_end = plan.end_after - std::min(plan.end_after, received_);
  if (before_end == 0 || (in_.ended && in_.waiting() == 0)) {
    return UNITLS_EOF;
  }
  const bool keeps_waiting =
      plan.want_read_at == call ||
      (plan.want_read_every != 0 && call % plan.want_read_every == plan.want_read_every - 1);
  if (keeps_waiting || in_.waiting() == 0) {
    said_want_read_ = true;
    return UNITLS_WANT_READ;
  }
  *done = std::min({size, in_.waiting(), plan.most_per_recv, before_end});
  std::copy_n(in_.sent.begin() + static_cast<std::ptrdiff_t>(in_.taken), *done, buffer);
  in_.taken += *done;
  received_ += *done;
  return UNITLS_OK;
}

unitls_status memory_transport::recv(void *user, std::uint8_t *buffer, std::size_t size, std::size_t *done) {
  auto &self = *static_cast<memory_transport *>(user);
  self.note_call();
  *done = 0;
  return self.give(buffer, size, done);
}

unitls_status memory_transport::send(void *user, const std::uint8_t *data, std::size_t size) {
  auto &self = *static_cast<memory_transport *>(user);
  self.note_call();
  if (self.plan.fail_send == self.send_calls_++) {
    self.failed_ = true;
    return self.plan.failure;
  }
  self.out_.sent.insert(self.out_.sent.end(), data, data + size);
  return UNITLS_OK;
}

std::vector<record> records_of(const wire &sent, std::size_t from) {
  constexpr std::size_t header = 5;
  std::vector<record> records;
  const auto byte = [&](std::size_t at) { return sent.sent[at]; };
  while (from + header <= sent.sent.size()) {
    const auto size = static_cast<std::size_t>(byte(from + 3) << 8 | byte(from + 4));
    if (from + header + size > sent.sent.size()) {
      break;
    }
    const auto begin = sent.sent.begin() + static_cast<std::ptrdiff_t>(from + header);
    records.push_back({byte(from),
                       static_cast<std::uint16_t>(byte(from + 1) << 8 | byte(from + 2)),
                       {begin, begin + static_cast<std::ptrdiff_t>(size)}});
    from += header + size;
  }
  return records;
}

} // namespace unitls::conformance
