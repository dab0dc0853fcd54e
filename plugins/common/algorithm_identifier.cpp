#include "algorithm_identifier.hpp"

namespace unitls::plugin {

std::optional<algorithm_identifier> read_algorithm_fields(der::reader fields) noexcept {
  const std::optional<der::element> oid = fields.next(der::tag_oid);
  if (!oid || oid->content.empty()) {
    return std::nullopt;
  }
  algorithm_identifier algorithm{oid->content, std::nullopt};
  if (fields.at_end()) {
    return algorithm;
  }
  algorithm.parameters = fields.next();
  if (!algorithm.parameters || !fields.at_end()) {
    return std::nullopt;
  }
  return algorithm;
}

std::optional<algorithm_identifier> read_algorithm(bytes input) noexcept {
  const std::optional<der::reader> fields = der::only_sequence(input);
  return fields ? read_algorithm_fields(*fields) : std::nullopt;
}

} // namespace unitls::plugin
