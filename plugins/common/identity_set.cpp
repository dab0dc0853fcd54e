#include <unitls/plugin/identity_set.hpp>

#include <algorithm>

#include <unitls/plugin/certificate.hpp>
#include <unitls/plugin/name_match.hpp>

namespace unitls::plugin {
namespace {

char lower(char c) noexcept {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::vector<std::string> dns_names(const identity &source) {
  std::vector<std::string> names;
  const auto leaf =
      source.certificates.empty() ? std::nullopt : certificate::parse(source.certificates.front());
  if (!leaf) {
    return names;
  }
  for (const general_name name : leaf->subject_alt_name) {
    if (name.form == name_form::dns_name) {
      std::string &text = names.emplace_back(as_text(name.value));
      std::transform(text.begin(), text.end(), text.begin(), lower);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

constexpr std::string_view wildcard = "*.";

// As name_match.hpp has it; other entries match no name in a client either.
bool is_usable_wildcard(std::string_view name) noexcept {
  if (!name.starts_with(wildcard)) {
    return false;
  }
  const std::string_view parent = name.substr(wildcard.size());
  return parent.find('.') != std::string_view::npos && is_valid_server_name(parent);
}

} // namespace

bool identity_set::without_case::operator()(std::string_view a, std::string_view b) const noexcept {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lower(x) < lower(y); });
}

std::size_t identity_set::number_of(const group &members) {
  const auto found = std::find(groups_.begin(), groups_.end(), members);
  if (found != groups_.end()) {
    return static_cast<std::size_t>(found - groups_.begin());
  }
  groups_.push_back(members);
  return groups_.size() - 1;
}

identity_set::identity_set(std::span<const identity> identities) {
  if (identities.empty()) {
    return;
  }
  std::vector<std::vector<std::string>> names_of;
  std::map<std::string, group> members_of;
  group first{0};
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const auto &names = names_of.emplace_back(dns_names(identities[i]));
    if (i > 0 && !names.empty() && names == names_of.front()) {
      first.push_back(i);
    }
    for (const std::string &name : names) {
      members_of[name].push_back(i);
    }
  }
  number_of(first);
  for (const auto &[name, members] : members_of) {
    if (is_valid_server_name(name)) {
      exact_.emplace(name, number_of(members));
    } else if (is_usable_wildcard(name)) {
      wildcards_.emplace(name.substr(wildcard.size()), number_of(members));
    }
  }
}

std::size_t identity_set::select(std::string_view server_name) const noexcept {
  if (server_name.empty()) {
    return 0;
  }
  if (!is_valid_server_name(server_name)) {
    return unknown;
  }
  if (const auto found = exact_.find(server_name); found != exact_.end()) {
    return found->second;
  }
  const std::size_t dot = server_name.find('.');
  if (dot == std::string_view::npos) {
    return unknown;
  }
  const auto found = wildcards_.find(server_name.substr(dot + 1));
  return found != wildcards_.end() ? found->second : unknown;
}

} // namespace unitls::plugin
