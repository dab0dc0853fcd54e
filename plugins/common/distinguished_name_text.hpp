// Names as text (RFC 4514).
#pragma once

#include <cstddef>
#include <string>

#include <unitls/plugin/der.hpp>

namespace unitls::plugin {

// What stands in the text as itself: the rest is escaped in hexadecimal.
enum class text_repertoire : unsigned char { printable_ascii, printable_unicode };

// A text that is longer is cut and ends in "...".
inline constexpr std::size_t distinguished_name_text_max = 4096;

// A Name with identifier and length, its last part first: "CN=example.org,O=Example". Types without a short name are
// written in dots; their values, and values of no string type, in hexadecimal. May throw std::bad_alloc.
std::string distinguished_name_text(bytes name, text_repertoire repertoire);

} // namespace unitls::plugin
