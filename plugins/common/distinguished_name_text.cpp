#include "distinguished_name_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include <unitls/plugin/object_identifier_text.hpp>

#include "directory_string.hpp"
#include "object_identifiers.hpp"
#include "utf8.hpp"

namespace unitls::plugin {
namespace {

struct attribute_name {
  bytes type;
  std::string_view text;
};

constexpr std::array<attribute_name, 13> attribute_names{{
    {oid::common_name, "CN"},
    {oid::serial_number, "serialNumber"},
    {oid::country_name, "C"},
    {oid::locality_name, "L"},
    {oid::state_or_province_name, "ST"},
    {oid::street_address, "STREET"},
    {oid::organization_name, "O"},
    {oid::organizational_unit_name, "OU"},
    {oid::business_category, "businessCategory"},
    {oid::postal_code, "postalCode"},
    {oid::user_id, "UID"},
    {oid::domain_component, "DC"},
    {oid::email_address, "emailAddress"},
}};

std::string_view short_name_of(bytes type) noexcept {
  const auto found = std::ranges::find_if(
      attribute_names, [&](const attribute_name &known) { return equal(known.type, type); });
  return found == attribute_names.end() ? std::string_view() : found->text;
}

// A text of limited size, cut between its pieces.
class bounded_text {
public:
  bool is_full() const noexcept { return is_full_; }

  void append(std::string_view piece) {
    if (is_full_) {
      return;
    }
    if (text_.size() + piece.size() > distinguished_name_text_max - cut.size()) {
      is_full_ = true;
      piece = cut;
    }
    text_ += piece;
  }

  std::string take() && { return std::move(text_); }

private:
  static constexpr std::string_view cut = "...";

  std::string text_;
  bool is_full_ = false;
};

std::string hexadecimal(std::uint8_t octet) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[octet >> 4], digits[octet & 0xf]};
}

class name_writer {
public:
  explicit name_writer(text_repertoire repertoire) noexcept : repertoire_(repertoire) {}

  // `content` is that of a RelativeDistinguishedName.
  void write_part(bytes content) {
    if (!is_first_part_) {
      out_.append(",");
    }
    is_first_part_ = false;
    der::reader attributes(content);
    for (bool is_first = true; const auto attribute = attributes.next(der::tag_sequence); is_first = false) {
      if (!is_first) {
        out_.append("+");
      }
      write_attribute(attribute->content);
    }
  }

  bool is_full() const noexcept { return out_.is_full(); }
  std::string take() && { return std::move(out_).take(); }

private:
  void write_attribute(bytes content) {
    der::reader fields(content);
    const std::optional<der::element> type = fields.next(der::tag_oid);
    const std::optional<der::element> value = fields.next();
    if (!type || !value) {
      return; // not in what is_distinguished_name() lets through
    }
    const std::string_view name = short_name_of(type->content);
    const std::optional<string_reader> text = name.empty() ? std::nullopt : string_reader::of(*value);
    name.empty() ? write_type_in_dots(*type) : out_.append(name);
    out_.append("=");
    text ? write_string(*text) : write_encoding(value->whole);
  }

  void write_type_in_dots(const der::element &type) {
    const std::string dots = object_identifier_text(type.content);
    dots.empty() ? write_encoding(type.whole) : out_.append(dots);
  }

  void write_encoding(bytes whole) {
    out_.append("#");
    for (const std::uint8_t octet : whole) {
      if (out_.is_full()) {
        return;
      }
      out_.append(hexadecimal(octet));
    }
  }

  void write_string(string_reader text) {
    for (bool is_first = true; !text.at_end() && !out_.is_full(); is_first = false) {
      const string_character next = text.next();
      const bool is_edge = is_first || text.at_end();
      out_.append(next.stray.empty() ? escaped(next.code_point, is_first, is_edge) : in_pairs(next.stray));
    }
  }

  // RFC 4514, 2.4.
  std::string escaped(char32_t code_point, bool is_first, bool is_edge) const {
    constexpr std::string_view always = "\"+,;<>\\";
    std::string octets = utf8::encode(code_point);
    if (!shows(code_point)) {
      return in_pairs({reinterpret_cast<const std::uint8_t *>(octets.data()), octets.size()});
    }
    const bool is_special = always.find(octets) != std::string_view::npos ||
                            (is_first && code_point == U'#') || (is_edge && code_point == U' ');
    return is_special ? '\\' + octets : octets;
  }

  bool shows(char32_t code_point) const noexcept {
    return utf8::is_printable(code_point) &&
           (repertoire_ == text_repertoire::printable_unicode || code_point < 0x80);
  }

  static std::string in_pairs(bytes octets) {
    std::string out;
    for (const std::uint8_t octet : octets) {
      out += '\\' + hexadecimal(octet);
    }
    return out;
  }

  text_repertoire repertoire_;
  bounded_text out_;
  bool is_first_part_ = true;
};

} // namespace

std::string distinguished_name_text(bytes name, text_repertoire repertoire) {
  std::vector<bytes> parts;
  std::optional<der::reader> sets = der::only_sequence(name);
  while (const auto set = sets ? sets->next(der::tag_set) : std::nullopt) {
    parts.push_back(set->content);
  }
  name_writer writer(repertoire);
  for (auto part = parts.rbegin(); part != parts.rend() && !writer.is_full(); ++part) {
    writer.write_part(*part);
  }
  return std::move(writer).take();
}

} // namespace unitls::plugin
