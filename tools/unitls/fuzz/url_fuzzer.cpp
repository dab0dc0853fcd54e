// URLs: from the command line (the first line), and from the Location of an answer (the second).
#include "../url.hpp"
#include "fuzz.hpp"

#include "../failure.hpp"

namespace {

using namespace unitls::tool;
using unitls::fuzz::require;

std::optional<url> parsed(std::string_view text) {
  try {
    return url::parse(text);
  } catch (const failure &reason) {
    require(reason.code() == exit_code::wrong_input, "what is no URL is the caller's mistake");
    return std::nullopt;
  }
}

bool same(const url &left, const url &right) {
  return left.host == right.host && left.port == right.port && left.target == right.target;
}

// Both go into a request line by line: nothing in them may end a line or a word.
void check_parts(const url &read) {
  require(!read.host.empty() && read.target.starts_with('/'), "a URL has a host and a path");
  for (const std::string &part : {read.host_header(), read.target}) {
    require(unitls::fuzz::is_printable_ascii(part) && part.find(' ') == std::string::npos,
            "a URL cannot add to a request");
  }
  const auto again = parsed(read.text());
  require(again && same(*again, read), "a URL is the same written again");
}

void check_location(const url &base, std::string_view location) {
  try {
    const url target = base.resolve(location);
    check_parts(target);
    const bool is_path = location.starts_with('/') && !location.starts_with("//");
    require(!is_path || (target.host == base.host && target.port == base.port),
            "a path leads to the same host");
  } catch (const failure &) {
    require(!location.starts_with("/") || location.starts_with("//") ||
                !unitls::fuzz::is_printable_ascii(location) || location.find(' ') != std::string_view::npos,
            "a path is understood");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  unitls::fuzz::splitter input({data, size});
  const auto base = parsed(input.line());
  if (!base) {
    return 0;
  }
  check_parts(*base);
  check_location(*base, input.line());
  return 0;
}
