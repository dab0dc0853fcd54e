#include "extensions.hpp"

#include <array>

#include <openssl/objects.h>

namespace unitls::pki {
namespace {

ExtensionPtr encode(int nid, bool critical, void *value) {
  return ExtensionPtr(required(X509V3_EXT_i2d(nid, critical ? 1 : 0, value), "encode an extension"));
}

template <class Object>
Object *allocated(Object *object) {
  return required(object, "allocate an extension");
}

int size_of(const std::string &octets) {
  return static_cast<int>(octets.size());
}

GeneralNamePtr make_general_name(const GeneralName &name) {
  GeneralNamePtr result(allocated(GENERAL_NAME_new()));
  const bool is_ip = name.kind == GeneralName::Kind::ip;
  Asn1StringPtr value(allocated(ASN1_STRING_type_new(is_ip ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING)));
  require(ASN1_STRING_set(value.get(), name.octets.data(), size_of(name.octets)), "set a name");
  switch (name.kind) {
  case GeneralName::Kind::dns:
    GENERAL_NAME_set0_value(result.get(), GEN_DNS, value.release());
    break;
  case GeneralName::Kind::ip:
    GENERAL_NAME_set0_value(result.get(), GEN_IPADD, value.release());
    break;
  case GeneralName::Kind::uri:
    GENERAL_NAME_set0_value(result.get(), GEN_URI, value.release());
    break;
  case GeneralName::Kind::email:
    GENERAL_NAME_set0_value(result.get(), GEN_EMAIL, value.release());
    break;
  }
  return result;
}

ExtensionPtr subject_alt_name(const CertificateDescription &description) {
  const GeneralNamesPtr names(allocated(sk_GENERAL_NAME_new_null()));
  for (const GeneralName &name : description.subject_alt_names) {
    GeneralNamePtr entry = make_general_name(name);
    require(sk_GENERAL_NAME_push(names.get(), entry.get()), "list a name");
    static_cast<void>(entry.release()); // names owns it
  }
  return encode(NID_subject_alt_name, description.subject_alt_names_critical, names.get());
}

ExtensionPtr basic_constraints(const CertificateDescription &description) {
  const BasicConstraintsPtr value(allocated(BASIC_CONSTRAINTS_new()));
  value->ca = description.ca ? 0xff : 0;
  if (description.path_length) {
    value->pathlen = allocated(ASN1_INTEGER_new());
    require(ASN1_INTEGER_set_uint64(value->pathlen, *description.path_length), "set the path length");
  }
  return encode(NID_basic_constraints, description.basic_constraints_critical, value.get());
}

ExtensionPtr key_usage(const CertificateDescription &description) {
  const Asn1BitStringPtr bits(allocated(ASN1_BIT_STRING_new()));
  for (const KeyUsage usage : description.key_usage) {
    require(ASN1_BIT_STRING_set_bit(bits.get(), static_cast<int>(usage), 1), "set a key usage");
  }
  return encode(NID_key_usage, description.key_usage_critical, bits.get());
}

Asn1ObjectPtr make_object(const std::string &oid) {
  constexpr int only_numbers = 1;
  return Asn1ObjectPtr(required(OBJ_txt2obj(oid.c_str(), only_numbers), "encode an object identifier"));
}

ExtensionPtr extended_key_usage(const CertificateDescription &description) {
  const ExtendedKeyUsagePtr purposes(allocated(sk_ASN1_OBJECT_new_null()));
  for (const std::string &oid : description.extended_key_usage) {
    Asn1ObjectPtr purpose = make_object(oid);
    require(sk_ASN1_OBJECT_push(purposes.get(), purpose.get()), "list an extended key usage");
    static_cast<void>(purpose.release()); // purposes owns it
  }
  return encode(NID_ext_key_usage, description.extended_key_usage_critical, purposes.get());
}

STACK_OF(GENERAL_SUBTREE) * make_subtrees(const std::vector<GeneralName> &names) {
  using SubtreesPtr = std::unique_ptr<STACK_OF(GENERAL_SUBTREE), void (*)(STACK_OF(GENERAL_SUBTREE) *)>;
  SubtreesPtr subtrees(allocated(sk_GENERAL_SUBTREE_new_null()), [](STACK_OF(GENERAL_SUBTREE) * stack) {
    sk_GENERAL_SUBTREE_pop_free(stack, GENERAL_SUBTREE_free);
  });
  for (const GeneralName &name : names) {
    GeneralSubtreePtr subtree(allocated(GENERAL_SUBTREE_new()));
    GENERAL_NAME_free(subtree->base);
    subtree->base = nullptr;
    subtree->base = make_general_name(name).release();
    require(sk_GENERAL_SUBTREE_push(subtrees.get(), subtree.get()), "list a name constraint");
    static_cast<void>(subtree.release()); // subtrees owns it
  }
  return subtrees.release();
}

ExtensionPtr name_constraints(const NameConstraints &constraints) {
  const NameConstraintsPtr value(allocated(NAME_CONSTRAINTS_new()));
  if (!constraints.permitted.empty()) {
    value->permittedSubtrees = make_subtrees(constraints.permitted);
  }
  if (!constraints.excluded.empty()) {
    value->excludedSubtrees = make_subtrees(constraints.excluded);
  }
  return encode(NID_name_constraints, constraints.critical, value.get());
}

/// Method 1 of RFC 5280, section 4.2.1.2: the SHA-1 of the public key.
Asn1StringPtr hash_of_public_key(const X509 *certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  require(X509_pubkey_digest(certificate, EVP_sha1(), digest.data(), &size), "hash a public key");
  Asn1StringPtr identifier(allocated(ASN1_STRING_type_new(V_ASN1_OCTET_STRING)));
  require(ASN1_STRING_set(identifier.get(), digest.data(), static_cast<int>(size)), "set a key identifier");
  return identifier;
}

ExtensionPtr subject_key_identifier(const X509 *certificate) {
  const Asn1StringPtr identifier = hash_of_public_key(certificate);
  return encode(NID_subject_key_identifier, false, identifier.get());
}

/// The identifier that the issuer carries; an issuer made without one is identified by its key all the same.
Asn1StringPtr identifier_of_issuer(const X509 *issuer) {
  const int position = X509_get_ext_by_NID(issuer, NID_subject_key_identifier, -1);
  if (position < 0) {
    return hash_of_public_key(issuer);
  }
  void *value = X509V3_EXT_d2i(X509_get_ext(issuer, position));
  return Asn1StringPtr(static_cast<ASN1_STRING *>(required(value, "read the issuer's key identifier")));
}

ExtensionPtr authority_key_identifier(const X509 *issuer) {
  const AuthorityKeyIdPtr value(allocated(AUTHORITY_KEYID_new()));
  value->keyid = identifier_of_issuer(issuer).release();
  return encode(NID_authority_key_identifier, false, value.get());
}

ExtensionPtr raw_extension(const RawExtension &raw) {
  const Asn1ObjectPtr object = make_object(raw.oid);
  const Asn1StringPtr value(allocated(ASN1_STRING_type_new(V_ASN1_OCTET_STRING)));
  require(ASN1_STRING_set(value.get(), raw.value.data(), static_cast<int>(raw.value.size())),
          "set an extension");
  return ExtensionPtr(
      required(X509_EXTENSION_create_by_OBJ(nullptr, object.get(), raw.critical ? 1 : 0, value.get()),
               "make an extension"));
}

} // namespace

std::vector<ExtensionPtr> certificate_extensions(const CertificateDescription &description,
                                                 const X509 *certificate, const X509 *issuer) {
  std::vector<ExtensionPtr> extensions;
  if (description.basic_constraints) {
    extensions.push_back(basic_constraints(description));
  }
  if (!description.key_usage.empty()) {
    extensions.push_back(key_usage(description));
  }
  if (!description.extended_key_usage.empty()) {
    extensions.push_back(extended_key_usage(description));
  }
  if (!description.subject_alt_names.empty()) {
    extensions.push_back(subject_alt_name(description));
  }
  if (description.name_constraints) {
    extensions.push_back(name_constraints(*description.name_constraints));
  }
  if (description.subject_key_identifier) {
    extensions.push_back(subject_key_identifier(certificate));
  }
  if (description.authority_key_identifier) {
    extensions.push_back(authority_key_identifier(issuer));
  }
  for (const RawExtension &raw : description.extensions) {
    extensions.push_back(raw_extension(raw));
  }
  return extensions;
}

std::vector<ExtensionPtr> crl_extensions(const CrlDescription &description, const X509 *issuer) {
  std::vector<ExtensionPtr> extensions;
  extensions.push_back(authority_key_identifier(issuer));
  const Asn1IntegerPtr number(allocated(ASN1_INTEGER_new()));
  require(ASN1_INTEGER_set_uint64(number.get(), description.number), "set the CRL number");
  extensions.push_back(encode(NID_crl_number, false, number.get()));
  for (const RawExtension &raw : description.extensions) {
    extensions.push_back(raw_extension(raw));
  }
  return extensions;
}

} // namespace unitls::pki
