#include "context.hpp"

namespace unitls::gnutls {

// GnuTLS calls a lack of memory by many names, "element was not found" among them. What works when it is
// tried again failed for that.
context::context(plugin::configuration config) : config_(std::move(config)) {
  try {
    apply();
  } catch (const plugin::error &) {
    apply();
    throw std::bad_alloc();
  }
  apply_protocols();
  config_.identities.clear(); // GnuTLS has its own copy; ours is wiped
}

void context::apply() {
  parameters_ = parameters(config_);
  identities_ = identities(config_);
}

void context::apply_protocols() {
  for (std::string &name : config_.alpn) {
    protocols_.push_back(
        {reinterpret_cast<unsigned char *>(name.data()), static_cast<unsigned>(name.size())});
  }
}

} // namespace unitls::gnutls
