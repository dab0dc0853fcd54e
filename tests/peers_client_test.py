"""Clients that others wrote against `unitls serve`: curl, s_client, gnutls-cli, wget, python's ssl."""

import hashlib
import os
import re
import signal
import socket
import ssl
import subprocess

from lib.build import UNITLS, VERSIONS, program
from lib.case import EXIT_DONE, SystemTest, main, per_backend, per_backend_with, per_version
from lib.peers import UnitlsServer
from lib.process import Process, run
from lib.records import HandmadeRecords
from lib.tlspeer import Connected, client_context

MIB = 1 << 20
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

NO_VERSION = (70, 40)  # backend.h, U-40


class ClientPeersTest(SystemTest):
    def serve(self, backend, *arguments):
        return self.start(UnitlsServer(backend, "--cert", self.cert("server"), "--key", self.key("server"), *arguments))

    def serve_files(self, backend, *arguments):
        root = self.dir / "root"
        root.mkdir()
        return root, self.serve(backend, "--root", root, *arguments)

    def client(self, server, version=None, **more):
        return Connected(server.port, client_context(self.ca, version, **more))

    def fetch(self, server, request=GET, version=None, **more):
        """The whole answer; fails when it does not end by close_notify."""
        with self.client(server, version, **more) as client:
            client.tls.sendall(request)
            return client.read_all()

    def curl(self, server, version, *arguments, target="/"):
        return run(program("curl"), "-sS", "--cacert", self.ca, f"--tlsv{version}", "--tls-max", version,
                   "--resolve", f"localhost:{server.port}:127.0.0.1", *arguments,
                   f"https://localhost:{server.port}{target}")

    def s_client(self, server, version, *arguments, data=GET):
        return run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost",
                   "-CAfile", self.ca, "-verify_return_error", "-verify_hostname", "localhost",
                   f"-tls1_{version[2]}", "-quiet", *arguments, data=data)

    def line(self, server, version, outcome):
        """The server's line about a connection: peer, version, suite, outcome."""
        line = server.wait_for_outcome(outcome)
        self.assertRegex(line, rf"^127\.0\.0\.1:\d+  {VERSIONS[version]} TLS_\w+  ")
        return line

    @per_version
    def test_curl(self, backend, version):
        """curl with the version forced: 20 MiB, equal by hash, HTTP status, connection reused"""
        root, server = self.serve_files(backend)
        content = os.urandom(20 * MIB + 3)
        (root / "large").write_bytes(content)
        result = self.curl(server, version, "-w", "%{http_code} %{num_connects} %{stderr}%{ssl_verify_result}", "-o",
                           self.dir / "got", target="/large")
        self.assertEqual((result.code, result.out, result.err), (0, "200 1 ", "0"), str(result))
        self.assertEqual(hashlib.sha256((self.dir / "got").read_bytes()).digest(), hashlib.sha256(content).digest())
        self.line(server, version, "GET /large 200")

    @per_version
    def test_curl_reuses_the_connection(self, backend, version):
        """two requests over one connection"""
        server = self.serve(backend)
        url = f"https://localhost:{server.port}/"
        result = self.curl(server, version, "-o", "/dev/null", "-o", "/dev/null", "-w", "%{num_connects},", url)
        self.assertEqual((result.code, result.out), (0, "1,0,"), str(result))
        self.line(server, version, "GET / 200; GET / 200; closed")

    @per_version
    def test_curl_head(self, backend, version):
        """HEAD has the length and no body"""
        root, server = self.serve_files(backend)
        (root / "file").write_bytes(b"x" * 1234)
        result = self.curl(server, version, "--head", target="/file")
        self.assertEqual(result.code, 0, str(result))
        self.assertRegex(result.out, r"^HTTP/1\.1 200 OK\r\n")
        self.assertRegex(result.out, r"(?i)\r\ncontent-length: 1234\r\n")
        self.line(server, version, "HEAD /file 200")

    @per_version
    def test_wget(self, backend, version):
        """wget, which uses another library than curl"""
        root, server = self.serve_files(backend)
        (root / "file").write_bytes(content := os.urandom(MIB))
        result = run(program("wget"), "-q", "-O", "-", "--no-config", "--ca-certificate", self.ca,
                     f"https://localhost:{server.port}/file")
        self.assertEqual((result.code, result.out_bytes), (0, content), str(result.err))
        forced = run(program("wget"), "-q", "-O", "-", "--no-config", "--ca-certificate", self.ca,
                     f"--secure-protocol=TLSv1_{version[2]}", f"https://localhost:{server.port}/file")
        self.assertEqual((forced.code, forced.out_bytes), (0, content), str(forced.err))

    @per_version
    def test_openssl_s_client(self, backend, version):
        """s_client verifies, gets the answer, and sees a clean end"""
        server = self.serve(backend)
        result = self.s_client(server, version)
        self.assertEqual(result.code, 0, str(result))
        self.assertRegex(result.out, r"^HTTP/1\.1 200 OK\r\n")
        self.assertIn(VERSIONS[version], result.out)
        self.assertNotIn("unexpected eof", result.err)
        self.line(server, version, "GET / 200")

    @per_version
    def test_openssl_s_client_sees_close_notify(self, backend, version):
        """the last thing from the server is the alert close_notify"""
        server = self.serve(backend)
        result = run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", self.ca,
                     f"-tls1_{version[2]}", "-ign_eof", "-msg", data=GET)
        self.assertEqual(result.code, 0, str(result))
        self.assertRegex(result.out, r"<<< [^\n]*Alert[^\n]*warning close_notify")

    @per_backend_with("tls1.3")
    def test_key_updates(self, backend):
        """s_client changes its keys, and asks the server to change its own; without key-update-receive that is the end"""
        stay = GET.replace(b"Connection: close\r\n", b"")
        server = self.serve(backend)
        client = self.start(Process(program("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile",
                                    self.ca, "-tls1_3", "-msg", stdin=subprocess.PIPE))
        client.type(stay, "^HTTP/1.1 200 OK")
        client.type(b"k\n", "^>>> .*KeyUpdate$")
        if "key-update-receive" not in backend.capabilities:
            client.wait_for("^<<< .*Alert.* fatal unexpected_message$")
            server.wait_for_outcome("10 unexpected_message")
            return
        client.type(stay, "^HTTP/1.1 200 OK")
        client.type(b"K\n", "^>>> .*KeyUpdate$")
        client.type(stay, "^HTTP/1.1 200 OK")
        client.wait_for("^<<< .*KeyUpdate$")
        client.child.stdin.write(b"Q\n")
        client.child.stdin.close()
        server.wait_for_outcome("GET / 200; GET / 200; GET / 200; closed$")

    @per_version
    def test_gnutls_cli(self, backend, version):
        """gnutls-cli verifies and gets the answer"""
        server = self.serve(backend)
        client = Process(program("gnutls-cli"), "--x509cafile", self.ca, "--verify-hostname", "localhost",
                         "--sni-hostname", "localhost", "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}",
                         "-p", server.port, "127.0.0.1", stdin=subprocess.PIPE)
        with client:
            client.wait_for("Handshake was completed")
            client.child.stdin.write(GET)
            client.child.stdin.flush()
            client.wait_for("Peer has closed the GnuTLS connection")
            client.child.stdin.close()
            self.assertEqual(client.child.wait(60), 0, client.text())
        self.assertIn("Status: The certificate is trusted.", client.text())
        self.assertIn("HTTP/1.1 200 OK", client.lines)
        self.assertIn(VERSIONS[version], client.text())
        self.line(server, version, "GET / 200")

    @per_version
    def test_python(self, backend, version):
        """python: keep-alive with two requests, one after the other, then both at once"""
        server = self.serve(backend)
        stay = GET.replace(b"Connection: close\r\n", b"")
        with self.client(server, version) as client:
            for _ in range(2):
                client.tls.sendall(stay)
                answer = b""
                while not re.search(rb"\r\n\r\n.*valid [^\n]*\n|no certificate\n", answer, re.S):
                    answer += client.tls.recv(65536)
                self.assertTrue(answer.startswith(b"HTTP/1.1 200 OK\r\n"))
            client.tls.sendall(stay + GET)
            self.assertEqual(client.read_all().count(b"HTTP/1.1 200 OK\r\n"), 2)

    @per_version
    def test_clean_close_by_the_client(self, backend, version):
        """close_notify is answered by close_notify, at once and after data"""
        server = self.serve(backend)
        for request in (b"", GET.replace(b"Connection: close\r\n", b"")):
            with self.subTest(request=request), self.client(server, version) as client:
                if request:
                    client.tls.sendall(request)
                    client.tls.recv(65536)
                client.tls.unwrap()
                self.assertTrue(client.alerts.closed())
        self.line(server, version, "closed$")

    @per_version
    def test_request_byte_by_byte(self, backend, version):
        """every byte of the request in a record of its own"""
        server = self.serve(backend)
        with self.client(server, version) as client:
            for i in range(len(GET)):
                client.tls.sendall(GET[i:i + 1])
            self.assertTrue(client.read_all().startswith(b"HTTP/1.1 200 OK\r\n"))

    @per_version
    def test_empty_records(self, backend, version):
        """empty records before, between and after the pieces of the request"""
        server = self.serve(backend)
        with HandmadeRecords(server.port, client_context(self.ca, version), self.dir) as client:
            for i in range(0, len(GET), 7):
                for piece in (b"", GET[i:i + 7], b""):
                    client.send(piece)
            self.assertTrue(client.receive_all().startswith(b"HTTP/1.1 200 OK\r\n"))

    @per_version
    def test_many_empty_records(self, backend, version):
        """three empty records in a row, which is as many as mbedTLS takes, are no reason to stop"""
        server = self.serve(backend)
        with HandmadeRecords(server.port, client_context(self.ca, version), self.dir) as client:
            for _ in range(3):
                client.send(b"")
            client.send(GET)
            self.assertTrue(client.receive_all().startswith(b"HTTP/1.1 200 OK\r\n"))

    @per_version
    def test_application_protocols(self, backend, version):
        """ALPN: the server's preference, a client without, none in common (alert 120)"""
        server = self.serve(backend, "--alpn", "h2x,http/1.1")
        for offered, chosen in ((["http/1.1", "h2x"], "h2x"), (["http/1.1"], "http/1.1"), (None, None)):
            with self.subTest(offered=offered), self.client(server, version, alpn=offered) as client:
                self.assertEqual(client.tls.selected_alpn_protocol(), chosen)
                client.tls.sendall(GET)
                self.assertIn(b"ALPN", client.read_all())
        client = Connected(server.port, client_context(self.ca, version, alpn=["other"]), handshake=False)
        with client, self.assertRaises(ssl.SSLError):
            client.tls.do_handshake()
        self.assertEqual(client.alerts.fatal(), [120])
        server.wait_for_outcome(r"alert sent: 120 no_application_protocol")

    def refused_client(self, server, version, alert, **more):
        """In TLS 1.3 a client learns only when it reads that it was refused."""
        with self.client_without_handshake(server, version, **more) as client:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                client.tls.do_handshake()
                client.tls.sendall(GET)
                client.tls.recv(1)
                self.fail("the server answered")
            alerts = alert if isinstance(alert, tuple) else (alert,)
            self.assertEqual(len(client.alerts.fatal()), 1)
            self.assertIn(client.alerts.fatal()[0], alerts)

    def client_without_handshake(self, server, version, **more):
        return Connected(server.port, client_context(self.ca, version, **more), handshake=False)

    def identity(self, name="client"):
        return {"cert": self.cert(name), "key": self.key(name)}

    @per_version
    def test_client_certificate_required(self, backend, version):
        """--client-auth require: the right one, none (116 or 40), of an unknown authority (48), no client's (42)"""
        server = self.serve(backend, "--ca", self.cert("client-ca"), "--client-auth", "require")
        answer = self.fetch(server, version=version, **self.identity())
        self.assertIn(b"client.example", answer)
        self.refused_client(server, version, 116 if version == "1.3" else 40)
        server.wait_for_outcome("certificate.*alert sent: (116|40) ")
        self.refused_client(server, version, 48, **self.identity("client-untrusted"))
        server.wait_for_outcome(r"\(verify: unknown issuer\)")
        self.make("leaf", "--authority", self.pki, "--id", "no-client", "--name", "localhost", "--server", "--out",
                  self.dir)
        own = self.start(UnitlsServer(backend, "--cert", self.cert("server"), "--key", self.key("server"), "--ca",
                                      self.ca, "--client-auth", "require"))
        self.refused_client(own, version, 42, cert=self.dir / "no-client.pem", key=self.dir / "no-client.key")
        own.wait_for_outcome(r"\(verify: wrong purpose\)")

    @per_version
    def test_client_certificate_requested(self, backend, version):
        """--client-auth request: with one, without, and a bad one is refused as under require"""
        server = self.serve(backend, "--ca", self.cert("client-ca"), "--client-auth", "request")
        self.assertIn(b"client.example", self.fetch(server, version=version, **self.identity()))
        self.assertIn(b"no certificate", self.fetch(server, version=version))
        self.refused_client(server, version, 48, **self.identity("client-untrusted"))

    @per_version
    def test_client_certificate_by_other_clients(self, backend, version):
        """curl, s_client and gnutls-cli present a certificate"""
        server = self.serve(backend, "--ca", self.cert("client-ca"), "--client-auth", "require")
        given = ("--cert", self.cert("client"), "--key", self.key("client"))
        self.assertIn("client.example", self.curl(server, version, *given).out)
        given = ("-cert", self.cert("client"), "-key", self.key("client"))
        self.assertIn("client.example", self.s_client(server, version, *given).out)
        without = self.s_client(server, version)
        self.assertRegex(without.err, rf"SSL alert number {116 if version == '1.3' else 40}\b")

    @per_version
    def test_paths_that_lead_out(self, backend, version):
        """nothing outside --root is served: dots, encoded dots, links, NUL, folders"""
        root, server = self.serve_files(backend)
        self.write("secret", "secret")
        (root / "inside").write_text("fine")
        (root / "folder").mkdir()
        (root / "out").symlink_to(self.dir / "secret")
        (root / "up").symlink_to("..")
        (root / "link").symlink_to("inside")
        self.addCleanup((root / "up").unlink)
        def status(target):
            request = f"GET {target} HTTP/1.0\r\n\r\n".encode()
            answer = self.fetch(server, request, version)
            self.assertNotIn(b"secret", answer, target)
            return int(answer.split(b" ", 2)[1])
        for target in ("/../secret", "/%2e%2e/secret", "/folder/../../secret", "/..%2fsecret", "/%2e%2e%2fsecret",
                       "/out", "/up/secret", "/..", "/folder", "/", "/inside/", "/inside%00", "/%zz", "/%2", "secret",
                       f"/{self.dir}/secret", "/....//secret", "/nothing"):
            with self.subTest(target):
                self.assertEqual(status(target), 404)
        for target in ("/inside", "/link", "/%69nside", "/folder/../inside", "/inside?query=../x"):
            with self.subTest(target):
                self.assertEqual(status(target), 200)

    @per_version
    def test_other_methods_and_garbage(self, backend, version):
        """POST is 405 and says what is allowed, what is no HTTP is 400, both end cleanly"""
        _, server = self.serve_files(backend)
        post = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndata"
        answer = self.fetch(server, post, version)
        self.assertTrue(answer.startswith(b"HTTP/1.1 405 "), answer)
        self.assertRegex(answer, rb"(?i)\r\nAllow: GET, HEAD\r\n")
        for garbage in (b"garbage\r\n\r\n", b"\x00\xff" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                        b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"y" * 100000):
            with self.subTest(garbage=garbage[:30]):
                self.assertTrue(self.fetch(server, garbage, version).startswith(b"HTTP/1.1 400 "))
        server.wait_for_outcome("no valid HTTP request 400", count=6)

    @per_backend
    def test_versions(self, backend):
        """--min and --max of the server: what is outside is refused"""
        if "1.3" not in backend.versions:
            server = self.serve(backend)
            self.refused_client(server, "1.3", NO_VERSION)
            return
        for option, version, other in (("--max", "1.2", "1.3"), ("--min", "1.3", "1.2")):
            with self.subTest(option):
                server = self.serve(backend, option, version)
                self.assertIn(VERSIONS[version].encode(), self.fetch(server, version=version))
                self.refused_client(server, other, NO_VERSION)

    @per_version
    def test_keys_of_every_type(self, backend, version):
        """servers with keys of P-256, P-384, RSA 2048 and 3072"""
        for kind in ("p256", "p384", "rsa2048", "rsa3072"):
            with self.subTest(kind):
                self.make("leaf", "--authority", self.pki, "--id", kind, "--key-type", kind, "--name", "localhost",
                          "--out", self.dir)
                with UnitlsServer(backend, "--cert", self.dir / f"{kind}.pem", "--key", self.dir / f"{kind}.key") as s:
                    self.assertEqual(self.s_client(s, version).code, EXIT_DONE)
                    self.assertEqual(self.curl(s, version).code, EXIT_DONE)

    @per_version
    def test_throw_away_authority(self, backend, version):
        """without --cert: the printed --ca is what clients need, and it is gone after the end"""
        with UnitlsServer(backend) as server:
            path = server.wait_for(r"clients trust it with --ca (\S+) ")[1]
            result = run(program("curl"), "-sS", "--cacert", path, f"--tlsv{version}", "--tls-max", version,
                         f"https://localhost:{server.port}/")
            self.assertEqual(result.code, 0, str(result))
            self.assertEqual(oct(os.stat(os.path.dirname(path)).st_mode & 0o777), "0o700")
        self.assertFalse(os.path.exists(os.path.dirname(path)))

    @per_backend
    def test_listening_is_the_first_line(self, backend):
        """the first line says where, SIGINT and SIGTERM end it with 0, IPv6 works"""
        for how in (signal.SIGINT, signal.SIGTERM):
            server = self.serve(backend)
            self.assertRegex(server.lines[0], r"^listening on 127\.0\.0\.1:\d+$")
            self.assertEqual(server.stop(how), 0)
        with Process(UNITLS, "serve", "--listen", "[::1]:0", "--backend", str(backend)) as server:
            self.assertRegex(server.wait_for("^listening on").string, r"^listening on \[::1\]:\d+$")

    @per_backend
    def test_port_that_is_taken(self, backend):
        """a port that is taken is said so"""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            where = f"127.0.0.1:{taken.getsockname()[1]}"
            result = self.unitls(backend, "serve", "--listen", where, "--cert", self.cert("server"), "--key",
                                 self.key("server"))
        self.refused(result, 2, rf"{where}.*in use")


if __name__ == "__main__":
    main()
