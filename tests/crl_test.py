"""Revocation lists: a revoked server against get and connect, a revoked client against `unitls serve`, `unitls verify`."""

import json
import ssl

from lib.build import program
from lib.case import EXIT_INPUT, EXIT_REJECTED, SystemTest, main, per_backend, per_version
from lib.peers import OpensslServer, UnitlsServer
from lib.process import run
from lib.tlspeer import Connected, TlsServer, answers, client_context, server_context

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = b"GET / HTTP/1.0\r\n\r\n"
BAD_CERTIFICATE, CERTIFICATE_REVOKED = 42, 44

DESCRIPTION = {
    "der": True,
    "certificates": [
        {"id": "root", "issuer": "self", "ca": True},
        {"id": "sub", "issuer": "root", "ca": True},
        {"id": "good", "issuer": "sub", "dns": ["localhost"], "extended_key_usage": ["serverAuth"],
         "with_intermediates": True},
        {"id": "bad", "issuer": "sub", "dns": ["localhost"], "extended_key_usage": ["serverAuth"],
         "with_intermediates": True},
        {"id": "clients", "issuer": "self", "ca": True},
        {"id": "good-client", "issuer": "clients", "extended_key_usage": ["clientAuth"], "dns": ["good.example"]},
        {"id": "bad-client", "issuer": "clients", "extended_key_usage": ["clientAuth"], "dns": ["bad.example"]},
    ],
    "crls": [
        {"id": "of-root", "issuer": "root"},
        {"id": "of-root-without-sub", "issuer": "root", "revoked": ["sub"]},
        {"id": "of-sub", "issuer": "sub", "revoked": ["bad"]},
        {"id": "of-sub-outdated", "issuer": "sub", "this_update": "-9d", "next_update": "-1d"},
        {"id": "of-sub-forged", "issuer": "sub", "corrupt_signature": True},
        {"id": "of-clients", "issuer": "clients", "revoked": ["bad-client"]},
    ],
}
# The lists that are given, and the words for the good and for the bad server; none is acceptance.
VERDICTS = [
    ((), "", ""),
    (("of-root", "of-sub"), "", "revoked"),
    (("of-sub", "of-root"), "", "revoked"),
    (("of-root",), "revocation unknown", "revocation unknown"),
    (("of-sub",), "revocation unknown", "revoked, revocation unknown"),
    (("of-root", "of-sub-outdated"), "revocation unknown", "revocation unknown"),
    (("of-root", "of-sub-forged"), "revocation unknown", "revocation unknown"),
    (("of-root-without-sub", "of-sub"), "revoked", "revoked"),
]
ALERTS = {"revoked": CERTIFICATE_REVOKED, "revocation unknown": BAD_CERTIFICATE,
          "revoked, revocation unknown": CERTIFICATE_REVOKED}


class CrlTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        file = cls._folder / "crl.json"
        file.write_text(json.dumps(DESCRIPTION))
        cls.own = cls._folder / "own"
        cls.make(cls(), "make", file, "--out", cls.own)
        cls.root = cls.own / "root.pem"

    def lists(self, *names):
        return [part for name in names for part in ("--crl", self.own / f"{name}.crl.pem")]

    def server(self, name, version):
        context = server_context(self.own / f"{name}.pem", self.own / f"{name}.key", version)
        return TlsServer(context, answers(ANSWER))

    def rejected(self, result, words):
        self.refused(result, EXIT_REJECTED, rf"\(verify: {words}\)\n$")

    @per_version
    def test_servers(self, backend, version):
        """every certificate below the anchor needs a current list of its issuer, and must not be on it"""
        for lists, *verdicts in VERDICTS:
            for name, words in zip(("good", "bad"), verdicts):
                with self.subTest(name, lists=lists), self.server(name, version) as server:
                    result = self.get(backend, server.port, "/", *self.lists(*lists), ca=self.root)
                    if not words:
                        self.assertEqual(self.accepted(result).out, "ok")
                        continue
                    self.rejected(result, words)
                    server.join()
                    self.assertEqual(server.alerts.fatal(), [ALERTS[words]], server.errors)
                    self.assertEqual(server.protocols, [], "the server's handshake succeeded")

    @per_version
    def test_seen_by_openssl(self, backend, version):
        """s_server reports the alert of a revoked certificate"""
        with OpensslServer(self.own / "bad.pem", self.own / "bad.key", version=version) as server:
            self.rejected(self.connect(backend, server.port, *self.lists("of-root", "of-sub"), ca=self.root), "revoked")
            server.wait_for(rf"SSL alert number {CERTIFICATE_REVOKED}\b")

    @per_backend
    def test_forms_of_lists(self, backend):
        """DER, and both lists in one PEM file"""
        both = self.write("both.pem", b"".join((self.own / f"{name}.crl.pem").read_bytes()
                                               for name in ("of-root", "of-sub")))
        der = [part for name in ("of-root", "of-sub") for part in ("--crl", self.own / f"{name}.crl.der")]
        for given in (("--crl", both), der):
            with self.subTest(given):
                with self.server("good", backend.latest) as server:
                    self.accepted(self.get(backend, server.port, "/", *given, ca=self.root))
                with self.server("bad", backend.latest) as server:
                    self.rejected(self.get(backend, server.port, "/", *given, ca=self.root), "revoked")

    def serve(self, backend, *lists, mode="require"):
        """A server that knows our clients' authority."""
        return self.start(UnitlsServer(backend, "--cert", self.cert("server"), "--key", self.key("server"),
                                       "--ca", self.own / "clients.pem", "--client-auth", mode, *self.lists(*lists)))

    def client(self, server, version, name):
        """A client of python's that has not shaken hands yet."""
        context = client_context(self.ca, version, cert=self.own / f"{name}.pem", key=self.own / f"{name}.key")
        return Connected(server.port, context, handshake=False)

    def refused_client(self, client, alert):
        with client, self.assertRaises((ssl.SSLError, ConnectionError)):
            client.tls.do_handshake()
            client.tls.sendall(GET)
            client.tls.recv(1)  # in TLS 1.3 a client learns only now
            self.fail("the server answered")
        self.assertEqual(client.alerts.fatal(), [alert])

    @per_version
    def test_clients(self, backend, version):
        """a good client is served, a revoked one sees certificate_revoked, one without a list bad_certificate"""
        for mode in ("require", "request"):
            with self.subTest(mode):
                server = self.serve(backend, "of-clients", mode=mode)
                with self.client(server, version, "good-client") as client:
                    client.tls.do_handshake()
                    client.tls.sendall(GET)
                    self.assertIn(b"good.example", client.read_all())
                self.refused_client(self.client(server, version, "bad-client"), CERTIFICATE_REVOKED)
                server.wait_for_outcome(r"\(verify: revoked\)$")
                server = self.serve(backend, "of-root", mode=mode)
                self.refused_client(self.client(server, version, "good-client"), BAD_CERTIFICATE)

    @per_version
    def test_revoked_openssl_client(self, backend, version):
        """s_client with a revoked certificate reports alert 44"""
        server = self.serve(backend, "of-clients")
        result = run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-cert",
                     self.own / "bad-client.pem", "-key", self.own / "bad-client.key", f"-tls1_{version[2]}",
                     "-ign_eof", data=GET)
        self.assertRegex(result.err, rf"alert number {CERTIFICATE_REVOKED}\b", str(result))

    @per_backend
    def test_verify(self, backend):
        """the same words without a connection, and that revocation was checked is said"""
        for lists, *verdicts in VERDICTS:
            for name, words in zip(("good", "bad"), verdicts):
                with self.subTest(name, lists=lists):
                    result = self.unitls(backend, "verify", "--ca", self.root, "--chain", self.own / f"{name}.pem",
                                         "--name", "localhost", *self.lists(*lists))
                    if words:
                        self.rejected(result, words)
                    else:
                        self.assertRegex(self.accepted(result).out,
                                         r"\nrevocation +checked\n" if lists else r"\nrevocation +not checked")

    @per_backend
    def test_wrong_input(self, backend):
        """what is no list is named; a server that asks for no certificates takes none"""
        noise = self.write("noise.pem", "-----BEGIN X509 CRL-----\nMAMCAQA=\n-----END X509 CRL-----\n")
        for file, sentence in ((self.dir / "missing", r"missing: there is no such file"),
                               (self.root, r"root\.pem: holds no "), (noise, r"noise\.pem: ")):
            with self.subTest(sentence):
                self.refused(self.connect(backend, 1, "--crl", file, ca=self.root), EXIT_INPUT, sentence)
                self.refused(self.unitls(backend, "verify", "--ca", self.root, "--chain", self.own / "good.pem",
                                         "--crl", file), EXIT_INPUT, sentence)
        result = self.unitls(backend, "serve", "--listen", "127.0.0.1:0", *self.lists("of-clients"))
        self.assertEqual(result.code, EXIT_INPUT, str(result))


if __name__ == "__main__":
    main()
