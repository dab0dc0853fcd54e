#include <unitls/plugin/configuration.hpp>

#include <algorithm>

namespace unitls::plugin {
namespace {

std::string_view text_of(const char *text) noexcept {
  return text == nullptr ? std::string_view() : text;
}

[[noreturn]] void refuse(unitls_status status, std::string_view field, const char *message) {
  throw error(make_error(status, field, "%s", message));
}

void check_shape(const unitls_session_config &config) {
  const unitls_status status = unitls_check_request(&config, sizeof config, sizeof config);
  if (status == UNITLS_E_INVALID) {
    refuse(status, "struct_size", "smaller than the struct's first version");
  }
  if (status != UNITLS_OK) {
    refuse(status, "struct_size", "members that this backend does not know are set");
  }
  if (config.flags != 0) {
    refuse(UNITLS_E_UNSUPPORTED, "flags", "unknown bits are set");
  }
}

void check_server(const unitls_session_config &config) {
  if (config.server_name != nullptr) {
    refuse(UNITLS_E_INVALID, "server_name", "a server's session has no names");
  }
  if (config.reference_name_count != 0) {
    refuse(UNITLS_E_INVALID, "reference_names", "a server's session has no names");
  }
}

void check_client(const unitls_session_config &config, verification verify) {
  const std::string_view name = text_of(config.server_name);
  if (config.server_name != nullptr && !is_valid_server_name(name)) {
    throw error(make_error(UNITLS_E_INVALID, "server_name", "\"%.*s\" is no DNS name that can be sent as SNI",
                           static_cast<int>(std::min<std::size_t>(name.size(), 100)), name.data()));
  }
  if (config.reference_name_count != 0 && config.reference_names == nullptr) {
    refuse(UNITLS_E_INVALID, "reference_names", "is NULL although its count is not 0");
  }
  if (config.reference_name_count == 0 && verify == verification::full) {
    refuse(UNITLS_E_INVALID, "reference_names", "a client that verifies needs at least one name");
  }
  if (config.reference_name_count > UNITLS_REFERENCE_NAMES_MAX) {
    refuse(UNITLS_E_INVALID, "reference_names", "more than 8 names");
  }
}

reference_name parse_reference(std::string_view name, std::size_t index) {
  std::string_view reason;
  const auto parsed = reference_name::parse(name, &reason);
  if (!parsed) {
    throw error(make_error(UNITLS_E_INVALID, "reference_names[" + std::to_string(index) + "]",
                           "\"%.*s\" %.*s", static_cast<int>(std::min<std::size_t>(name.size(), 100)),
                           name.data(), static_cast<int>(reason.size()), reason.data()));
  }
  return *parsed;
}

} // namespace

session_settings::session_settings(const unitls_session_config &config, const configuration &context)
    : user_(config.user) {
  check_shape(config);
  if (context.is_server) {
    check_server(config);
    return;
  }
  check_client(config, context.verify);
  sends_name_ = config.server_name != nullptr;
  const std::span given(config.reference_names, config.reference_name_count);
  std::size_t size = text_of(config.server_name).size() + 1;
  for (const char *name : given) {
    size += text_of(name).size() + 1;
  }
  texts_.reserve(size); // the names are views: the text must not move any more
  texts_.append(text_of(config.server_name)).push_back('\0');
  names_.reserve(given.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::size_t start = texts_.size();
    texts_.append(text_of(given[i])).push_back('\0');
    names_.push_back(parse_reference({texts_.data() + start, texts_.size() - start - 1}, i));
  }
}

} // namespace unitls::plugin
