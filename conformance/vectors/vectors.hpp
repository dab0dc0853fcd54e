// The vectors as they are compiled in: chains.json and the matrix of names (plugins/common/tests/name-matrix.txt).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <unitls/types.h>

namespace unitls::conformance {

// A chain for a TLS server's certificate; no name is asked for. All in DER, also where it is malformed.
struct chain_vector {
  std::string_view id;
  std::string_view description;
  std::int64_t time = 0;
  std::span<const unitls_bytes> chain; // leaf first
  std::span<const unitls_bytes> store;
  std::span<const unitls_bytes> crls;
  bool crls_asked = false;
  unitls_verify_flags expected = 0;
};

std::span<const chain_vector> chain_vectors();

// A row of the matrix; its head says what the verbs and entries are.
struct name_row {
  std::size_t line = 0;
  std::string_view verb;
  std::string_view subject;
  std::string_view rest;                     // what follows the subject, without entries
  std::span<const std::string_view> entries; // of match and differ: "dns:www.example.com"
};

std::span<const name_row> name_rows();

} // namespace unitls::conformance
