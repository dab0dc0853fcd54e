"""Pins of public keys and the insecure modes: what is judged in each, before any application data."""

import re

from lib.build import ask
from lib.case import EXIT_INPUT, EXIT_REJECTED, SystemTest, main, per_backend, per_version
from lib.tlspeer import TlsServer, answers, server_context

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NO_NAME = r"^unitls: warning: this program connects without checking the names"
NO_VERIFICATION = r"^unitls: warning: this program accepts certificates without verifying them"


class PinsTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pins = {name: cls.pin_of(cls.pki / f"{name}.pem")
                    for name in ("server", "intermediate", "ca", "client", "untrusted", "self-signed", "other-ca")}

    @staticmethod
    def pin_of(path):
        return ask("inspect", path, "--json")["certificates"][0]["pin"]

    def server(self, name, version):
        return TlsServer(server_context(self.cert(name), self.key(name), version), answers(ANSWER))

    def pinned(self, *names):
        return [part for name in names for part in ("--pin", self.pins[name])]

    def refused_handshake(self, result, server, words, alert):
        self.refused(result, EXIT_REJECTED, rf"\(verify: {words}\)\n$")
        server.join()
        self.assertEqual(server.alerts.fatal(), [alert], server.errors)
        self.assertEqual(server.protocols, [], "the server's handshake succeeded")

    @per_version
    def test_accepted(self, backend, version):
        """the key of the leaf, of an issuer, of the anchor; one of several"""
        server = self.start(self.server("server", version))
        for names in (("server",), ("intermediate",), ("ca",), ("client", "server"), ("ca", "client")):
            with self.subTest(names):
                self.assertEqual(self.accepted(self.get(backend, server.port, "/", *self.pinned(*names))).out, "ok")

    @per_version
    def test_refused(self, backend, version):
        """no pinned key in the path: refused inside the handshake, by connect and by get"""
        for command in (self.connect, lambda backend, port, *more: self.get(backend, port, "/", *more)):
            with self.server("server", version) as server:
                result = command(backend, server.port, *self.pinned("client", "other-ca"))
                self.refused_handshake(result, server, "pin mismatch", 42)

    @per_version
    def test_with_other_flags(self, backend, version):
        """a pin hides nothing and is hidden by nothing"""
        with self.server("expired", version) as server:
            result = self.connect(backend, server.port, *self.pinned("client"))
            self.refused_handshake(result, server, "expired, pin mismatch", 45)
        with self.server("untrusted", version) as server:
            result = self.connect(backend, server.port, *self.pinned("untrusted"))
            self.refused_handshake(result, server, "unknown issuer", 48)

    @per_version
    def test_no_verification(self, backend, version):
        """--insecure-no-verification accepts anything and says so; a pin still judges, on the leaf's key alone"""
        anything = ("--insecure-no-verification",)
        for name in ("self-signed", "untrusted", "expired", "wrong-name"):
            with self.subTest(name), self.server(name, version) as server:
                result = self.accepted(self.weak(backend, server, *anything))
                self.assertEqual(result.out, "ok")
                self.assertRegex(result.err, NO_VERIFICATION)
        with self.server("untrusted", version) as server:
            self.accepted(self.weak(backend, server, *anything, *self.pinned("untrusted")))
        for name, pin in (("untrusted", "server"), ("server", "intermediate")):
            with self.subTest(name, pin=pin), self.server(name, version) as server:
                result = self.weak(backend, server, *anything, *self.pinned(pin))
                self.assertRegex(result.err, r"\(verify: .*pin mismatch\)\n$")
                self.assertEqual(result.code, EXIT_REJECTED)
                server.join()
                self.assertEqual(server.protocols, [], "the server's handshake succeeded")

    @per_version
    def test_no_name_check(self, backend, version):
        """--insecure-no-name-check accepts another name, says so, and verifies everything else"""
        weak = ("--insecure-no-name-check", "--ca", self.ca)
        with self.server("wrong-name", version) as server:
            result = self.accepted(self.weak(backend, server, *weak))
            self.assertRegex(result.err, NO_NAME)
        for name, words in (("expired", "expired"), ("untrusted", "unknown issuer")):
            with self.subTest(name), self.server(name, version) as server:
                result = self.weak(backend, server, *weak)
                self.assertEqual(result.code, EXIT_REJECTED, str(result))
                self.assertRegex(result.err, rf"\(verify: {words}\)\n$")

    def weak(self, backend, server, *arguments):
        return self.unitls(backend, "get", f"https://localhost:{server.port}/", "--resolve",
                           f"localhost:{server.port}:127.0.0.1", *arguments)

    @per_backend
    def test_warned_by_connect(self, backend):
        """connect has the same options"""
        request = self.write("request", b"GET / HTTP/1.0\r\n\r\n")
        for option, warning, name in (("--insecure-no-verification", NO_VERIFICATION, "self-signed"),
                                      ("--insecure-no-name-check", NO_NAME, "wrong-name")):
            with self.subTest(option), self.server(name, backend.latest) as server:
                trust = () if "verification" in option else ("--ca", self.ca)
                result = self.accepted(self.unitls(backend, "connect", f"127.0.0.1:{server.port}", "--request", request,
                                                   option, *trust))
                self.assertRegex(result.err, warning)

    @per_backend
    def test_wrong_input(self, backend):
        """what is no pin is quoted; trust and no verification exclude each other"""
        for pin in ("sha256/short=", "", "md5/AAAA", self.pins["ca"] + "x", self.pins["ca"].replace("=", "")):
            with self.subTest(pin):
                result = self.connect(backend, 1, "--pin", pin)
                self.refused(result, EXIT_INPUT, re.escape(f'--pin "{pin}": '))
        for clash in (("--ca", self.ca), ("--crl", self.ca), ("--insecure-no-name-check",)):
            with self.subTest(clash):
                result = self.unitls(backend, "connect", "127.0.0.1:1", "--insecure-no-verification", *clash)
                self.assertEqual(result.code, EXIT_INPUT, str(result))


if __name__ == "__main__":
    main()
