// The value of UNITLS_BACKEND.
#include "backend_list.hpp"
#include "fuzz.hpp"

#include <algorithm>
#include <set>

#include "backend_id.hpp"
#include "refusal.hpp"

namespace {

using namespace unitls::loader;
using unitls::fuzz::require;

std::string written(const backend_list &list) {
  std::string text = list.help ? "help" : "";
  for (const std::string &id : list.ids) {
    text += text.empty() ? id : " , " + id;
  }
  return text;
}

void check_list(const backend_list &list) {
  const std::set<std::string> distinct(list.ids.begin(), list.ids.end());
  require(distinct.size() == list.ids.size(), "no id stands twice");
  require(list.help || !list.ids.empty(), "a list says something");
  require(std::all_of(list.ids.begin(), list.ids.end(),
                      [](const std::string &id) { return id == "*" || is_backend_id(id); }),
          "each entry is an id or a star");
  const backend_list again = parse_backend_list(written(list));
  require(again.help == list.help && again.ids == list.ids, "a list is the same written again");
}

void check_expansion(const backend_list &list) {
  const std::vector<std::string> all{"gnutls", "mbedtls", "openssl"};
  const std::vector<std::string> expanded = expand_rest(list.ids, all);
  const std::set<std::string> distinct(expanded.begin(), expanded.end());
  const bool has_star = std::find(list.ids.begin(), list.ids.end(), "*") != list.ids.end();
  require(distinct.size() == expanded.size(), "no id stands twice, also after the star");
  require(distinct.count("*") == 0, "no star is left");
  require(!has_star ||
              std::all_of(all.begin(), all.end(), [&](const auto &id) { return distinct.count(id) == 1; }),
          "a star stands for all the others");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  try {
    const backend_list list = parse_backend_list(unitls::fuzz::text_of({data, size}));
    check_list(list);
    check_expansion(list);
  } catch (const refusal &reason) {
    require(std::string_view(reason.what()).starts_with("UNITLS_BACKEND="), "a refusal names the variable");
    require(printable(reason.what()) == reason.what(), "a refusal is fit for a terminal");
  }
  return 0;
}
