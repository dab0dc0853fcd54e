// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <unitls/plugin/general_names.hpp>

#include "object_identifiers.hpp"

namespace unitls::plugin {

namespace {

constexpr uint8_t number_mask = 0x1f;

// Three forms are constructed, and directoryName too, because Name is a CHOICE and gets an explicit tag.
bool is_known_form(uint8_t tag) noexcept {
  switch (tag) {
  case der::context_constructed(0):
  case der::context(1):
  case der::context(2):
  case der::context_constructed(3):
  case der::context_constructed(4):
  case der::context_constructed(5):
  case der::context(6):
  case der::context(7):
  case der::context(8):
    return true;
  default:
    return false;
  }
}

general_name as_general_name(const der::element &value) noexcept {
  return {static_cast<name_form>(value.tag & number_mask), value.content};
}

// In subtrees an address is followed by its mask.
bool is_well_formed(const general_name &name, bool in_subtrees) noexcept {
  if (name.form == name_form::directory_name)
    return is_distinguished_name(name.value);
  if (name.form != name_form::ip_address)
    return true;
  const size_t factor = in_subtrees ? 2 : 1;
  return name.value.size() == 4 * factor || name.value.size() == 16 * factor;
}

// The next value of the list, taken out of its GeneralSubtree when there is one.
std::optional<der::element> next_name(der::reader &list, bool in_subtrees) noexcept {
  if (!in_subtrees)
    return list.next();
  const std::optional<der::element> subtree = list.next(der::tag_sequence);
  if (!subtree)
    return std::nullopt;
  der::reader fields(subtree->content);
  const std::optional<der::element> base = fields.next();
  return base && fields.at_end() ? base : std::nullopt;
}

} // namespace

std::optional<general_names> general_names::of_names(bytes content) noexcept {
  return check(content, false);
}

std::optional<general_names> general_names::of_subtrees(bytes content) noexcept {
  return check(content, true);
}

std::optional<general_names> general_names::check(bytes content, bool in_subtrees) noexcept {
  general_names names;
  names.content_ = content;
  names.in_subtrees_ = in_subtrees;
  der::reader list(content);
  while (!list.at_end()) {
    const std::optional<der::element> value = next_name(list, in_subtrees);
    if (!value || !is_known_form(value->tag) || !is_well_formed(as_general_name(*value), in_subtrees))
      return std::nullopt;
    ++names.size_;
  }
  return names.empty() ? std::nullopt : std::optional(names);
}

general_name general_names::iterator::operator*() const noexcept {
  der::reader list(rest_);
  const std::optional<der::element> value = next_name(list, in_subtrees_);
  return value ? as_general_name(*value) : general_name{};
}

general_names::iterator &general_names::iterator::operator++() noexcept {
  const std::optional<der::element> value = der::reader(rest_).next();
  rest_ = value ? rest_.subspan(value->whole.size()) : bytes{};
  return *this;
}

namespace {

bool is_attribute(bytes content) noexcept {
  der::reader fields(content);
  return fields.next(der::tag_oid) && fields.next() && fields.at_end();
}

bool is_relative_distinguished_name(bytes content) noexcept {
  der::reader attributes(content);
  if (attributes.at_end())
    return false;
  while (!attributes.at_end()) {
    const std::optional<der::element> attribute = attributes.next(der::tag_sequence);
    if (!attribute || !is_attribute(attribute->content))
      return false;
  }
  return true;
}

// The value of an AttributeTypeAndValue when it is a common name.
std::optional<bytes> common_name_value(bytes attribute) noexcept {
  der::reader fields(attribute);
  const std::optional<der::element> type = fields.next(der::tag_oid);
  const std::optional<der::element> value = fields.next();
  if (!type || !value || !equal(type->content, oid::common_name))
    return std::nullopt;
  return value->content;
}

} // namespace

bool is_distinguished_name(bytes name) noexcept {
  std::optional<der::reader> sets = der::only_sequence(name);
  if (!sets)
    return false;
  while (!sets->at_end()) {
    const std::optional<der::element> set = sets->next(der::tag_set);
    if (!set || !is_relative_distinguished_name(set->content))
      return false;
  }
  return true;
}

bytes common_name_of(bytes name) noexcept {
  std::optional<der::reader> sets = der::only_sequence(name);
  while (sets && !sets->at_end()) {
    const std::optional<der::element> set = sets->next();
    if (!set)
      return {};
    der::reader attributes(set->content);
    while (const std::optional<der::element> attribute = attributes.next()) {
      if (const std::optional<bytes> value = common_name_value(attribute->content))
        return *value;
    }
  }
  return {};
}

} // namespace unitls::plugin
