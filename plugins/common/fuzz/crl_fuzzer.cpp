// The reader of revocation lists.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "fuzz.hpp"

#include <unitls/plugin/crl.hpp>
#include <unitls/plugin/general_names.hpp>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::is_inside;
using unitls::fuzz::require;

void check_entries(const revocation_list &list) {
  der::reader entries(list.entries);
  while (const std::optional<der::element> entry = entries.next()) {
    const std::optional<der::element> serial = der::reader(entry->content).next(der::tag_integer);
    require(serial && der::is_integer(serial->content), "an entry begins with a serial number");
    require(list.lists(serial->content), "a list lists its entries");
  }
  require(entries.at_end(), "entries are well formed to the last");
  require(!list.lists({}), "no certificate without a serial number is listed");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const bytes input(data, size);
  const std::optional<revocation_list> list = revocation_list::parse(input);
  if (!list)
    return 0;
  for (const bytes part :
       {list->tbs, list->issuer, list->signature_algorithm, list->signature, list->entries})
    require(is_inside(part, input), "a field is a view into the list");
  require(is_distinguished_name(list->issuer), "an issuer is a Name");
  require(!revocation_list::parse(input.first(size - 1)), "a list that is cut short is refused");
  check_entries(*list);
  return 0;
}
