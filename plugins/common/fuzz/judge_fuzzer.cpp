// The evaluator over whatever a peer and an administrator may hand in, with libraries of every behaviour. The input:
// options, time (4 octets), then parts: one octet that says what it is (modulo 4: presented certificate, trusted
// certificate, revocation list, reference name) and a chunk.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fuzz.hpp"
#include "verdict_promises.hpp"

#include <array>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::library_script;
using signatures = library_script::signatures;

constexpr std::array<library_script, 6> behaviours{{
    {signatures::all, true, false},
    {signatures::all, false, false},
    {signatures::some, true, false},
    {signatures::none, true, false},
    {signatures::all, true, true},
    {signatures::none, true, true},
}};

enum : uint8_t { option_client = 1, option_crls = 2, option_name = 4, option_few_abilities = 8 };
enum part : uint8_t { presented_part, trusted_part, crl_part, name_part, part_count };

struct parts {
  std::array<std::vector<bytes>, part_count> of;

  explicit parts(unitls::fuzz::splitter &input) {
    while (!input.at_end()) {
      const uint8_t which = input.octet() % part_count;
      of[which].push_back(input.chunk());
    }
  }

  std::vector<unitls_bytes> certificates(part which) const {
    std::vector<unitls_bytes> lent;
    for (const bytes each : of[which])
      lent.push_back(lend(each));
    return lent;
  }
  std::vector<revocation_list> crls() const {
    std::vector<revocation_list> lists;
    for (const bytes each : of[crl_part]) {
      if (const std::optional<revocation_list> list = revocation_list::parse(each))
        lists.push_back(*list);
    }
    return lists;
  }
  std::vector<reference_name> names() const {
    std::vector<reference_name> references;
    for (const bytes each : of[name_part]) {
      if (const std::optional<reference_name> name = reference_name::parse(as_text(each)))
        references.push_back(*name);
    }
    return references;
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unitls::fuzz::splitter input({data, size});
  const uint8_t options = input.octet();
  const auto time = input.number<uint32_t>();
  const parts all(input);
  const bool able = (options & option_few_abilities) == 0;
  const presented_chain presented(all.certificates(presented_part), {able, able});
  const auto anchors = anchor_store::create(all.certificates(trusted_part), nullptr);
  const std::vector<revocation_list> crls = all.crls();
  const std::vector<reference_name> names = all.names();
  const chain_question question{.presented = presented,
                                .anchors = *anchors,
                                .crls = crls,
                                .crls_asked = (options & option_crls) != 0,
                                .time = time,
                                .peer = (options & option_client) != 0 ? purpose::client : purpose::server,
                                .names = names,
                                .check_name = (options & option_name) != 0};
  for (const library_script &script : behaviours)
    unitls::fuzz::check_verdict(question, script);
  return 0;
}
