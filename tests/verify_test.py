"""Certificates that must not be accepted, and those that must: the same words and alerts from every backend."""

import json

from lib.build import program
from lib.case import EXIT_REJECTED, SystemTest, main, per_version
from lib.peers import OpensslServer
from lib.process import run
from lib.tlspeer import TlsServer, answers, server_context

# The certificate of the server, the words, and the alert that it must see (backend.h, U-38).
REFUSED = [
    ("expired", "expired", 45),
    ("not-yet-valid", "not yet valid", 45),
    ("untrusted", "unknown issuer", 48),
    ("expired-untrusted", "expired, unknown issuer", 48),
    ("self-signed", "self-signed", 48),
    ("wrong-name", "name mismatch", 42),
    ("client-purpose", "wrong purpose", 42),
    ("ca-false-issuer", "bad CA", 42),
    ("bad-signature", "bad signature", 42),
]
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class VerifyTest(SystemTest):
    def server(self, name, version):
        return TlsServer(server_context(self.cert(name), self.key(name), version), answers(ANSWER))

    def rejected(self, result, words):
        self.refused(result, EXIT_REJECTED, rf"\(verify: {words}\)$")

    @per_version
    def test_refused_by_connect(self, backend, version):
        """what is wrong with a certificate, in words and as the alert"""
        for name, words, alert in REFUSED:
            with self.subTest(name):
                with self.server(name, version) as server:
                    self.rejected(self.connect(backend, server.port), words)
                    server.join()
                self.assertEqual(server.alerts.fatal(), [alert], server.errors)
                self.assertEqual(server.protocols, [], "the server's handshake succeeded")

    @per_version
    def test_refused_by_get(self, backend, version):
        """get refuses the same, and nothing was sent"""
        for name, words, alert in REFUSED:
            with self.subTest(name):
                with self.server(name, version) as server:
                    result = self.get(backend, server.port)
                    self.rejected(result, words)
                    server.join()
                self.assertEqual(result.out, "")
                self.assertEqual(server.alerts.fatal(), [alert], server.errors)

    @per_version
    def test_refused_seen_by_openssl(self, backend, version):
        """s_server reports the same alerts"""
        for name, words, alert in REFUSED:
            with self.subTest(name), OpensslServer(self.cert(name), self.key(name), version=version) as server:
                self.rejected(self.connect(backend, server.port), words)
                server.wait_for(rf"SSL alert number {alert}\b")

    @per_version
    def test_refused_that_no_backend_presents(self, backend, version):
        """certificates that our own servers would not load: only a foreign one presents them, and sees the alert"""
        anchor = self.made_by_openssl("anchor", "rsa:2048", "sha256", "basicConstraints=critical,CA:TRUE")
        for words, key_type, digest, extension in (("weak key", "rsa:1024", "sha256", ""),
                                                   ("weak algorithm", "rsa:2048", "sha1", ""),
                                                   ("unknown critical extension", "rsa:2048", "sha256",
                                                    "1.2.3.4.5=critical,ASN1:UTF8String:x")):
            leaf = self.made_by_openssl(words.replace(" ", "-"), key_type, digest, extension, issuer=anchor)
            with self.subTest(words), OpensslServer(leaf, leaf.with_suffix(".key"), "-cipher", "DEFAULT@SECLEVEL=0",
                                                    version=version) as server:
                self.rejected(self.connect(backend, server.port, ca=anchor), words)
                server.wait_for(r"SSL alert number 42\b")

    def made_by_openssl(self, name, key_type, digest, extension, issuer=None):
        """A certificate of a kind that unitls-pki does not make; without an issuer it signs itself."""
        openssl = program("openssl")
        cert, key, request = (self.dir / f"{name}.{end}" for end in ("pem", "key", "csr"))
        extensions = self.write(f"{name}.ext", f"subjectAltName=DNS:localhost\n{extension}\n")
        run(openssl, "req", "-new", "-newkey", key_type, "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        signer = ("-signkey", key) if issuer is None else ("-CA", issuer, "-CAkey", issuer.with_suffix(".key"),
                                                           "-CAcreateserial")
        result = run(openssl, "x509", "-req", "-in", request, "-out", cert, "-days", "2", f"-{digest}", "-extfile",
                     extensions, *signer)
        self.assertEqual(result.code, 0, str(result))
        return cert

    @per_version
    def test_sentence_of_an_expired_certificate(self, backend, version):
        """the sentence names the certificate, the day and the words"""
        server = self.start(self.server("expired-untrusted", version))
        result = self.connect(backend, server.port)
        self.assertRegex(result.err, r'certificate of "localhost" ')
        self.assertRegex(result.err, r"\(verify: expired, unknown issuer\)\n$")
        server = self.start(self.server("expired", version))
        self.assertRegex(self.connect(backend, server.port).err,
                         r'certificate of "localhost" .*expired on \d{4}-\d\d-\d\d \(verify: expired\)\n$')

    @per_version
    def test_accepted(self, backend, version):
        """good certificates: of elliptic curves and RSA, by get and by connect"""
        names = ["server"]
        if version == "1.3" or "rsa-pss-tls1.2" in backend.capabilities:  # python's servers insist on their order
            names.append("server-rsa")
        for name in names:
            with self.subTest(name):
                server = self.start(self.server(name, version))
                self.assertEqual(self.accepted(self.get(backend, server.port)).out, "ok")
                request = self.write("request", "GET / HTTP/1.0\r\n\r\n")
                result = self.accepted(self.connect(backend, server.port, "--request", request))
                self.assertIn(f"TLS 1.{version[2]}".replace(" ", ""), result.out.replace("v", "").replace(" ", ""))
                self.assertTrue(result.out_bytes.endswith(ANSWER), str(result))
                server.join()
                self.assertEqual(server.errors, [])
                self.assertTrue(server.alerts.closed(), "no close_notify from the client")

    @per_version
    def test_intermediates_and_roots_as_anchors(self, backend, version):
        """only what --ca holds is an anchor: another root is not, an intermediate by itself is"""
        server = self.start(self.server("server", version))
        self.rejected(self.connect(backend, server.port, ca=self.cert("other-ca")), "unknown issuer")
        both = self.write("both.pem", self.cert("other-ca").read_bytes() + self.ca.read_bytes())
        request = self.write("request", "GET / HTTP/1.0\r\n\r\n")
        self.accepted(self.connect(backend, server.port, "--request", request, ca=both))
        self.accepted(self.connect(backend, server.port, "--request", request, ca=self.cert("intermediate")))
        folder = self.dir / "anchors"
        folder.mkdir()
        (folder / "root.crt").write_bytes(self.ca.read_bytes())
        self.accepted(self.connect(backend, server.port, "--request", request, ca=folder))

    @per_version
    def test_system_trust(self, backend, version):
        """without --ca the system's anchors count (SSL_CERT_FILE), with --ca only with --system-trust"""
        server = self.start(self.server("server", version))
        ours, other = {"SSL_CERT_FILE": str(self.ca)}, {"SSL_CERT_FILE": str(self.cert("other-ca"))}
        request = self.write("request", "GET / HTTP/1.0\r\n\r\n")
        where = ("connect", f"127.0.0.1:{server.port}", "--name", "localhost", "--request", request)
        self.accepted(self.unitls(backend, *where, env=ours))
        self.rejected(self.unitls(backend, *where, env=other), "unknown issuer")
        self.rejected(self.unitls(backend, *where, "--ca", self.cert("other-ca"), env=ours), "unknown issuer")
        self.accepted(self.unitls(backend, *where, "--ca", self.cert("other-ca"), "--system-trust", env=ours))

    @per_version
    def test_names(self, backend, version):
        """DNS names, wildcards and IP addresses, by --name"""
        server = self.start(self.server("server", version))
        request = self.write("request", "GET / HTTP/1.0\r\n\r\n")
        for name in ("localhost", "LOCALHOST", "test.example", "a.wild.example", "127.0.0.1", "::1"):
            with self.subTest(name):
                self.accepted(self.connect(backend, server.port, "--request", request, name=name))
        for name in ("wild.example", "a.b.wild.example", "other.example", "127.0.0.2", "::2", "xlocalhost",
                     "localhost.example"):
            with self.subTest(name):
                self.rejected(self.connect(backend, server.port, name=name), "name mismatch")

    @per_version
    def test_name_is_the_host_without_name(self, backend, version):
        """without --name the host is what is verified, also when it is an address"""
        request = self.write("request", "GET / HTTP/1.0\r\n\r\n")
        server = self.start(self.server("server", version))
        where = f"127.0.0.1:{server.port}"
        self.accepted(self.unitls(backend, "connect", where, "--ca", self.ca, "--request", request))
        server = self.start(self.server("wrong-name", version))
        self.rejected(self.unitls(backend, "connect", f"127.0.0.1:{server.port}", "--ca", self.ca), "name mismatch")

    @per_version
    def test_common_name_is_no_name(self, backend, version):
        """a certificate with nothing but a common name matches no name"""
        self.make("make", self.write("cn.json", json.dumps({"certificates": [
            {"id": "cn", "issuer": "root", "common_name": "localhost", "extended_key_usage": ["serverAuth"]}],
            "authorities": [{"id": "root", "certificate": str(self.ca), "key": str(self.key("ca"))}]})),
            "--out", self.dir)
        context = server_context(self.dir / "cn.pem", self.dir / "cn.key", version)
        server = self.start(TlsServer(context, answers(ANSWER)))
        self.rejected(self.connect(backend, server.port), "name mismatch")

    @per_version
    def test_server_name_indication(self, backend, version):
        """--name, --sni, --no-sni: what the server sees and what is verified"""
        request = self.write("request", "GET / HTTP/1.0\r\n\r\n")
        for options, seen in ((("--name", "test.example"), "test.example"),
                              (("--name", "localhost", "--sni", "other.example"), "other.example"),
                              (("--name", "localhost", "--no-sni"), None),
                              (("--name", "127.0.0.1"), None), ((), None)):
            with self.subTest(options=options), self.server("server", version) as server:
                self.accepted(self.unitls(backend, "connect", f"127.0.0.1:{server.port}", "--ca", self.ca,
                                          "--request", request, *options))
                self.assertEqual(server.names, [seen])

    @per_version
    def test_get_by_address(self, backend, version):
        """a URL with an IP address: verified as one, and no server name is sent"""
        server = self.start(self.server("server", version))
        url = f"https://127.0.0.1:{server.port}/"
        self.assertEqual(self.accepted(self.unitls(backend, "get", url, "--ca", self.ca)).out, "ok")
        self.assertEqual(server.names, [None])
        server = self.start(self.server("wrong-name", version))
        self.rejected(self.unitls(backend, "get", f"https://127.0.0.1:{server.port}/", "--ca", self.ca),
                      "name mismatch")


if __name__ == "__main__":
    main()
