// AlgorithmIdentifier (RFC 5280, 4.1.1.2).
#pragma once

#include <optional>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin {

struct algorithm_identifier {
  bytes oid; // content, not empty
  std::optional<der::element> parameters;
};

// Reads all of `fields`, the content of the SEQUENCE. Empty: malformed.
std::optional<algorithm_identifier> read_algorithm_fields(der::reader fields) noexcept;

// The same with identifier and length.
std::optional<algorithm_identifier> read_algorithm(bytes input) noexcept;

} // namespace unitls::plugin
