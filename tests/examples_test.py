"""Every program in examples/: built with the project, and run here as its first comment says."""

import re

from lib.build import BUILD, SOURCE, ask, backends, clean_environment, program
from lib.case import SystemTest, main, per_backend
from lib.peers import UnitlsServer
from lib.process import Process, run

EXAMPLES = SOURCE / "examples"
LINES = 80


def binary(name):
    return BUILD / "bin" / f"example-{name}"


class ExamplesTest(SystemTest):
    def example(self, backend, name, *arguments):
        return run(binary(name), *arguments, env=clean_environment(UNITLS_BACKEND=str(backend)))

    def serving(self, backend, name, *arguments):
        """An example that is a server: the process and its port."""
        server = self.start(Process(binary(name), 0, *arguments, env=clean_environment(UNITLS_BACKEND=str(backend))))
        return server, int(server.wait_for(r"^listening on port (\d+)$")[1])

    def identity(self, name):
        return self.cert(name), self.key(name)

    def web_server(self, backend, name="server"):
        return self.start(UnitlsServer(backend, "--cert", self.cert(name), "--key", self.key(name))).port

    def test_all_are_here(self):
        """each example is small, is built, and has a test with its name"""
        sources = [path for path in EXAMPLES.iterdir() if path.suffix in (".c", ".cpp")]
        self.assertGreaterEqual(len(sources), 9)
        for path in sources:
            with self.subTest(path.name):
                self.assertTrue(binary(path.stem).exists(), "is not built")
                self.assertLessEqual(len(path.read_text().splitlines()), LINES)
                self.assertTrue([name for name in dir(self) if name.startswith(f"test_{path.stem}__")], "has no test")
                usage = run(binary(path.stem))
                if path.stem != "backends":
                    self.assertEqual(usage.code, 2, str(usage))
                    self.assertTrue(usage.err.startswith(f"usage: example-{path.stem} "), str(usage))

    @per_backend
    def test_backends(self, backend):
        """lists the backend"""
        result = self.accepted(self.example(backend, "backends"))
        self.assertRegex(result.out, rf"(?m)^{backend}: \S")

    @per_backend
    def test_fetch(self, backend):
        """fetches, and says what is wrong with an unknown authority"""
        port = self.web_server(backend)
        result = self.accepted(self.example(backend, "fetch", "localhost", port, self.ca))
        self.assertTrue(result.out.startswith("HTTP/1.1 200 OK"), str(result))
        result = self.example(backend, "fetch", "localhost", port, self.cert("other-ca"))
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("its issuer is not trusted here", result.err)

    @per_backend
    def test_over_memory(self, backend):
        """carries a greeting between two channels"""
        result = self.accepted(self.example(backend, "over_memory", self.ca, *self.identity("server"), "localhost"))
        self.assertEqual(result.out, "hello\n")
        result = self.example(backend, "over_memory", self.ca, *self.identity("server"), "other.example")
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("(verify: name mismatch)", result.err)

    @per_backend
    def test_two_names(self, backend):
        """openssl is shown the certificate of the name that it asks for"""
        server, port = self.serving(backend, "two_names", *self.identity("server"), *self.identity("wrong-name"))
        for name, subject in (("localhost", "server"), ("other.example", "wrong-name"), ("x.wild.example", "server")):
            with self.subTest(name):
                result = run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-servername", name,
                             "-CAfile", self.ca, "-verify_return_error", "-verify_hostname", name, "-ign_eof")
                self.assertEqual(result.code, 0, str(result))
                self.assertRegex(result.out, rf"(?m)^subject=CN ?= ?{subject}$")
                self.assertIn(f"you asked for {name}\n", result.out)
                server.wait_for(f"^served {re.escape(name)}$")

    @per_backend
    def test_mutual_tls(self, backend):
        """the right client is greeted by its name; others are refused, and the server goes on"""
        server, port = self.serving(backend, "mutual_tls", *self.identity("server"), self.cert("client-ca"))
        for name, accepted in (("client-untrusted", False), ("client", True)):
            result = run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-cert", self.cert(name),
                         "-key", self.key(name), "-CAfile", self.ca, "-ign_eof")
            self.assertEqual("hello CN=client\n" in result.out, accepted, str(result))
        server.wait_for(r"^refused: .*\(verify: unknown issuer\)$")
        server.wait_for("^welcome CN=client$")

    @per_backend
    def test_mutual_tls_client(self, backend):
        """is let in, and tells why it was not"""
        server, port = self.serving(backends()[0], "mutual_tls", *self.identity("server"), self.cert("client-ca"))
        where = ("mutual_tls_client", "localhost", port, self.ca)
        result = self.accepted(self.example(backend, *where, *self.identity("client")))
        self.assertEqual(result.out, "hello CN=client\n")
        result = self.example(backend, *where, *self.identity("client-untrusted"))
        self.assertEqual((result.code, result.out), (1, ""), str(result))
        self.assertIn("alert received: 48 unknown_ca", result.err)

    @per_backend
    def test_pinning(self, backend):
        """goes on with the pinned key, and sends nothing without it"""
        pin = ask("inspect", self.cert("server"), "--json")["certificates"][0]["pin"]
        other = ask("inspect", self.cert("client"), "--json")["certificates"][0]["pin"]
        where = ("pinning", "localhost", self.web_server(backend), self.ca)
        result = self.accepted(self.example(backend, *where, other, pin))
        self.assertIn(f"  {pin}  CN=server\n", result.out)
        self.assertIn("  CN=unitls test root\nHTTP/1.0 200 OK", result.out)
        result = self.example(backend, *where, other)
        self.assertEqual((result.code, result.out), (3, ""), str(result))
        self.assertIn("(verify: pin mismatch)", result.err)

    @per_backend
    def test_private_ca(self, backend):
        """accepts its own authority's chain and no other"""
        result = self.accepted(self.example(backend, "private_ca", self.ca, self.cert("server"), "localhost"))
        self.assertEqual(result.out, "accepted\n")
        result = self.example(backend, "private_ca", self.cert("other-ca"), self.cert("server"), "localhost")
        self.assertEqual(result.code, 1, str(result))
        self.assertRegex(result.err, r"\(verify: unknown issuer\)\n.*other-ca\.pem is not its authority\n$")

    @per_backend
    def test_revocation(self, backend):
        """tells a good chain, a revoked one, and one of which no list speaks, apart"""
        self.make("make", self.write("crl.json", """{"certificates": [
            {"id": "root", "issuer": "self", "ca": true},
            {"id": "good", "issuer": "root", "dns": ["localhost"], "extended_key_usage": ["serverAuth"]},
            {"id": "bad", "issuer": "root", "dns": ["localhost"], "extended_key_usage": ["serverAuth"]}],
            "crls": [{"id": "now", "issuer": "root", "revoked": ["bad"]},
                     {"id": "old", "issuer": "root", "this_update": "-9d", "next_update": "-1d"}]}"""), "--out", self.dir)
        for name, crl, code, text in (("good", "now", 0, "accepted, by a path of 2 certificates"),
                                      ("bad", "now", 1, "do not talk to it"),
                                      ("good", "old", 1, "fetch it, and ask again")):
            with self.subTest(name, crl=crl):
                result = self.example(backend, "revocation", self.dir / "root.pem", self.dir / f"{name}.pem",
                                      "localhost", self.dir / f"{crl}.crl.pem")
                self.assertEqual(result.code, code, str(result))
                self.assertIn(text, result.out)


if __name__ == "__main__":
    main()
