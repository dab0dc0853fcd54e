// What people read about a refused certificate: flags (8 octets), time (8 octets), then chunks with the
// subject, the issuer, a dNSName and the reference name.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "../tests/der_writer.hpp"
#include "fuzz.hpp"

#include <unitls/plugin/verdict_text.hpp>

#include <algorithm>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::require;
using unitls::test::blob;

constexpr std::string_view cut = "...";

void check_escape(std::string_view text, size_t limit) {
  const std::string escaped = escape(text, limit);
  require(unitls::fuzz::is_printable_ascii(escaped), "an escaped name is printable ASCII");
  require(escaped.size() <= std::max(limit, cut.size()), "an escaped name has at most `limit` characters");
  const bool plain =
      unitls::fuzz::is_printable_ascii(text) && text.find_first_of("\"\\") == std::string::npos;
  require(!plain || text.size() > limit || escaped == text, "a harmless name stays as it is");
  const size_t quote = escaped.find('"');
  require(quote == std::string::npos || (quote > 0 && escaped[quote - 1] == '\\'), "a quote is escaped");
}

void check_sentence(const refusal &what) {
  const std::string sentence = describe(what);
  require(!sentence.empty() && sentence.size() < UNITLS_ERROR_MESSAGE_SIZE, "a sentence fits error.message");
  require(unitls::fuzz::is_printable_ascii(sentence), "a sentence is printable ASCII");
}

// A list of the flags that are set, one at a time.
void check_flags(unitls_verify_flags flags) {
  for (unitls_verify_flags rest = flags; rest != 0;) {
    const unitls_verify_flags first = first_flag(rest);
    require((first & (first - 1)) == 0 && first != 0, "the first flag is one flag");
    require(alert_for(rest) == alert_for(first), "the first flag decides about the alert");
    rest = (rest & first) != 0 ? rest & ~first : 0;
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unitls::fuzz::splitter input({data, size});
  const auto flags = input.number<unitls_verify_flags>();
  const auto time = input.number<int64_t>();
  unitls::test::certificate_plan plan;
  plan.subject = as_text(input.chunk());
  check_escape(plan.subject, size % 80);
  plan.issuer = as_text(input.chunk());
  if (const std::string_view name = as_text(input.chunk()); !name.empty())
    plan.names = {unitls::test::dns_entry(name)};
  const auto reference = reference_name::parse(as_text(input.chunk()));
  std::vector<reference_name> names;
  if (reference)
    names.assign(2, *reference);
  const std::vector<blob> chain{unitls::test::make_certificate(plan), {0x30, 0x00}};
  const std::vector<unitls_bytes> path{lend(chain[0])};
  const presented_chain presented(std::vector<unitls_bytes>{lend(chain[0]), lend(chain[1])});
  check_flags(flags);
  check_sentence({flags, path, &presented, time, names});
  check_sentence({flags, {}, &presented, time, names});
  check_sentence({flags, {}, nullptr, time, {}});
  return 0;
}
