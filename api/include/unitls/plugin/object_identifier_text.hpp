// Object identifiers as people write them.
#pragma once

#include <string>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin {

// Content of an OBJECT IDENTIFIER in dots: "1.2.840.113549.1.1.11". Empty when it is malformed, has more than 64
// octets, or an arc of more than 32 bits. May throw std::bad_alloc.
std::string object_identifier_text(bytes content);

} // namespace unitls::plugin
