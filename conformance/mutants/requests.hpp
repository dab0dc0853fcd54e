// Requests and errors on their way through the wrapper.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

#include <unitls/backend.h>
#include <unitls/plugin/error.hpp>

namespace unitls::mutants {

// A copy of a request that can be changed, its unknown tail included. A request that is too small to be one, or far too
// great, is not copied: it goes on as it is, to be refused.
template <class Request>
class changed_request {
public:
  explicit changed_request(const Request *from) : native_(from) {
    constexpr std::size_t most = 4096;
    if (from == nullptr || from->struct_size < sizeof *from || from->struct_size > most) {
      return;
    }
    bytes_ = std::make_unique<std::byte[]>(from->struct_size);
    std::memcpy(bytes_.get(), from, from->struct_size);
    native_ = get();
  }

  // NULL when it cannot be changed.
  Request *get() noexcept {
    return bytes_ == nullptr ? nullptr : std::launder(reinterpret_cast<Request *>(bytes_.get()));
  }
  const Request *native() const noexcept { return native_; }

private:
  std::unique_ptr<std::byte[]> bytes_;
  const Request *native_;
};

inline unitls_error no_error() noexcept {
  unitls_error error{};
  error.struct_size = sizeof error;
  return error;
}

// Makes a call and lets `change` turn its status and its error into others before the caller sees them.
template <class Call, class Change>
unitls_status altered(unitls_error *err, Call call, Change change) {
  unitls_error told = no_error();
  unitls_status status = call(&told);
  change(status, told);
  if (status < 0) {
    told.status = status;
    plugin::report(err, told);
  }
  return status;
}

template <class Config>
using create_function = unitls_status(UNITLS_CALL *)(const unitls_backend *, const Config *,
                                                     unitls_backend_context **, unitls_error *);

// Creates with a configuration that was changed on the way.
template <class Config, class Change>
unitls_status create_changed(create_function<Config> create, const Config *config,
                             unitls_backend_context **made, unitls_error *err, Change change) {
  *made = nullptr;
  return plugin::guarded(err, [&] {
    changed_request<Config> request(config);
    if (Config *const own = request.get(); own != nullptr) {
      change(*own);
    }
    return create(nullptr, request.native(), made, err);
  });
}

} // namespace unitls::mutants
