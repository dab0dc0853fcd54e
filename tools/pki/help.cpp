#include "help.hpp"

namespace unitls::pki {

const char *const program_footer =
    R"(ID.pem is what a program presents: the certificate and, where asked, its intermediates without the root.
ID.key is its private key in PKCS #8, unencrypted, readable by its owner only.
Nothing is overwritten without --force, and nothing is written if anything is wrong.

Examples:
  unitls-pki standard --out certs
  unitls-pki authority --out ca
  unitls-pki leaf --authority ca --out server --name localhost --name 127.0.0.1 --name ::1

Exit codes: 0 done, 2 wrong arguments, description or files, 5 internal error.)";

const char *const authority_footer =
    R"(Writes DIR/ca.pem and DIR/ca.key. With --authority the new authority is an intermediate, and ca.pem also
holds the intermediates above it; without, it is a self-signed root.

Examples:
  unitls-pki authority --out root --name "Test root" --key-type p384
  unitls-pki authority --out issuing --authority root --path-length 0)";

const char *const leaf_footer =
    R"(Writes DIR/leaf.pem (the certificate, then its intermediates, without the root) and DIR/leaf.key; --id chooses
another stem. IP addresses become iPAddress names, everything else becomes a dNSName. Without --client and
--server the certificate is for servers.

Examples:
  unitls-pki leaf --authority ca --out server --name www.example.org --name "*.example.org" --name 192.0.2.1
  unitls-pki leaf --authority ca --out client --id client --name client.example --client --key-type ed25519
  unitls-pki leaf --self-signed --out old --name localhost --not-before -30d --not-after -1d)";

const char *const make_footer =
    R"(FILE is one JSON object; - reads standard input. An unknown key is an error.
  key_type     for entries that name none (p256)
  der          also write ID.der and ID.crl.der (false)
  authorities  made earlier: id, certificate (PEM file), key (PEM file)
  certificates, each issued by itself or by an entry above it:
    id                       stem of ID.pem and ID.key
    issuer                   "self", or the id of a certificate above or of an authority
    common_name              subject (the id); "" for an empty subject
    dns, ip, uri, email      lists for the subject alternative name; a dns string may hold anything
    san_critical             (only where the subject is empty)
    key_type                 p256 p384 p521 secp256k1 rsa1024 rsa2048 rsa3072 rsa4096 ed25519 ed448
    key_of                   id of the certificate above whose key is used again
    serial                   whole number, or hexadecimal string (random)
    not_before, not_after    2030-01-31, 2030-01-31T12:00:00Z, now, or a distance such as -2d +90m +1y
                             (-3d; +365d, for authorities +3650d)
    digest                   of the issuer's signature: sha256 sha384 sha512 sha1 md5 (sha256)
    pss                      sign with RSASSA-PSS (false)
    corrupt_signature        change the signature afterwards (false)
    version                  3 or 1 (3); version 1 has no extensions
    ca, path_length          (false, none)
    basic_constraints        false leaves the extension out; basic_constraints_critical (true)
    key_usage                list, [] leaves it out (digitalSignature; authorities keyCertSign, cRLSign);
                             key_usage_critical (true)
    extended_key_usage       list of names or object identifiers (none); extended_key_usage_critical (false)
    name_constraints         permitted and excluded with lists dns, ip (ADDRESS/BITS), uri, email; critical (true)
    subject_key_identifier, authority_key_identifier
                             false leaves them out (true; self-signed without the latter)
    extensions               list of oid, critical (false), value: the DER value in hexadecimal
    with_intermediates       ID.pem also holds the issuers up to but without the root (false)
  crls         id (ID.crl.pem), issuer, this_update (-3d), next_update (+30d; null leaves it out), number (1),
               revoked (ids), digest, pss, corrupt_signature, extensions
  chains       id (ID.pem), members: ids in the order in which they are written

Examples:
  unitls-pki make chain.json --out chain
  unitls-pki standard --print > mine.json   (a description to start from)

  {"certificates": [
    {"id": "root", "issuer": "self", "ca": true},
    {"id": "www", "issuer": "root", "dns": ["www.example.org"], "extended_key_usage": ["serverAuth"]}]})";

const char *const standard_footer =
    R"(Trusted by servers' peers: ca; by clients' peers: client-ca; by nobody: other-ca.
  server, server-rsa   localhost, example.org, test.example, *.wild.example, 127.0.0.1, ::1
  client               for client authentication, issued by client-ca
  Each of these has one fault: expired, not-yet-valid, wrong-name (other.example), self-signed, untrusted,
  client-purpose (not for servers), ca-false-issuer, bad-signature, client-untrusted;
  expired-untrusted has two.

Examples:
  unitls-pki standard --out certs
  unitls-pki standard --print)";

} // namespace unitls::pki
