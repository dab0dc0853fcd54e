"""`unitls verify` and `unitls inspect`: the same verdict, words and facts from every backend, compared with openssl's."""

import base64
import datetime
import hashlib
import json
import os
import re
import ssl

from lib.build import backends, program
from lib.case import EXIT_BACKEND, EXIT_DONE, EXIT_INPUT, EXIT_REJECTED, SystemTest, main, per_backend
from lib.process import run

# A standard chain and the words of its refusal, without a name to check.
REFUSED = [
    ("expired", ["expired"]),
    ("not-yet-valid", ["not yet valid"]),
    ("untrusted", ["unknown issuer"]),
    ("expired-untrusted", ["expired", "unknown issuer"]),
    ("self-signed", ["self-signed"]),
    ("client-purpose", ["wrong purpose"]),
    ("ca-false-issuer", ["bad CA"]),
    ("bad-signature", ["bad signature"]),
]
ACCEPTED = ["server", "server-rsa", "wrong-name"]
UTC = "%Y-%m-%dT%H:%M:%SZ"


def der_of(path):
    """The first certificate of a PEM file."""
    return ssl.PEM_cert_to_DER_cert(path.read_text().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n")


class VerifyChainTest(SystemTest):
    def verify(self, backend, chain, *arguments, ca=None, **how):
        return self.unitls(backend, "verify", "--ca", ca or self.ca, "--chain", chain, *arguments, **how)

    def rejected(self, result, words):
        self.refused(result, EXIT_REJECTED, rf"\(verify: {', '.join(words)}\)\n$")

    @per_backend
    def test_accepted(self, backend):
        """good chains, with and without a name; what was checked is said"""
        for name in ACCEPTED:
            with self.subTest(name):
                result = self.accepted(self.verify(backend, self.cert(name)))
                self.assertRegex(result.out, r"^verdict +accepted\n")
                self.assertRegex(result.out, r"\nname +not checked: no --name was given\n")
                self.assertRegex(result.out, r"\nrevocation +not checked: no --crl was given\n")
                self.assertRegex(result.out, r"CN=unitls test root  \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\n$")
                self.assertEqual(result.err, "")
        for name in ("localhost", "TEST.example", "127.0.0.1", "::1"):
            with self.subTest(name=name):
                result = self.accepted(self.verify(backend, self.cert("server"), "--name", name))
                self.assertRegex(result.out, rf"\nname +{re.escape(name)}\n")
        self.accepted(self.verify(backend, self.cert("server"), "--name", "other.example", "--name", "localhost"))

    @per_backend
    def test_refused(self, backend):
        """what is wrong, in words, in JSON and by the exit code"""
        for name, words in REFUSED:
            with self.subTest(name):
                result = self.verify(backend, self.cert(name))
                self.rejected(result, words)
                self.assertRegex(result.err, rf"^unitls: {re.escape(str(self.cert(name)))}: ")
                self.assertRegex(result.out, r"^verdict +refused\n")
                result = self.verify(backend, self.cert(name), "--json")
                self.rejected(result, words)
                verdict = json.loads(result.out)
                self.assertEqual((verdict["accepted"], verdict["flags"]), (False, words))
                self.assertIn(verdict["reason"], result.err)
        for name in ("other.example", "127.0.0.2", "wild.example"):
            with self.subTest(name=name):
                self.rejected(self.verify(backend, self.cert("server"), "--name", name), ["name mismatch"])

    def test_every_backend_says_the_same(self):
        """verdict, words, path and every fact are equal, apart from the backend's name"""
        def answers(backend, name):
            result = self.verify(backend, self.cert(name), "--time", "1900000000", "--name", "localhost", "--json")
            told = json.loads(result.out)
            del told["backend"], told["reason"]
            return result.code, told
        for name in ACCEPTED + [name for name, _ in REFUSED]:
            expected = answers(backends()[0], name)
            for backend in backends()[1:]:
                with self.subTest(name, backend=backend):
                    self.assertEqual(answers(backend, name), expected)

    @per_backend
    def test_time(self, backend):
        """--time decides, as a date and as seconds; both ends of the period are valid"""
        facts = self.inspect(backend, self.cert("expired"))[0]
        begin, end = (datetime.datetime.strptime(facts[key], UTC).replace(tzinfo=datetime.timezone.utc)
                      for key in ("not_before", "not_after"))
        second = datetime.timedelta(seconds=1)
        self.rejected(self.verify(backend, self.cert("expired")), ["expired"])
        for time in (begin, end, begin + second):
            for text in (time.strftime(UTC), str(int(time.timestamp()))):
                with self.subTest(text):
                    self.accepted(self.verify(backend, self.cert("expired"), "--time", text))
        self.rejected(self.verify(backend, self.cert("expired"), "--time", (end + second).strftime(UTC)), ["expired"])
        self.rejected(self.verify(backend, self.cert("expired"), "--time", (begin - second).strftime(UTC)),
                      ["not yet valid"])
        told = json.loads(self.verify(backend, self.cert("expired"), "--json", "--time", "1900000000").out)
        self.assertEqual(told["time"], "2030-03-17T17:46:40Z")

    @per_backend
    def test_purpose(self, backend):
        """a client's certificate is good for a client and nothing else"""
        client = ("--purpose", "client")
        self.accepted(self.verify(backend, self.cert("client"), *client, ca=self.cert("client-ca")))
        self.rejected(self.verify(backend, self.cert("client"), ca=self.cert("client-ca")), ["wrong purpose"])
        self.rejected(self.verify(backend, self.cert("server"), *client), ["wrong purpose"])

    @per_backend
    def test_trust(self, backend):
        """anchors from a file, from a folder, and from the system"""
        folder = self.dir / "anchors"
        folder.mkdir()
        (folder / "root.crt").write_bytes(self.ca.read_bytes())
        (folder / "other.pem").write_bytes(self.cert("other-ca").read_bytes())
        (folder / "README").write_text("no certificate, and no certificate's name")
        self.accepted(self.verify(backend, self.cert("server"), ca=folder))
        self.rejected(self.verify(backend, self.cert("server"), ca=self.cert("other-ca")), ["unknown issuer"])
        self.accepted(self.verify(backend, self.cert("server"), ca=self.cert("intermediate")))
        system = {"SSL_CERT_FILE": str(self.ca)}
        chain = ("verify", "--chain", self.cert("server"))
        self.accepted(self.unitls(backend, *chain, env=system))
        self.rejected(self.unitls(backend, *chain, "--ca", self.cert("other-ca"), env=system), ["unknown issuer"])
        self.accepted(self.unitls(backend, *chain, "--ca", self.cert("other-ca"), "--system-trust", env=system))

    @per_backend
    def test_formats(self, backend):
        """DER, and the parts of a chain in files of their own"""
        parts = self.cert("server").read_text().split("-----END CERTIFICATE-----\n")
        leaf, issuer = (self.write(f"part{i}.der", ssl.PEM_cert_to_DER_cert(parts[i] + "-----END CERTIFICATE-----\n"))
                        for i in range(2))
        self.accepted(self.verify(backend, leaf, "--chain", issuer))
        self.rejected(self.verify(backend, leaf), ["unknown issuer"])
        self.rejected(self.verify(backend, self.write("noise.der", b"\x30\x03\x02\x01\x00"), "--chain", issuer),
                      ["malformed"])

    @per_backend
    def test_wrong_input(self, backend):
        """each sentence names the option or the file, and the reason"""
        server = self.cert("server")
        empty = self.dir / "empty"
        empty.mkdir()
        for arguments, sentence in (
                (("--ca", self.ca, "--chain", self.dir / "missing.pem"), r"missing\.pem: there is no such file"),
                (("--ca", self.dir / "missing.pem", "--chain", server), r"missing\.pem: there is no such file"),
                (("--ca", empty, "--chain", server), r"/empty: "),
                (("--ca", self.ca, "--chain", self.key("server")), r"server\.key: holds no certificate"),
                (("--ca", self.key("server"), "--chain", server), r"server\.key: holds no "),
                (("--ca", self.ca, "--chain", server, "--crl", self.ca), r"ca\.pem: holds no "),
                (("--ca", self.ca, "--chain", server, "--name", "a b"), r'"a b" '),
                (("--ca", self.ca, "--chain", server, "--time", "2026-02-30T00:00:00Z"), r'--time "2026-02-30T00:00:00Z"'),
                (("--ca", self.ca, "--chain", server, "--time", "2026-06-01"), r'--time "2026-06-01"'),
                (("--ca", self.ca, "--chain", server, "--time", "-1"), r'--time'),
        ):
            with self.subTest(arguments):
                self.refused(self.unitls(backend, "verify", *arguments), EXIT_INPUT, sentence)
        for arguments in (("--chain", server, "--purpose", "both"), ("--ca", self.ca)):
            with self.subTest(arguments):
                self.assertEqual(self.unitls(backend, "verify", *arguments).code, EXIT_INPUT)
        for command in (("verify", "--chain", server), ("inspect", server)):
            self.refused(self.unitls(None, *command, "--backend", "no-such-backend"), EXIT_BACKEND, "no-such-backend")

    def inspect(self, backend, path):
        told = json.loads(self.accepted(self.unitls(backend, "inspect", path, "--json")).out)
        self.assertEqual((told["backend"], told["file"]), (str(backend), str(path)))
        return told["certificates"]

    def openssl(self, path, *options):
        result = run(program("openssl"), "x509", "-in", path, "-noout", *options)
        self.assertEqual(result.code, EXIT_DONE, str(result))
        return result.out.strip()

    @per_backend
    def test_facts_as_openssl_tells_them(self, backend):
        """subject, issuer, names, dates, serial number, key, usages, SHA-256 and pin"""
        for name in ("server", "server-rsa", "ca", "intermediate", "client", "wrong-name", "self-signed"):
            with self.subTest(name):
                path, facts = self.cert(name), self.inspect(backend, self.cert(name))[0]
                text = self.openssl(path, "-text", "-nameopt", "RFC2253")
                for key, field in (("subject", "Subject"), ("issuer", "Issuer")):
                    self.assertIn(f"{field}: {facts[key]}\n", text)
                self.assertEqual(int(facts["serial_number"], 16),
                                 int(self.openssl(path, "-serial").removeprefix("serial="), 16))
                for key, option in (("not_before", "-startdate"), ("not_after", "-enddate")):
                    day = datetime.datetime.strptime(facts[key], UTC)
                    stated = self.openssl(path, option).split("=")[1]
                    self.assertEqual(day, datetime.datetime.strptime(stated, "%b %d %H:%M:%S %Y GMT"))
                self.assertEqual(facts["key_bits"], int(re.search(r"Public-Key: \((\d+) bit\)", text)[1]))
                self.assertEqual(facts["key_type"].split()[0], "RSA" if "rsaEncryption" in text else "EC")
                self.assertEqual(facts["is_ca"], "CA:TRUE" in text)
                self.assertEqual(facts["extended_key_usage"] is not None, "Extended Key Usage" in text)
                self.assertEqual("serverAuth" in (facts["extended_key_usage"] or []), "Web Server Auth" in text)
                self.assertEqual("keyCertSign" in (facts["key_usage"] or []), "Certificate Sign" in text)
                stated = re.findall(r"(DNS|IP Address):([^,\s]+)", text)
                self.assertEqual([name["form"] for name in facts["names"]],
                                 [form.split()[0] for form, _ in stated])
                self.assertEqual([name["text"] for name in facts["names"] if name["form"] == "DNS"],
                                 [value for form, value in stated if form == "DNS"])
                self.assertEqual(facts["sha256"], hashlib.sha256(der_of(path)).hexdigest())
                public = run(program("openssl"), "pkey", "-pubin", "-outform", "DER",
                             data=self.openssl(path, "-pubkey").encode() + b"\n").out_bytes
                self.assertEqual(facts["pin"],
                                 "sha256/" + base64.b64encode(hashlib.sha256(public).digest()).decode())

    @per_backend
    def test_inspect_text(self, backend):
        """every certificate of a file, in order, with remarks about their dates and without colours"""
        result = self.accepted(self.unitls(backend, "inspect", self.cert("server")))
        self.assertEqual(re.findall(r"^certificate +(\d of \d)$", result.out, re.M), ["1 of 2", "2 of 2"])
        self.assertRegex(result.out, r"\n +valid, ends in 36\d days\n")
        self.assertNotIn("\x1b", result.out)
        self.assertRegex(self.accepted(self.unitls(backend, "inspect", self.cert("expired"))).out,
                         r"\n +expired (1 day|2\d hours) ago\n")
        self.assertRegex(self.accepted(self.unitls(backend, "inspect", self.cert("not-yet-valid"))).out,
                         r"\n +not yet valid: begins in \d+ days?\n")

    @per_backend
    def test_inspect_der_and_hostile_names(self, backend):
        """DER alone; names from certificates cannot reach the terminal"""
        der = self.write("server.der", der_of(self.cert("server")))
        self.assertEqual(self.inspect(backend, der), self.inspect(backend, self.cert("server"))[:1])
        self.make("make", self.write("evil.json", json.dumps({"certificates": [
            {"id": "evil", "issuer": "self", "common_name": "a\u001b[31mb\nfake  line",
             "dns": ["x\u001b[2J.example"]}]})), "--out", self.dir)
        result = self.accepted(self.unitls(backend, "inspect", self.dir / "evil.pem"))
        self.assertNotIn("\x1b", result.out)
        self.assertNotRegex(result.out, r"(?m)^fake")

    @per_backend
    def test_file_names_of_any_bytes(self, backend):
        """a file whose name is no UTF-8 is inspected, and JSON stays JSON"""
        path = self.dir / os.fsdecode(b"caf\xe9.pem")
        path.write_bytes(self.ca.read_bytes())
        told = json.loads(self.accepted(self.unitls(backend, "inspect", path, "--json")).out)
        self.assertEqual(told["file"], str(self.dir / "caf\ufffd.pem"))

    @per_backend
    def test_inspect_refuses(self, backend):
        """what is no certificate is named, with its place"""
        broken = self.cert("server").read_text()
        second = broken.index("-----BEGIN", 20)
        broken = broken[:second] + "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n"
        line = broken[:second].count("\n") + 1
        for path, sentence in ((self.dir / "missing", r"missing: there is no such file"),
                               (self.key("server"), r"server\.key: holds no certificate"),
                               (self.write("two.pem", broken), rf"two\.pem: line {line}: "),
                               (self.write("cut.der", der_of(self.cert("server"))[:-1]), r"cut\.der: "),
                               (self.dir, r"a folder")):
            with self.subTest(path):
                result = self.refused(self.unitls(backend, "inspect", path), EXIT_INPUT, sentence)
                self.assertEqual(result.out, "", "half told")


if __name__ == "__main__":
    main()
