#include "description.hpp"

#include "error.hpp"
#include "json_reader.hpp"

#include <set>

namespace unitls::pki {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_serial = 64;
constexpr Moment default_age = 3 * one_day;
constexpr Moment default_leaf_life = 365 * one_day;
constexpr Moment default_ca_life = 3650 * one_day;
constexpr Moment default_crl_life = 30 * one_day;
constexpr std::uint64_t longest_path_length = 1000000;

/// Reads the description from top to bottom; an entry may only name entries above it, so there are no cycles.
class DescriptionParser {
public:
  DescriptionParser(Moment now, KeyType key_type) : now_(now), key_type_(key_type) {}

  Description parse(const Json &json, const std::string &source);

private:
  void read_authority(ObjectReader object);
  void read_certificate(ObjectReader object);
  void read_crl(ObjectReader object);
  void read_chain(ObjectReader object);

  void read_extensions(ObjectReader &object, CertificateDescription &entry);
  Moment moment(ObjectReader &object, std::string_view key, Moment fallback) const;
  void require_issuer(const std::string &id, const std::string &where) const;
  void require_certificate(const std::string &id, const std::string &where) const;

  Moment now_;
  KeyType key_type_;
  Description result_;
  std::set<std::string> authorities_;
  std::set<std::string> certificates_;
};

GeneralName read_address(const std::string &text, const std::string &location) {
  auto octets = address_octets(text);
  if (!octets) {
    throw_wrong_input(location, "'" + text + "' is no IPv4 or IPv6 address");
  }
  return {GeneralName::Kind::ip, std::move(*octets)};
}

GeneralName read_address_range(const std::string &text, const std::string &location) {
  return {GeneralName::Kind::ip, parse_address_range(text, location)};
}

/// Appends the names of the keys dns, ip, uri and email.
template <class ReadAddress>
void read_names(ObjectReader &object, std::vector<GeneralName> &names, ReadAddress read_ip) {
  const auto append = [&](GeneralName::Kind kind) {
    return [&names, kind](const std::string &text, const std::string &) { names.push_back({kind, text}); };
  };
  object.strings("dns", append(GeneralName::Kind::dns));
  object.strings("ip", [&](const std::string &text, const std::string &location) {
    names.push_back(read_ip(text, location));
  });
  object.strings("uri", append(GeneralName::Kind::uri));
  object.strings("email", append(GeneralName::Kind::email));
}

std::vector<GeneralName> read_subtrees(ObjectReader &object, std::string_view key) {
  std::vector<GeneralName> names;
  if (auto subtrees = object.object(key)) {
    read_names(*subtrees, names, read_address_range);
    subtrees->reject_unknown();
  }
  return names;
}

std::optional<NameConstraints> read_name_constraints(ObjectReader &object) {
  auto member = object.object("name_constraints");
  if (!member) {
    return std::nullopt;
  }
  NameConstraints constraints;
  constraints.permitted = read_subtrees(*member, "permitted");
  constraints.excluded = read_subtrees(*member, "excluded");
  constraints.critical = member->boolean("critical").value_or(true);
  member->reject_unknown();
  if (constraints.permitted.empty() && constraints.excluded.empty()) {
    throw_wrong_input(object.where("name_constraints"),
                      "no subtree is given; add permitted or excluded names");
  }
  return constraints;
}

std::vector<RawExtension> read_raw_extensions(ObjectReader &object) {
  std::vector<RawExtension> extensions;
  object.elements("extensions", [&](const Json &element, const std::string &location) {
    ObjectReader reader(element, location);
    RawExtension extension;
    extension.oid = parse_oid(reader.required_string("oid"), reader.where("oid"));
    extension.critical = reader.boolean("critical").value_or(false);
    extension.value = parse_hexadecimal(reader.required_string("value"), reader.where("value"));
    reader.reject_unknown();
    extensions.push_back(std::move(extension));
  });
  return extensions;
}

SignatureChoice read_signature(ObjectReader &object) {
  SignatureChoice choice;
  if (const auto digest = object.string("digest")) {
    choice.digest = parse_digest(*digest, object.where("digest"));
  }
  choice.pss = object.boolean("pss").value_or(false);
  choice.corrupt = object.boolean("corrupt_signature").value_or(false);
  return choice;
}

Bytes big_endian(std::uint64_t number) {
  Bytes octets;
  for (int shift = 56; shift >= 0; shift -= 8) {
    octets.push_back(static_cast<std::uint8_t>(number >> shift));
  }
  return octets;
}

std::optional<Bytes> read_serial(ObjectReader &object) {
  if (!object.is_string("serial")) {
    const auto number = object.integer("serial");
    return number ? std::optional(big_endian(*number)) : std::nullopt;
  }
  const Bytes octets = parse_hexadecimal(*object.string("serial"), object.where("serial"));
  if (octets.empty() || octets.size() > longest_serial) {
    throw_wrong_input(object.where("serial"), "a serial number in hexadecimal has 1 to 64 octets");
  }
  return octets;
}

int read_version(ObjectReader &object) {
  const std::uint64_t version = object.integer("version").value_or(3);
  if (version != 1 && version != 3) {
    throw_wrong_input(object.where("version"), "the version is 1 or 3");
  }
  return static_cast<int>(version);
}

std::optional<std::uint64_t> read_path_length(ObjectReader &object) {
  const auto length = object.integer("path_length");
  if (length && *length > longest_path_length) {
    throw_wrong_input(object.where("path_length"), "a path length is at most 1000000");
  }
  return length;
}

/// Keys that only an extension can carry mean nothing in version 1.
void reject_extensions_of_version_1(ObjectReader &object) {
  for (const std::string_view key :
       {"dns", "ip", "uri", "email", "san_critical", "ca", "basic_constraints", "basic_constraints_critical",
        "path_length", "key_usage", "key_usage_critical", "extended_key_usage", "extended_key_usage_critical",
        "name_constraints", "subject_key_identifier", "authority_key_identifier", "extensions"}) {
    if (object.has(key)) {
      throw_wrong_input(object.where(key), "a version 1 certificate has no extensions; remove this key");
    }
  }
}

void reject_lost_path_length(ObjectReader &object, const CertificateDescription &entry) {
  if (entry.path_length && !entry.basic_constraints) {
    throw_wrong_input(object.where("path_length"),
                      "without basic_constraints the path length is written nowhere");
  }
}

Moment DescriptionParser::moment(ObjectReader &object, std::string_view key, Moment fallback) const {
  const auto text = object.string(key);
  return text ? parse_moment(*text, now_, object.where(key)) : fallback;
}

void DescriptionParser::require_issuer(const std::string &id, const std::string &where) const {
  if (!certificates_.contains(id) && !authorities_.contains(id)) {
    throw_wrong_input(where, "'" + id + "' is no certificate above this entry and no authority");
  }
}

void DescriptionParser::require_certificate(const std::string &id, const std::string &where) const {
  if (!certificates_.contains(id)) {
    throw_wrong_input(where, "'" + id + "' is no certificate of this description above this entry");
  }
}

void DescriptionParser::read_authority(ObjectReader object) {
  AuthorityDescription entry;
  entry.location = object.location();
  entry.id = parse_id(object.required_string("id"), object.where("id"));
  entry.certificate_file = object.required_string("certificate");
  entry.key_file = object.required_string("key");
  object.reject_unknown();
  if (!authorities_.insert(entry.id).second) {
    throw_wrong_input(object.where("id"), "'" + entry.id + "' is taken by another authority");
  }
  result_.authorities.push_back(std::move(entry));
}

void DescriptionParser::read_extensions(ObjectReader &object, CertificateDescription &entry) {
  read_names(object, entry.subject_alt_names, read_address);
  // RFC 5280, section 4.2.1.6: critical where the subject is empty.
  entry.subject_alt_names_critical = object.boolean("san_critical").value_or(entry.common_name.empty());
  entry.ca = object.boolean("ca").value_or(false);
  entry.basic_constraints = object.boolean("basic_constraints").value_or(true);
  entry.basic_constraints_critical = object.boolean("basic_constraints_critical").value_or(true);
  entry.path_length = read_path_length(object);
  const bool has_key_usage =
      object.strings("key_usage", [&](const std::string &text, const std::string &location) {
        entry.key_usage.push_back(parse_key_usage(text, location));
      });
  if (!has_key_usage) {
    entry.key_usage = default_key_usage(entry.ca);
  }
  entry.key_usage_critical = object.boolean("key_usage_critical").value_or(true);
  object.strings("extended_key_usage", [&](const std::string &text, const std::string &location) {
    entry.extended_key_usage.push_back(parse_extended_key_usage(text, location));
  });
  entry.extended_key_usage_critical = object.boolean("extended_key_usage_critical").value_or(false);
  entry.name_constraints = read_name_constraints(object);
  entry.subject_key_identifier = object.boolean("subject_key_identifier").value_or(true);
  entry.authority_key_identifier =
      object.boolean("authority_key_identifier").value_or(entry.issuer != "self");
  entry.extensions = read_raw_extensions(object);
  reject_lost_path_length(object, entry);
}

void DescriptionParser::read_certificate(ObjectReader object) {
  CertificateDescription entry;
  entry.location = object.location();
  entry.id = parse_id(object.required_string("id"), object.where("id"));
  entry.issuer = object.required_string("issuer");
  if (entry.issuer != "self") {
    require_issuer(entry.issuer, object.where("issuer"));
  }
  entry.common_name =
      parse_common_name(object.string("common_name").value_or(entry.id), object.where("common_name"));
  const auto key_type = object.string("key_type");
  entry.key_type = key_type ? parse_key_type(*key_type, object.where("key_type")) : key_type_;
  entry.key_of = object.string("key_of");
  if (entry.key_of) {
    require_certificate(*entry.key_of, object.where("key_of"));
  }
  if (entry.key_of && key_type) {
    throw_wrong_input(object.where("key_type"), "key_of already decides the key; remove one of the two");
  }
  entry.serial = read_serial(object);
  entry.signature = read_signature(object);
  entry.version = read_version(object);
  if (entry.version == 1) {
    reject_extensions_of_version_1(object);
  }
  read_extensions(object, entry);
  entry.not_before = moment(object, "not_before", now_ - default_age);
  entry.not_after = moment(object, "not_after", now_ + (entry.ca ? default_ca_life : default_leaf_life));
  entry.with_intermediates = object.boolean("with_intermediates").value_or(false);
  object.reject_unknown();
  if (authorities_.contains(entry.id) || !certificates_.insert(entry.id).second) {
    throw_wrong_input(object.where("id"), "'" + entry.id + "' is taken by another entry");
  }
  result_.certificates.push_back(std::move(entry));
}

void DescriptionParser::read_crl(ObjectReader object) {
  CrlDescription entry;
  entry.location = object.location();
  entry.id = parse_id(object.required_string("id"), object.where("id"));
  entry.issuer = object.required_string("issuer");
  require_issuer(entry.issuer, object.where("issuer"));
  entry.this_update = moment(object, "this_update", now_ - default_age);
  if (!object.is_null("next_update")) {
    entry.next_update = moment(object, "next_update", now_ + default_crl_life);
  }
  entry.number = object.integer("number").value_or(1);
  object.strings("revoked", [&](const std::string &id, const std::string &location) {
    require_certificate(id, location);
    entry.revoked.push_back(id);
  });
  entry.signature = read_signature(object);
  entry.extensions = read_raw_extensions(object);
  object.reject_unknown();
  result_.crls.push_back(std::move(entry));
}

void DescriptionParser::read_chain(ObjectReader object) {
  ChainDescription entry;
  entry.location = object.location();
  entry.id = parse_id(object.required_string("id"), object.where("id"));
  const bool has_members = object.strings("members", [&](const std::string &id, const std::string &location) {
    require_issuer(id, location);
    entry.members.push_back(id);
  });
  if (!has_members) {
    throw_wrong_input(object.where("members"), "this key is missing; list the certificates in their order");
  }
  object.reject_unknown();
  result_.chains.push_back(std::move(entry));
}

Description DescriptionParser::parse(const Json &json, const std::string &source) {
  if (!json.is_object()) {
    throw_wrong_input(source, std::string("an object is needed, not ") + json.type_name());
  }
  ObjectReader object(json, source + ": "); // a JSON pointer follows
  if (const auto key_type = object.string("key_type")) {
    key_type_ = parse_key_type(*key_type, object.where("key_type"));
  }
  result_.der = object.boolean("der").value_or(false);
  object.elements("authorities", [&](const Json &e, const std::string &at) { read_authority({e, at}); });
  object.elements("certificates", [&](const Json &e, const std::string &at) { read_certificate({e, at}); });
  object.elements("crls", [&](const Json &e, const std::string &at) { read_crl({e, at}); });
  object.elements("chains", [&](const Json &e, const std::string &at) { read_chain({e, at}); });
  object.reject_unknown();
  if (result_.certificates.empty() && result_.crls.empty() && result_.chains.empty()) {
    throw_wrong_input(source, "nothing is described; add a member 'certificates' with at least one entry");
  }
  return std::move(result_);
}

} // namespace

Description parse_description(std::string_view text, const std::string &source, Moment now,
                              KeyType key_type) {
  return DescriptionParser(now, key_type).parse(parse_json(text, source), source);
}

} // namespace unitls::pki
