// The search for a path. Well-formed certificates in any arrangement, which changed bytes of DER seldom reach:
// the library's behaviour (see library_script), options, then four octets for each certificate: names, key,
// attributes, path length.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "../tests/der_writer.hpp"
#include "fuzz.hpp"
#include "verdict_promises.hpp"

namespace {

using namespace unitls::plugin;
using unitls::test::blob;

enum : uint8_t { trusted = 1, authority = 2, expired = 4, constrained = 8, for_clients = 16, limited = 32 };
enum : uint8_t { option_name = 1 };

// Few enough for thousands of questions in a second.
constexpr size_t certificates_max = 16;
constexpr int64_t now = 1780272000;

std::string name_of(int number) {
  return std::string(1, static_cast<char>('a' + number)) + ".example.com";
}

blob basic_constraints(uint8_t path_length) {
  const blob number = unitls::test::tlv(der::tag_integer, {static_cast<uint8_t>(path_length % 8)});
  return unitls::test::extension(
      {0x55, 0x1d, 0x13}, true,
      unitls::test::sequence({unitls::test::tlv(der::tag_boolean, {0xff}), number}));
}

blob client_auth() {
  const blob oid{0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02};
  return unitls::test::extension({0x55, 0x1d, 0x25}, false,
                                 unitls::test::sequence({unitls::test::tlv(der::tag_oid, oid)}));
}

blob permits_only(int number) {
  const blob subtree = unitls::test::sequence({unitls::test::dns_entry(name_of(number))});
  return unitls::test::extension(
      {0x55, 0x1d, 0x1e}, true,
      unitls::test::sequence({unitls::test::tlv(der::context_constructed(0), subtree)}));
}

blob make(uint8_t names, uint8_t key, uint8_t attributes, uint8_t path_length) {
  unitls::test::certificate_plan plan;
  plan.subject = name_of(names & 0x0f);
  plan.issuer = name_of(names >> 4);
  plan.key = key;
  plan.serial = static_cast<uint8_t>(path_length & 0x7f);
  plan.ca = (attributes & authority) != 0 && (attributes & limited) == 0;
  plan.names = {unitls::test::dns_entry(plan.subject)};
  if ((attributes & expired) != 0)
    plan.not_after = "20210101000000Z";
  if ((attributes & authority) != 0 && (attributes & limited) != 0)
    plan.extensions.push_back(basic_constraints(path_length));
  if ((attributes & constrained) != 0)
    plan.extensions.push_back(permits_only(path_length & 0x0f));
  if ((attributes & for_clients) != 0)
    plan.extensions.push_back(client_auth());
  return unitls::test::make_certificate(plan);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  unitls::fuzz::splitter input({data, size});
  const auto script = unitls::fuzz::library_script::from(input.octet());
  const uint8_t options = input.octet();
  std::vector<blob> sent;
  std::vector<blob> store;
  while (!input.at_end() && sent.size() + store.size() < certificates_max) {
    const uint8_t names = input.octet();
    const uint8_t key = input.octet();
    const uint8_t attributes = input.octet();
    ((attributes & trusted) != 0 ? store : sent).push_back(make(names, key, attributes, input.octet()));
  }
  const auto lend_all = [](const std::vector<blob> &blobs) {
    std::vector<unitls_bytes> lent;
    lent.reserve(blobs.size());
    for (const blob &each : blobs)
      lent.push_back(lend(each));
    return lent;
  };
  const presented_chain presented(lend_all(sent));
  const auto anchors = anchor_store::create(lend_all(store), nullptr);
  const std::vector<reference_name> names{*reference_name::parse("a.example.com")};
  unitls::fuzz::check_verdict({.presented = presented,
                               .anchors = *anchors,
                               .crls = {},
                               .crls_asked = false,
                               .time = now,
                               .peer = purpose::server,
                               .names = names,
                               .check_name = (options & option_name) != 0},
                              script);
  return 0;
}
