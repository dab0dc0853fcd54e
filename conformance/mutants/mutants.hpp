// All mutants: what each is called, what it breaks and how.
#pragma once

#include <span>
#include <string_view>

#include "parts.hpp"

namespace unitls::mutants {

struct mutant {
  const char *name;
  // What it breaks: every case that it fails must name one of them. Separated by blanks.
  const char *clauses;
  const char *sentence;
  // Makes honest parts lie; NULL for a lie of the file, unitls-mutant-NAME.so.
  void (*change)(parts &);
  // What a host says that refuses to load it; empty when it can be loaded.
  const char *refusal = "";
};

std::span<const mutant> all_mutants() noexcept;

// One that UNITLS_MUTANT can name; NULL for any other name.
const mutant *find_mutant(std::string_view name) noexcept;

} // namespace unitls::mutants
