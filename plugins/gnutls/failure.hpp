// GnuTLS's complaints in the common vocabulary.
//
// Every call answers with its own code: there is no queue to mark, to empty or to be confused by.
#pragma once

#include <cstdint>
#include <string>

#include <unitls/plugin/error.hpp>

namespace unitls::gnutls {

// Throws the failure of a call as an error of a configuration; std::bad_alloc when GnuTLS ran out of memory.
[[noreturn]] void throw_failure(unitls_status status, const std::string &field, const char *what, int code);

// Puts the failure of a session's call into words.
void explain_failure(int code, unitls_error &error) noexcept;

// The fatal alert that belongs to a failure: GnuTLS sends none by itself.
std::uint32_t alert_for_failure(int code) noexcept;

} // namespace unitls::gnutls
