#include "backend_list.hpp"

#include <algorithm>

#include "backend_id.hpp"
#include "refusal.hpp"

namespace unitls::loader {
namespace {

constexpr std::string_view rest = "*";

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool contains(const std::vector<std::string> &ids, std::string_view id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

[[noreturn]] void fail(std::string_view value, const std::string &what) {
  throw refusal("UNITLS_BACKEND=" + printable(value) + ": " + what, UNITLS_E_INVALID, "UNITLS_BACKEND");
}

} // namespace

backend_list parse_backend_list(std::string_view value) {
  backend_list list;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view name = trim(value.substr(begin, end - begin));
    begin = end + 1;
    if (name == "help") {
      list.help = true;
      continue;
    }
    if (name.empty()) {
      fail(value, "a name in the list is empty");
    }
    if (name != rest && !is_backend_id(name)) {
      fail(value,
           "\"" + printable(name) + "\" cannot be the name of a backend; " + std::string(backend_id_rule));
    }
    if (!contains(list.ids, name)) {
      list.ids.emplace_back(name);
    }
  }
  return list;
}

std::vector<std::string> expand_rest(const std::vector<std::string> &ids,
                                     const std::vector<std::string> &all) {
  std::vector<std::string> result;
  for (const std::string &id : ids) {
    if (id != rest) {
      result.push_back(id);
      continue;
    }
    std::copy_if(all.begin(), all.end(), std::back_inserter(result),
                 [&ids](const std::string &each) { return !contains(ids, each); });
  }
  return result;
}

} // namespace unitls::loader
