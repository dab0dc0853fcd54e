#include "findings.hpp"

namespace unitls::plugin {

const findings &thrown_findings() {
  static const findings found([](const unitls_error &finding) { throw error(finding); });
  return found;
}

} // namespace unitls::plugin
