#include "../url.hpp"

#include <doctest/doctest.h>

#include "../failure.hpp"

using namespace unitls::tool;

namespace {

std::string complaint(std::string_view text) {
  try {
    url::parse(text);
  } catch (const failure &reason) {
    return reason.what();
  }
  return "";
}

std::string resolved(std::string_view base, std::string_view location) {
  return url::parse(base).resolve(location).text();
}

} // namespace

TEST_CASE("a URL has a host, a port and a target") {
  const url read = url::parse("HTTPS://www.example:8443/a?b#c");
  CHECK(read.host == "www.example");
  CHECK(read.port == 8443);
  CHECK(read.target == "/a?b");
  CHECK(url::parse("https://[2001:db8::7]").text() == "https://[2001:db8::7]/");
}

TEST_CASE("brackets enclose an IPv6 address and nothing else") {
  const std::string reason = " has a bracket that does not enclose an IPv6 address";
  CHECK(complaint("https://[[::1]/") == "\"[[::1]\"" + reason);
  CHECK(complaint("https://a]/") == "\"a]\"" + reason);
}

TEST_CASE("a location is seen from the URL that answered with it") {
  CHECK(resolved("https://a/b/c?d", "e") == "https://a/b/e");
  CHECK(resolved("https://a/b/c?d", "?e") == "https://a/b/c?e");
  CHECK(resolved("https://a:8443/b", "/c") == "https://a:8443/c");
  CHECK(resolved("https://a/b", "//c/d") == "https://c/d");
  CHECK(resolved("https://a/b", "https://c/d") == "https://c/d");
}

TEST_CASE("a URL in the query of a location does not make it absolute") {
  CHECK(resolved("https://a/b", "/login?next=https://c/d") == "https://a/login?next=https://c/d");
  CHECK(resolved("https://a/b", "?next=https://c/d") == "https://a/b?next=https://c/d");
}

TEST_CASE("a location without TLS is refused") {
  CHECK_THROWS_AS(resolved("https://a/b", "http://c/d"), failure);
  CHECK_THROWS_AS(resolved("https://a/b", "ftp:c"), failure);
}
