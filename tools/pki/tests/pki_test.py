"""Runs unitls-pki and lets the openssl program judge what it wrote: pki_test.py UNITLS-PKI OPENSSL"""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time
import unittest

PKI = sys.argv[1]
OPENSSL = sys.argv[2]


def run(*arguments, text=None):
    return subprocess.run([str(a) for a in arguments], input=text, capture_output=True, text=True, timeout=60)


def openssl(*arguments):
    return run(OPENSSL, *arguments)


class PkiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)

    def pki(self, *arguments, text=None):
        result = run(PKI, *arguments, text=text)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def refused(self, *arguments, text=None):
        result = run(PKI, *arguments, text=text)
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, "one sentence: " + result.stderr)
        return result.stderr

    def make(self, *certificates, **members):
        root = {"id": "root", "issuer": "self", "ca": True}
        description = {"certificates": [root, *certificates], **members}
        self.pki("make", "-", "--out", self.dir, text=json.dumps(description))

    def text(self, name):
        return openssl("x509", "-in", self.dir / name, "-noout", "-text").stdout

    def verify(self, name, *options, anchor="root.pem", untrusted=None):
        """The error numbers of openssl verify; an empty set means that it accepts."""
        result = openssl("verify", "-CAfile", self.dir / anchor, "-untrusted", self.dir / (untrusted or name),
                         "-purpose", "sslserver", *options, self.dir / name)
        if result.returncode == 0:
            return set()
        lines = [line.split() for line in result.stderr.splitlines() if line.startswith("error ")]
        numbers = {int(words[1]) for words in lines if words[1].isdigit()}
        self.assertTrue(numbers, result.stderr)
        return numbers


class Standard(PkiTest):
    def setUp(self):
        super().setUp()
        began = time.monotonic()
        self.pki("standard", "--out", self.dir)
        self.seconds = time.monotonic() - began

    def test_each_has_its_fault_and_no_other(self):
        expected = {
            "server": set(), "server-rsa": set(), "expired": {10}, "not-yet-valid": {9}, "wrong-name": {62},
            "self-signed": {18}, "untrusted": {20, 21}, "expired-untrusted": {20, 21}, "client-purpose": {26},
            "ca-false-issuer": {79, 26}, "bad-signature": {7}}
        for name, errors in expected.items():
            with self.subTest(name):
                found = self.verify(name + ".pem", "-verify_hostname", "localhost", anchor="ca.pem")
                self.assertTrue(found <= errors and bool(found) == bool(errors), found)
        self.assertEqual(self.verify("expired-untrusted.pem", anchor="other-ca.pem"), {10})
        self.assertEqual(self.verify("untrusted.pem", "-x509_strict", anchor="other-ca.pem"), set())

    def test_the_server_has_every_name(self):
        for name in ("localhost", "example.org", "test.example", "a.wild.example"):
            self.assertEqual(self.verify("server.pem", "-x509_strict", "-verify_hostname", name, anchor="ca.pem"), set())
        for address in ("127.0.0.1", "::1"):
            self.assertEqual(self.verify("server.pem", "-verify_ip", address, anchor="ca.pem"), set())

    def test_clients_are_for_clients(self):
        for name, anchor in (("client", "client-ca"), ("client-untrusted", "other-ca")):
            result = openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile",
                             self.dir / (anchor + ".pem"), self.dir / (name + ".pem"))
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_chain_is_leaf_first_and_without_root(self):
        self.assertEqual((self.dir / "server.pem").read_text().count("BEGIN CERTIFICATE"), 2)
        self.assertEqual((self.dir / "client.pem").read_text().count("BEGIN CERTIFICATE"), 1)
        self.assertTrue((self.dir / "server.pem").read_text().endswith((self.dir / "intermediate.pem").read_text()))

    def test_keys_are_private_and_belong_to_their_certificate(self):
        for certificate in self.dir.glob("*.pem"):
            key = certificate.with_suffix(".key")
            self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
            self.assertEqual(openssl("pkey", "-in", key, "-pubout").stdout,
                             openssl("x509", "-in", certificate, "-noout", "-pubkey").stdout)

    def test_is_fast(self):
        # The promise is 1.5 s on an idle machine; the bound leaves room for sanitizers and busy neighbours.
        self.assertLess(self.seconds, 15)

    def test_print_can_be_made(self):
        description = self.pki("standard", "--print")
        names = self.pki("make", "-", "--out", self.dir / "again", text=description).splitlines()
        self.assertEqual({pathlib.Path(name).name for name in names},
                         {path.name for path in self.dir.iterdir() if path.is_file()})


class AuthorityAndLeaf(PkiTest):
    def test_every_key_type(self):
        for key_type in ("p256", "p384", "p521", "secp256k1", "rsa1024", "rsa2048", "rsa3072", "ed25519", "ed448"):
            with self.subTest(key_type):
                folder = self.dir / key_type
                self.pki("authority", "--out", folder, "--key-type", key_type)
                self.pki("leaf", "--authority", folder, "--out", folder, "--key-type", key_type,
                         "--name", "a.example")
                result = openssl("verify", "-x509_strict", "-auth_level", "0", "-CAfile", folder / "ca.pem",
                                 folder / "leaf.pem")
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_intermediates_are_presented(self):
        self.pki("authority", "--out", self.dir / "root", "--name", "Top")
        self.pki("authority", "--out", self.dir / "one", "--authority", self.dir / "root", "--name", "One")
        self.pki("authority", "--out", self.dir / "two", "--authority", self.dir / "one", "--path-length", "0")
        self.pki("leaf", "--authority", self.dir / "two", "--out", self.dir, "--id", "www", "--name", "a.example")
        self.assertEqual((self.dir / "www.pem").read_text().count("BEGIN CERTIFICATE"), 3)
        self.assertEqual(self.verify("www.pem", "-x509_strict", "-verify_hostname", "a.example",
                                     anchor="root/ca.pem"), set())

    def test_names_get_their_types(self):
        self.pki("leaf", "--self-signed", "--out", self.dir, "--name", "*.a.example", "--name", "192.0.2.1",
                 "--name", "2001:db8::1", "--client", "--server")
        text = self.text("leaf.pem")
        self.assertIn("DNS:*.a.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1", text)
        self.assertIn("TLS Web Server Authentication, TLS Web Client Authentication", text)

    def test_dates(self):
        self.pki("leaf", "--self-signed", "--out", self.dir, "--name", "a", "--not-before", "-2d",
                 "--not-after", "2060-02-29T12:00:00Z")
        text = self.text("leaf.pem")
        self.assertIn("Not After : Feb 29 12:00:00 2060 GMT", text)
        parsed = openssl("asn1parse", "-in", self.dir / "leaf.pem").stdout
        self.assertIn("UTCTIME", parsed)
        self.assertIn("GENERALIZEDTIME   :20600229120000Z", parsed)

    def test_json_lists_the_files(self):
        listed = json.loads(self.pki("leaf", "--self-signed", "--out", self.dir, "--name", "a", "--json"))
        self.assertEqual([(f["id"], f["kind"]) for f in listed["files"]],
                         [("leaf", "certificate"), ("leaf", "private_key")])
        self.assertTrue(all(pathlib.Path(f["path"]).is_file() for f in listed["files"]))

    def test_nothing_is_overwritten_without_force(self):
        self.pki("authority", "--out", self.dir)
        before = (self.dir / "ca.pem").read_bytes()
        (self.dir / "ca.key").chmod(0o644)
        self.assertIn("ca.pem: is there already", self.refused("authority", "--out", self.dir))
        self.assertEqual((self.dir / "ca.pem").read_bytes(), before)
        self.pki("authority", "--out", self.dir, "--force")
        self.assertNotEqual((self.dir / "ca.pem").read_bytes(), before)
        self.assertEqual(stat.S_IMODE((self.dir / "ca.key").stat().st_mode), 0o600)

    def test_a_key_does_not_follow_a_link(self):
        target = self.dir / "target"
        os.symlink(target, self.dir / "ca.key")
        self.refused("authority", "--out", self.dir)
        self.assertFalse((self.dir / "ca.pem").exists())
        self.pki("authority", "--out", self.dir, "--force")
        self.assertFalse(target.exists())
        self.assertFalse((self.dir / "ca.key").is_symlink())

    def test_wrong_arguments(self):
        self.pki("authority", "--out", self.dir / "a")
        self.pki("authority", "--out", self.dir / "b")
        (self.dir / "b" / "ca.key").replace(self.dir / "a" / "ca.key")
        leaf = ("leaf", "--out", self.dir / "x", "--name", "a")
        self.assertIn("ca.key: does not belong", self.refused(*leaf, "--authority", self.dir / "a"))
        self.assertIn("ca.key: cannot be opened", self.refused(*leaf, "--authority", self.dir / "b"))
        self.assertIn("--authority", self.refused(*leaf))
        self.assertIn("--not-after", self.refused(*leaf, "--self-signed", "--not-after", "-9d"))
        self.assertIn("--key-type", self.refused(*leaf, "--self-signed", "--key-type", "dsa"))
        self.assertIn("'a b'", self.refused("leaf", "--self-signed", "--out", self.dir, "--name", "a b"))
        self.refused("nonsense")
        self.assertFalse((self.dir / "x").exists())


class Make(PkiTest):
    def test_authority_faults(self):
        ca = {"issuer": "root", "ca": True}
        self.make({"id": "false", "issuer": "root", "key_usage": ["keyCertSign"]},
                  {"id": "none", "issuer": "root", "basic_constraints": False, "key_usage": []},
                  {"id": "v1", "issuer": "root", "version": 1},
                  {"id": "nosign", **ca, "key_usage": ["cRLSign"]},
                  {"id": "short", **ca, "path_length": 0},
                  {"id": "below", "issuer": "short", "ca": True},
                  *({"id": "leaf-" + i, "issuer": i, "with_intermediates": True}
                    for i in ("false", "none", "v1", "nosign", "short", "below")))
        for issuer, error in (("false", 79), ("none", 79), ("v1", 79), ("nosign", 32), ("below", 25)):
            with self.subTest(issuer):
                self.assertIn(error, self.verify(f"leaf-{issuer}.pem"))
        self.assertEqual(self.verify("leaf-short.pem"), set())
        self.assertIn("Version: 1 (0x0)", self.text("v1.pem"))

    def test_weak_algorithms(self):
        self.make({"id": "sha1", "issuer": "root", "digest": "sha1"},
                  {"id": "sha512", "issuer": "root", "digest": "sha512"},
                  {"id": "small", "issuer": "root", "key_type": "rsa1024"})
        self.assertIn("ecdsa-with-SHA1", self.text("sha1.pem"))
        self.assertIn("ecdsa-with-SHA512", self.text("sha512.pem"))
        self.assertIn(68, self.verify("sha1.pem", "-auth_level", "2"))
        self.assertIn(66, self.verify("small.pem", "-auth_level", "2"))

    def test_rsa_signatures(self):
        self.make({"id": "rsa", "issuer": "self", "ca": True, "key_type": "rsa2048"},
                  {"id": "pss", "issuer": "rsa", "pss": True, "digest": "sha384"},
                  {"id": "md5", "issuer": "rsa", "digest": "md5"}, {"id": "bad", "issuer": "rsa", "corrupt_signature": True},
                  {"id": "bad-pss", "issuer": "rsa", "pss": True, "corrupt_signature": True})
        self.assertEqual(self.verify("pss.pem", anchor="rsa.pem"), set())
        self.assertIn("rsassaPss", self.text("pss.pem"))
        self.assertIn("Salt Length: 0x30", self.text("pss.pem"))
        self.assertIn("md5WithRSAEncryption", self.text("md5.pem"))
        self.assertEqual(self.verify("bad.pem", anchor="rsa.pem"), {7})
        self.assertEqual(self.verify("bad-pss.pem", anchor="rsa.pem"), {7})

    def test_name_constraints(self):
        constraints = {"permitted": {"dns": ["good.example"], "ip": ["10.0.0.0/8"]},
                       "excluded": {"dns": ["bad.good.example"]}}
        self.make({"id": "ca", "issuer": "root", "ca": True, "name_constraints": constraints},
                  *({"id": name, "issuer": "ca", "with_intermediates": True, **names} for name, names in {
                      "inside": {"dns": ["a.good.example"], "ip": ["10.1.2.3"]},
                      "outside": {"dns": ["a.example"]},
                      "excluded": {"dns": ["x.bad.good.example"]},
                      "address": {"ip": ["192.0.2.1"]}}.items()))
        self.assertEqual(self.verify("inside.pem"), set())
        self.assertEqual(self.verify("outside.pem"), {47})
        self.assertEqual(self.verify("excluded.pem"), {48})
        self.assertEqual(self.verify("address.pem"), {47})
        self.assertIn("Name Constraints: critical", self.text("ca.pem"))

    def test_extensions_are_written_as_given(self):
        self.make({"id": "critical", "issuer": "root",
                   "extensions": [{"oid": "1.3.6.1.4.1.99999.7", "critical": True, "value": "0c024869"}]},
                  {"id": "ignored", "issuer": "root", "extensions": [{"oid": "1.3.6.1.4.1.99999.7", "value": "ff"}]})
        self.assertEqual(self.verify("critical.pem"), {34})
        self.assertEqual(self.verify("ignored.pem"), set())
        self.assertIn("[HEX DUMP]:0C024869", openssl("asn1parse", "-in", self.dir / "critical.pem").stdout)

    def test_odd_names(self):
        many = [f"host{i}.example" for i in range(1000)]
        self.make({"id": "nul", "issuer": "root", "dns": ["good.example\u0000.bad.example"]},
                  {"id": "address-as-dns", "issuer": "root", "dns": ["127.0.0.1"]},
                  {"id": "cn-only", "issuer": "root", "common_name": "cn.example"},
                  {"id": "no-subject", "issuer": "root", "common_name": "", "dns": ["a.example"]},
                  {"id": "many", "issuer": "root", "dns": many, "uri": ["https://a.example/"], "email": ["a@b.example"]},
                  der=True)
        encoded = (self.dir / "nul.der").read_bytes()
        self.assertIn(b"\x82\x19good.example\x00.bad.example", encoded)
        self.assertIn("DNS:127.0.0.1", self.text("address-as-dns.pem"))
        self.assertEqual(self.verify("address-as-dns.pem", "-verify_ip", "127.0.0.1"), {64})
        self.assertNotIn("Alternative", self.text("cn-only.pem"))
        self.assertIn("Subject: CN = cn.example", self.text("cn-only.pem").replace("CN=", "CN = "))
        self.assertIn("Alternative Name: critical", self.text("no-subject.pem"))
        self.assertEqual(self.verify("many.pem", "-verify_hostname", "host999.example"), set())
        self.assertIn("URI:https://a.example/, email:a@b.example", self.text("many.pem"))

    def test_keys_serials_and_identifiers(self):
        self.make({"id": "first", "issuer": "root", "serial": 4660, "subject_key_identifier": False,
                   "authority_key_identifier": False},
                  {"id": "second", "issuer": "root", "key_of": "first", "serial": "00ff01"})
        self.assertEqual((self.dir / "first.key").read_text(), (self.dir / "second.key").read_text())
        self.assertIn("Serial Number: 4660 (0x1234)", self.text("first.pem"))
        self.assertIn("Serial Number: 65281 (0xff01)", self.text("second.pem"))
        self.assertNotIn("Key Identifier", self.text("first.pem"))
        self.assertIn("Subject Key Identifier", self.text("second.pem"))

    def test_revocation(self):
        self.make({"id": "good", "issuer": "root"}, {"id": "gone", "issuer": "root"}, der=True, crls=[
            {"id": "list", "issuer": "root", "revoked": ["gone"], "number": 7},
            {"id": "old", "issuer": "root", "this_update": "-9d", "next_update": "-2d"},
            {"id": "endless", "issuer": "root", "next_update": None},
            {"id": "bad", "issuer": "root", "corrupt_signature": True}])
        def with_crl(name, crl):
            return self.verify(name, "-crl_check", "-CRLfile", self.dir / (crl + ".crl.pem"))
        self.assertEqual(with_crl("good.pem", "list"), set())
        self.assertEqual(with_crl("gone.pem", "list"), {23})
        self.assertEqual(with_crl("good.pem", "old"), {12})
        self.assertEqual(with_crl("good.pem", "bad"), {8})
        text = openssl("crl", "-in", self.dir / "endless.crl.der", "-inform", "DER", "-noout", "-text").stdout
        self.assertIn("Next Update: NONE", text)

    def test_chains_and_authorities(self):
        self.pki("authority", "--out", self.dir / "made")
        authority = {"id": "made", "certificate": str(self.dir / "made/ca.pem"), "key": str(self.dir / "made/ca.key")}
        self.make({"id": "ca", "issuer": "made", "ca": True}, {"id": "leaf", "issuer": "ca"}, authorities=[authority],
                  chains=[{"id": "backwards", "members": ["ca", "leaf"]}])
        self.assertEqual((self.dir / "backwards.pem").read_text(),
                         (self.dir / "ca.pem").read_text() + (self.dir / "leaf.pem").read_text())
        self.assertEqual(self.verify("leaf.pem", anchor="made/ca.pem", untrusted="backwards.pem"), set())

    def test_errors_name_file_and_path_and_write_nothing(self):
        def refused(*certificates, **members):
            file = self.dir / "wrong.json"
            file.write_text(json.dumps({"certificates": [{"id": "root", "issuer": "self"}, *certificates], **members}))
            message = self.refused("make", file, "--out", self.dir / "out")
            self.assertFalse((self.dir / "out").exists())
            self.assertIn(str(file) + ": ", message)
            return message
        self.assertIn(": /certificates/1/kee_type: ", refused({"id": "a", "issuer": "root", "kee_type": "p256"}))
        self.assertIn(": /certificates/1: ", refused({"id": "a", "issuer": "root", "pss": True}))
        self.assertIn(": /certificates/1: ", refused({"id": "a", "issuer": "root", "digest": "md5"}))
        self.assertIn(": /certificates/2: ", refused({"id": "small", "issuer": "self", "key_type": "rsa1024"},
                                                     {"id": "a", "issuer": "small", "pss": True, "digest": "sha512"}))
        self.assertIn(": /certificates/2: ", refused({"id": "ed", "issuer": "self", "key_type": "ed25519"},
                                                     {"id": "a", "issuer": "ed", "digest": "sha256"}))
        self.assertIn(": /chains/0: ", refused(chains=[{"id": "root", "members": ["root"]}]))
        self.assertIn("cannot be opened", self.refused("make", self.dir / "absent.json", "--out", self.dir))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
