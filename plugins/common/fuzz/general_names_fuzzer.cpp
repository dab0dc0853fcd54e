// Lists of names, and Names. The first octet chooses: odd for subtrees, even for names; the rest is the content.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "../tests/der_writer.hpp"
#include "fuzz.hpp"

#include <unitls/plugin/general_names.hpp>

namespace {

using namespace unitls::plugin;
using unitls::fuzz::is_inside;
using unitls::fuzz::require;
using unitls::test::blob;

bool is_constructed(name_form form) {
  return form == name_form::other_name || form == name_form::x400_address ||
         form == name_form::directory_name || form == name_form::edi_party_name;
}

blob write(const general_name &name) {
  const auto number = static_cast<uint8_t>(name.form);
  const uint8_t tag = is_constructed(name.form) ? der::context_constructed(number) : der::context(number);
  return unitls::test::tlv(tag, blob(name.value.begin(), name.value.end()));
}

void check_list(const general_names &names, bytes content, bool in_subtrees) {
  blob written;
  size_t count = 0;
  for (const general_name name : names) {
    require(is_inside(name.value, content), "a name is a view into the list");
    require(name.form != name_form::directory_name || is_distinguished_name(name.value),
            "a directory name is a Name");
    const blob again = in_subtrees ? unitls::test::sequence({write(name)}) : write(name);
    written.insert(written.end(), again.begin(), again.end());
    ++count;
  }
  require(count != 0 && count == names.size(), "a list has as many names as it says");
  require(equal(written, content), "a list is the same written again");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  const bytes content = bytes(data, size).subspan(1);
  const bool in_subtrees = data[0] % 2 != 0;
  const auto names = in_subtrees ? general_names::of_subtrees(content) : general_names::of_names(content);
  if (names)
    check_list(*names, content, in_subtrees);
  const bytes common_name = common_name_of(content);
  require(is_inside(common_name, content), "a common name is a view into the Name");
  require(!is_distinguished_name(content) || der::only_sequence(content), "a Name is one sequence");
  return 0;
}
