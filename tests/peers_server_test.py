"""unitls as a client of servers that others wrote: s_server, gnutls-serv, nginx, python's ssl."""

import concurrent.futures
import json
import os

from lib.build import VERSIONS
from lib.case import EXIT_INPUT, EXIT_PEER, SystemTest, main, per_backend, per_backend_with, per_version
from lib.peers import GnutlsServer, NetworkNamespace, NginxServer, OpensslServer
from lib.tlspeer import TlsServer, answers, close_cleanly, read_request, server_context

ANSWER = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"
REQUEST = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"


class ServerPeersTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(network := NetworkNamespace())
        cls.network = network

    def request(self):
        return self.write("request", REQUEST)

    def ask(self, backend, port, *arguments, **how):
        """What `connect --json` says of an accepted connection."""
        result = self.connect(backend, port, "--request", self.request(), "--json", *arguments, **how)
        return json.loads(self.accepted(result).out)

    def python(self, version=None, handler=answers(ANSWER), **more):
        return TlsServer(server_context(self.cert("server"), self.key("server"), version, **more), handler)

    def client(self, name="client"):
        return ("--cert", self.cert(name), "--key", self.key(name))

    @per_version
    def test_openssl_s_server(self, backend, version):
        """openssl s_server -www, by connect and by get"""
        server = self.start(OpensslServer(self.cert("server"), self.key("server"), version=version))
        facts = self.ask(backend, server.port)
        self.assertEqual(facts["version"], VERSIONS[version])
        self.assertIn("HTTP/1.0 200 ok", facts["answer"])
        self.assertIn(f"TLSv{version}", facts["answer"], "what the server says of the connection")
        self.assertIn(f"TLSv{version}", self.accepted(self.get(backend, server.port)).out)

    @per_version
    def test_openssl_s_server_agrees_on_the_facts(self, backend, version):
        """version, suite and group are what the server reports, too"""
        server = self.start(OpensslServer(self.cert("server"), self.key("server"), version=version))
        facts = self.ask(backend, server.port)
        self.assertRegex(facts["cipher_suite"], r"^TLS_")
        if backend.id.startswith("mbedtls"):  # which does not tell these
            self.assertIn(facts["group"], (None, "x25519", "secp256r1", "X25519MLKEM768"))
            self.assertIn(facts["signature_scheme"], (None, "ecdsa_secp256r1_sha256"))
        else:
            self.assertIn(facts["group"], ("x25519", "secp256r1", "X25519MLKEM768"))
            self.assertEqual(facts["signature_scheme"], "ecdsa_secp256r1_sha256")
        self.assertEqual(facts["peer"]["names"][:2], ["localhost", "example.org"])
        self.assertEqual(facts["peer_certificates"], 2)
        if version == "1.3":  # OpenSSL uses IANA's names there
            self.assertIn(facts["cipher_suite"], facts["answer"])

    @per_version
    def test_every_key_type(self, backend, version):
        """servers with keys of P-256, P-384, RSA 2048 and 3072"""
        for kind in ("p256", "p384", "rsa2048", "rsa3072"):
            with self.subTest(kind):
                self.make("leaf", "--authority", self.pki, "--id", kind, "--key-type", kind, "--name", "localhost",
                          "--out", self.dir)
                with OpensslServer(self.dir / f"{kind}.pem", self.dir / f"{kind}.key", version=version) as server:
                    facts = self.ask(backend, server.port)
                    self.assertEqual(facts["version"], VERSIONS[version])

    @per_version
    def test_gnutls_serv(self, backend, version):
        """gnutls-serv in a network of its own"""
        priority = f"NORMAL:-VERS-ALL:+VERS-TLS{version}"
        server = self.start(GnutlsServer(self.network, self.cert("server"), self.key("server"),
                                         "--priority", priority, "--disable-client-cert"))
        facts = self.ask(backend, server.port, prefix=self.network.inside)
        self.assertEqual(facts["version"], VERSIONS[version])
        self.assertIn("HTTP/1.0 200 OK", facts["answer"])
        url = f"https://localhost:{server.port}/"
        got = self.unitls(backend, "get", url, "--ca", self.ca, "--resolve", f"localhost:{server.port}:127.0.0.1",
                          prefix=self.network.inside)
        self.assertIn(f"TLS{version}", self.accepted(got).out.replace(" ", ""))

    @per_version
    def test_gnutls_serv_with_client_certificates(self, backend, version):
        """gnutls-serv that requires a certificate"""
        server = self.start(GnutlsServer(
            self.network, self.cert("server"), self.key("server"), "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}",
            "--x509cafile", self.cert("client-ca"), "--require-client-cert", "--verify-client-cert"))
        facts = self.ask(backend, server.port, *self.client(), prefix=self.network.inside)
        self.assertIn("HTTP/1.0 200 OK", facts["answer"])
        without = self.connect(backend, server.port, "--request", self.request(), prefix=self.network.inside)
        self.refused(without, EXIT_PEER, r"alert received: \d+")

    @per_version
    def test_nginx_large_answer(self, backend, version):
        """nginx: 3 MiB through connect, byte by byte the same"""
        content = os.urandom(3 << 20)
        self.write("data", content)
        nginx = self.start(NginxServer(self.dir, self.cert("server"), self.key("server"), versions=(version,)))
        request = self.write("request", "GET /data HTTP/1.0\r\nHost: localhost\r\n\r\n")
        result = self.accepted(self.connect(backend, nginx.port, "--request", request))
        self.assertEqual(result.out_bytes.partition(b"\r\n\r\n")[2], content)

    @per_version
    def test_request_from_standard_input(self, backend, version):
        """--request - reads standard input"""
        server = self.start(self.python(version))
        result = self.connect(backend, server.port, "--request", "-", data=REQUEST.encode())
        self.assertTrue(self.accepted(result).out_bytes.endswith(ANSWER))

    @per_version
    def test_large_request_while_the_server_sends(self, backend, version):
        """1 MiB each way, in turns"""
        body = os.urandom(1 << 20)
        def handler(tls):
            got = b""
            while len(got) < len(body):
                got += tls.recv(65536)
            tls.sendall(got)
            close_cleanly(tls)
        server = self.start(self.python(version, handler))
        result = self.connect(backend, server.port, "--request", self.write("request", body))
        self.assertTrue(self.accepted(result).out_bytes.endswith(body))

    @per_version
    def test_client_certificates(self, backend, version):
        """no certificate asked for, requested, required: with and without one"""
        authority = {"client_ca": self.cert("client-ca")}
        for policy, given, name in (({}, (), None), ({}, self.client(), None),
                                    ({**authority, "client_auth": "request"}, (), None),
                                    ({**authority, "client_auth": "request"}, self.client(), "client.example"),
                                    ({**authority, "client_auth": "require"}, self.client(), "client.example")):
            with self.subTest(policy=policy, given=bool(given)), self.python(version, **policy) as server:
                self.assertEqual(self.ask(backend, server.port, *given)["answer"].encode(), ANSWER)
                names = [value for _, value in (server.clients[0] or {}).get("subjectAltName", ())]
                self.assertEqual(names, [name] if name else [])

    @per_version
    def test_client_certificate_refused_by_the_server(self, backend, version):
        """missing, and of an authority that the server does not trust: the alert is in the sentence"""
        missing = "116 certificate_required" if version == "1.3" else "40 handshake_failure"
        for given, alert in (((), missing), (self.client("client-untrusted"), "48 unknown_ca")):
            with self.subTest(given=bool(given)):
                server = self.start(self.python(version, client_ca=self.cert("client-ca"), client_auth="require"))
                result = self.connect(backend, server.port, "--request", self.request(), *given)
                self.refused(result, EXIT_PEER, rf"alert received: {alert}")

    @per_version
    def test_application_protocols(self, backend, version):
        """ALPN: the server's choice, a server without, no common protocol"""
        server = self.start(self.python(version, alpn=["two", "one"]))
        self.assertEqual(self.ask(backend, server.port, "--alpn", "one,two")["alpn"], "two")
        self.assertEqual(self.ask(backend, server.port, "--alpn", "one")["alpn"], "one")
        self.assertEqual(self.ask(backend, server.port)["alpn"], "")
        self.assertEqual(server.protocols, ["two", "one", None])
        silent = self.start(self.python(version))
        self.assertEqual(self.ask(backend, silent.port, "--alpn", "one")["alpn"], "")

    @per_version
    def test_no_application_protocol_in_common(self, backend, version):
        """s_server refuses protocols that it does not have: alert 120"""
        server = self.start(OpensslServer(self.cert("server"), self.key("server"), "-alpn", "two", version=version))
        result = self.connect(backend, server.port, "--alpn", "one", "--request", self.request())
        self.refused(result, EXIT_PEER, r"alert received: 120 no_application_protocol")

    @per_backend
    def test_versions(self, backend):
        """--min and --max choose the version, and nothing in common is said so"""
        server = self.start(self.python())
        self.assertEqual(self.ask(backend, server.port)["version"], VERSIONS[backend.latest])
        self.assertEqual(self.ask(backend, server.port, "--max", "1.2")["version"], "TLS 1.2")
        self.assertEqual(self.ask(backend, server.port, "--min", "1.2", "--max", "1.2")["version"], "TLS 1.2")
        if "1.3" in backend.versions:
            self.assertEqual(self.ask(backend, server.port, "--min", "1.3")["version"], "TLS 1.3")
            old = self.start(self.python("1.2"))
            self.refused(self.connect(backend, old.port, "--min", "1.3"), EXIT_PEER, r"version|70 protocol_version")
            new = self.start(self.python("1.3"))
            self.refused(self.connect(backend, new.port, "--max", "1.2"), EXIT_PEER, r"70 protocol_version")
        else:
            new = self.start(self.python("1.3"))
            self.refused(self.connect(backend, new.port), EXIT_PEER, r"70 protocol_version")
            self.refused(self.connect(backend, server.port, "--min", "1.3"), EXIT_INPUT, r"min_version")

    @per_version
    def test_connect_needs_a_clean_close(self, backend, version):
        """connect fails when the server ends without close_notify, although the answer came"""
        server = self.start(self.python(version, answers(ANSWER, clean=False)))
        result = self.connect(backend, server.port, "--request", self.request())
        self.refused(result, EXIT_PEER, r"close_notify")
        self.assertTrue(result.out_bytes.endswith(ANSWER))

    @per_version
    def test_connect_without_request_closes_cleanly(self, backend, version):
        """without --request: a handshake, close_notify in both directions"""
        def handler(tls):
            self.assertEqual(tls.recv(1), b"")
            close_cleanly(tls)
        server = self.start(self.python(version, handler))
        self.accepted(self.connect(backend, server.port))
        server.join()
        self.assertEqual(server.errors, [])
        self.assertTrue(server.alerts.closed())

    @per_version
    def test_tickets_before_data(self, backend, version):
        """records without data before the data are not shown"""
        def handler(tls):
            read_request(tls)
            for piece in (ANSWER[:10], ANSWER[10:11], ANSWER[11:]):
                tls.sendall(piece)
            close_cleanly(tls)
        context = server_context(self.cert("server"), self.key("server"), version)
        if version == "1.3":
            context.num_tickets = 8
        server = self.start(TlsServer(context, handler))
        self.assertEqual(self.ask(backend, server.port)["answer"].encode(), ANSWER)

    @per_backend_with("tls1.3")
    def test_key_updates_between_data(self, backend):
        """s_server changes its keys, and asks for new ones; without key-update-receive that is the end"""
        server = self.start(OpensslServer(self.cert("server"), self.key("server"), "-msg", version="1.3", mode=()))
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            getting = pool.submit(self.get, backend, server.port)
            server.wait_for("^GET / HTTP/1.1")
            server.type(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "^>>> .*InnerContent")
            server.type(b"k\n", "^>>> .*KeyUpdate$")
            if "key-update-receive" not in backend.capabilities:
                server.wait_for("^<<< .*Alert.* fatal unexpected_message$")
                self.refused(getting.result(), EXIT_PEER, "10 unexpected_message")
                return
            server.type(b"one\n", "^>>> .*InnerContent")
            server.type(b"K\n", "^>>> .*KeyUpdate$")
            server.type(b"another", "^>>> .*InnerContent")
            self.assertEqual(self.accepted(getting.result()).out, "one\nanother")
        server.wait_for("^<<< .*Alert.* warning close_notify$")


if __name__ == "__main__":
    main()
