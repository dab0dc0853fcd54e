// A REQUEST that came in, as the struct that is known here.
#pragma once

#include <string>

#include <unitls/backend.h>

#include "refusal.hpp"

namespace unitls::loader {

// A copy; throws a refusal on "struct_size" when it is too small or has members that are not known. `what` names it in
// the sentence.
template <class Request>
Request known_part(const Request *given, const std::string &what) {
  switch (unitls_check_request(given, sizeof *given, sizeof *given)) {
  case UNITLS_OK:
    break;
  case UNITLS_E_UNSUPPORTED:
    throw refusal("the " + what + " has members that this libunitls does not know", UNITLS_E_UNSUPPORTED,
                  "struct_size");
  default:
    throw refusal("the " + what + "'s struct_size is too small", UNITLS_E_INVALID, "struct_size");
  }
  Request known = *given;
  known.struct_size = sizeof known;
  return known;
}

} // namespace unitls::loader
