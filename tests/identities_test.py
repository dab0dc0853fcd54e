"""One server with several certificates: chosen by the client's server name and by what the client can verify."""

import json
import re
import ssl

from lib.build import program
from lib.case import EXIT_INPUT, SystemTest, main, per_backend, per_version
from lib.peers import UnitlsServer
from lib.process import run
from lib.tlspeer import Connected, client_context

# The identities in the order in which the server is given them: id, DNS names, type of key.
IDENTITIES = [
    ("first", ["a.example", "www.a.example"], "p256"),
    ("first-rsa", ["a.example", "www.a.example"], "rsa2048"),
    ("second", ["b.example", "second.b.example"], "p256"),
    ("wildcard", ["*.wild.example"], "p256"),
    ("exact", ["exact.wild.example"], "p256"),
]
# What a client asks for, and the certificate that it gets; None sends no name.
CHOICES = [
    ("a.example", "first"), ("www.a.example", "first"), ("b.example", "second"), ("second.b.example", "second"),
    ("SECOND.B.Example", "second"), ("any.wild.example", "wildcard"), ("exact.wild.example", "exact"),
    ("wild.example", "first"), ("x.any.wild.example", "first"), ("unknown.example", "first"), (None, "first"),
]
UNRECOGNIZED_NAME = 112
GET = b"GET / HTTP/1.0\r\n\r\n"


class IdentitiesTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        description = {"authorities": [{"id": "root", "certificate": str(cls.ca), "key": str(cls.pki / "ca.key")}],
                       "certificates": [{"id": name, "issuer": "root", "dns": names, "key_type": key,
                                         "extended_key_usage": ["serverAuth"]} for name, names, key in IDENTITIES]}
        cls.own = cls._folder / "identities"
        file = cls._folder / "identities.json"
        file.write_text(json.dumps(description))
        cls.make(cls(), "make", file, "--out", cls.own)

    def serve(self, backend, *arguments, names=tuple(name for name, _, _ in IDENTITIES)):
        pairs = [part for name in names
                 for part in ("--cert", self.own / f"{name}.pem", "--key", self.own / f"{name}.key")]
        return self.start(UnitlsServer(backend, *pairs, *arguments))

    def presented(self, server, version, name, offered=None):
        """The common name of the certificate that python is shown."""
        context = client_context(self.ca, version)
        context.check_hostname = False
        if offered:
            context.set_ciphers(offered)
        with Connected(server.port, context, name=name) as client:
            client.tls.sendall(GET)
            client.read_all()
            return dict(part[0] for part in client.tls.getpeercert()["subject"])["commonName"]

    def s_client(self, server, version, *arguments):
        return run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", self.ca,
                   "-verify_return_error", f"-tls1_{version[2]}", "-ign_eof", *arguments, data=GET)

    def shown_to_s_client(self, server, version, *arguments):
        result = self.s_client(server, version, *arguments)
        self.assertEqual(result.code, 0, str(result))
        return re.search(r"^subject=CN ?= ?(\S+)$", result.out, re.M)[1]

    @per_version
    def test_names(self, backend, version):
        """every name of every certificate, blind to case, an exact one before a wildcard, else the first"""
        server = self.serve(backend)
        for name, expected in CHOICES:
            with self.subTest(name):
                self.assertEqual(self.presented(server, version, name, offered="ECDHE+ECDSA"), expected)

    @per_version
    def test_openssl(self, backend, version):
        """s_client, by server name and by the signatures that it offers to verify"""
        server = self.serve(backend)
        ecdsa, rsa = "ECDSA+SHA256", "RSA-PSS+SHA256:RSA+SHA256"
        for name, schemes, expected in (("a.example", ecdsa, "first"), ("a.example", rsa, "first-rsa"),
                                        ("www.a.example", rsa, "first-rsa"), ("b.example", ecdsa, "second"),
                                        ("unknown.example", rsa, "first-rsa")):
            with self.subTest(name, schemes=schemes):
                shown = self.shown_to_s_client(server, version, "-servername", name, "-sigalgs", schemes)
                self.assertEqual(shown, expected)
        self.assertEqual(self.shown_to_s_client(server, version, "-noservername", "-sigalgs", rsa), "first-rsa")

    @per_version
    def test_nothing_that_the_client_can_verify(self, backend, version):
        """a client that cannot verify any of a name's certificates is refused"""
        server = self.serve(backend)
        result = self.s_client(server, version, "-servername", "b.example", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256")
        self.assertNotEqual(result.code, 0, str(result))
        self.assertRegex(result.err, r"alert number (40|47)\b", str(result))

    @per_version
    def test_curl(self, backend, version):
        """curl verifies each name against what it is shown"""
        server = self.serve(backend)
        for name, _ in CHOICES[:7]:
            with self.subTest(name):
                result = run(program("curl"), "-sS", "--cacert", self.ca, f"--tlsv{version}", "--tls-max", version,
                             "--resolve", f"{name.lower()}:{server.port}:127.0.0.1", f"https://{name}:{server.port}/")
                self.assertEqual(result.code, 0, str(result))
                self.assertIn("TLS", result.out)

    @per_version
    def test_our_clients(self, backend, version):
        """connect gets and verifies the certificate of the name that it asks for"""
        server = self.serve(backend)
        request = self.write("request", GET)
        for name, expected in CHOICES[:7]:
            with self.subTest(name):
                result = self.connect(backend, server.port, "--request", request, "--max", version, name=name)
                self.assertRegex(self.accepted(result).out, rf"(?m)^peer +{expected}(-rsa)?$")

    @per_version
    def test_strict(self, backend, version):
        """--strict-sni: a name that fits none ends in unrecognized_name, no name gets the first"""
        server = self.serve(backend, "--strict-sni")
        for name, expected in CHOICES:
            with self.subTest(name):
                if expected == "first" and name not in (None, "a.example", "www.a.example"):
                    self.refused_name(server, version, name)
                else:
                    self.assertEqual(self.presented(server, version, name, offered="ECDHE+ECDSA"), expected)
        result = self.s_client(server, version, "-servername", "unknown.example")
        self.assertRegex(result.err, rf"alert number {UNRECOGNIZED_NAME}\b", str(result))
        server.wait_for_outcome(rf"alert sent: {UNRECOGNIZED_NAME} unrecognized_name")

    def refused_name(self, server, version, name):
        context = client_context(self.ca, version)
        context.check_hostname = False
        with Connected(server.port, context, name=name, handshake=False) as client:
            with self.assertRaises(ssl.SSLError):
                client.tls.do_handshake()
            self.assertEqual(client.alerts.fatal(), [UNRECOGNIZED_NAME])

    @per_version
    def test_strict_with_one(self, backend, version):
        """--strict-sni with a single certificate"""
        server = self.serve(backend, "--strict-sni", names=("second",))
        self.assertEqual(self.presented(server, version, "second.b.example"), "second")
        self.assertEqual(self.presented(server, version, None), "second")
        self.refused_name(server, version, "a.example")

    @per_backend
    def test_keys_inside(self, backend):
        """each key may stand in the file of its certificate"""
        files = [self.write(f"{name}.both", (self.own / f"{name}.pem").read_bytes() +
                            (self.own / f"{name}.key").read_bytes()) for name in ("first", "second")]
        server = self.start(UnitlsServer(backend, *(part for file in files for part in ("--cert", file))))
        self.assertEqual(self.presented(server, backend.latest, "b.example"), "second")
        self.assertEqual(self.presented(server, backend.latest, "a.example"), "first")

    @per_backend
    def test_wrong_pairs(self, backend):
        """keys that are missing, too few, or of another certificate: the file is named"""
        def cert(name):
            return "--cert", self.own / f"{name}.pem"
        def key(name):
            return "--key", self.own / f"{name}.key"
        for arguments, sentence in (
                ((*cert("first"), *cert("second"), *key("first")), r"2 --cert and 1 --key"),
                ((*cert("first"), *key("first"), *cert("second"), *key("exact")), r"exact\.key: .*identities\[1\]"),
                ((*cert("first"), *cert("second")), r"first\.pem: .*identities\[0\]"),
        ):
            with self.subTest(sentence):
                result = self.unitls(backend, "serve", "--listen", "127.0.0.1:0", *arguments)
                self.refused(result, EXIT_INPUT, sentence)


if __name__ == "__main__":
    main()
