// Standard error, as text.
#pragma once

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include "scratch_folder.hpp"

namespace unitls::testing {

// What standard error got while the function ran.
template <class Function>
std::string captured(Function function) {
  const scratch_folder folder;
  const std::string file = folder.write("stderr", "");
  std::fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  const int into = open(file.c_str(), O_WRONLY | O_APPEND);
  REQUIRE(saved >= 0);
  REQUIRE(dup2(into, STDERR_FILENO) == STDERR_FILENO);
  function();
  dup2(saved, STDERR_FILENO);
  close(saved);
  close(into);
  std::ifstream text(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(text), {}};
}

} // namespace unitls::testing
