#include "verify_callback.hpp"

#include "expect.hpp"

namespace unitls::conformance {
namespace {

std::vector<std::vector<std::uint8_t>> copies_of(const unitls_bytes *certificates, std::size_t count) {
  std::vector<std::vector<std::uint8_t>> copies;
  for (std::size_t i = 0; i < count; ++i) {
    copies.emplace_back(certificates[i].data, certificates[i].data + certificates[i].size);
  }
  return copies;
}

} // namespace

verify_callback::verify_callback() {
  native_.struct_size = sizeof native_;
  native_.user = this;
  native_.verify = verify;
}

unitls_status verify_callback::verify(void *user, const unitls_verify_request *request,
                                      unitls_verify_flags *flags) {
  auto &self = *static_cast<verify_callback *>(user);
  expect("U-55", "the request's size", request->struct_size >= sizeof *request, "that of its struct or more",
         std::to_string(request->struct_size));
  expect_flags("U-55", "*flags as it comes", *flags, 0);
  self.calls_.push_back({request->verify_flags, copies_of(request->chain, request->chain_size),
                         copies_of(request->path, request->path_size), request->session_user,
                         request->purpose});
  *flags = self.flags_;
  return self.answer_;
}

} // namespace unitls::conformance
