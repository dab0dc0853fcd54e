"""Peers that are broken or mean, on both sides: `unitls serve` lives on, `unitls` clients say what happened."""

import contextlib
import os
import random
import re
import resource
import signal
import socket
import ssl
import struct
import time

from lib.case import EXIT_PEER, SystemTest, main, per_backend, per_version
from lib.peers import UnitlsServer
from lib.process import PATIENCE
from lib.records import ALERT, HandmadeRecords
from lib.tlspeer import Connected, RawServer, TlsServer, client_context, read_request, server_context

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
STAY = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
MIB = 1 << 20
IDLE = 1000


def raise_descriptor_limit(needed):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise AssertionError(f"this test needs {needed} descriptors, and the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))


def reset(connection):
    """Closes by RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def client_hello(context):
    """The first flight of python's ssl."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


class HostileClientsTest(SystemTest):
    def serve(self, backend, *arguments):
        return self.start(UnitlsServer(backend, "--cert", self.cert("server"), "--key", self.key("server"), *arguments))

    def raw(self, server):
        return socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)

    def tls(self, server, version=None):
        return Connected(server.port, client_context(self.ca, version))

    def lives_on(self, server):
        with self.tls(server) as client:
            client.tls.sendall(GET)
            self.assertTrue(client.read_all().startswith(b"HTTP/1.1 200 OK\r\n"))

    def connections_end(self, server, count):
        """Waits for that many lines of connections: every one of them has then ended."""
        server.wait_for(r"^127\.0\.0\.1:\d+  ", count)

    def answer_to(self, server, data):
        """What the server sends to bytes that are no good handshake, up to its close."""
        with self.raw(server) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    answer += part
            return answer

    @per_backend
    def test_handshakes_that_are_none(self, backend):
        """connect and close, plain HTTP, garbage, a cut ClientHello: one line each, no descriptor is lost"""
        server = self.serve(backend)
        self.lives_on(server)
        self.connections_end(server, 1)
        before = server.descriptors()
        hello = client_hello(client_context(self.ca))
        dice = random.Random(20261121)
        attempts = [b"", GET, b"\x16\x03\x01", b"\x16\x03\x01\xff\xff" + b"\0" * 70000, b"\x80\x2e\x01\x03\x01",
                    b"\x15\x03\x03\x00\x02\x02\x28", b"\x17\x03\x03\x00\x01x", b"\x14\x03\x03\x00\x01\x01",
                    b"SSH-2.0-x\r\n", hello[:5], hello[:6], hello[:9], hello[:-1]]
        attempts += [hello[:dice.randrange(len(hello))] for _ in range(10)]
        attempts += [dice.randbytes(dice.randrange(1, 3000)) for _ in range(20)]
        for _ in range(20):  # a bit turned over anywhere
            changed = bytearray(hello)
            changed[dice.randrange(len(hello))] ^= 1 << dice.randrange(8)
            attempts.append(bytes(changed))
        for data in attempts:
            self.answer_to(server, data)
        self.connections_end(server, 1 + len(attempts))
        self.lives_on(server)
        self.connections_end(server, 2 + len(attempts))
        self.assertEqual(server.descriptors(), before)
        for line in server.lines_of_connections()[1:-1]:
            self.assertRegex(line, r"^127\.0\.0\.1:\d+  -  \S.*", "no reason is told")

    @per_backend
    def test_plain_http(self, backend):
        """what speaks HTTP to the TLS port is told no HTTP, and the line says that it is no TLS"""
        server = self.serve(backend)
        self.assertNotIn(b"HTTP", self.answer_to(server, GET))
        self.connections_end(server, 1)
        self.assertNotIn("internal", server.lines[-1])

    @per_version
    def test_reset(self, backend, version):
        """RST before, in and after the handshake, while reading and while a large file is sent"""
        root = self.dir / "root"
        root.mkdir()
        (root / "large").write_bytes(bytes(64 * MIB))
        server = self.serve(backend, "--root", root)
        hello = client_hello(client_context(self.ca, version))
        connection = self.raw(server)
        reset(connection)
        for cut in (1, 5, 50, len(hello)):
            connection = self.raw(server)
            connection.sendall(hello[:cut])
            if cut == len(hello):
                connection.recv(1)
            reset(connection)
        client = self.tls(server, version)
        client.tls.sendall(b"GET / HT")
        reset(client.tls)
        client = self.tls(server, version)
        client.tls.sendall(STAY.replace(b"/ ", b"/large "))
        client.tls.recv(1)
        reset(client.tls)
        self.connections_end(server, 7)
        self.assertEqual(self.status(server), 404)
        self.connections_end(server, 8)
        self.assertIsNone(server.child.poll())

    def status(self, server):
        with self.tls(server) as client:
            client.tls.sendall(GET)
            return int(client.read_all().split()[1])

    @per_version
    def test_truncation(self, backend, version):
        """a client that closes without close_notify is said to have done so"""
        server = self.serve(backend)
        client = self.tls(server, version)
        client.tls.sendall(b"GET / HT")
        client.raw = client.tls.detach()
        os.close(client.raw)
        server.wait_for_outcome("close_notify|truncated")

    @per_version
    def test_records_that_are_wrong(self, backend, version):
        """a broken MAC, a record too long, an unknown type, data as an alert: a fatal alert, then the end"""
        server = self.serve(backend)
        for count, (name, make) in enumerate((
                ("bad MAC", lambda client: bytes([*client.record(GET)[:-1], 0x55])),
                ("record too long", lambda client: b"\x17\x03\x03\x48\x01" + bytes(0x4801)),
                ("unknown type", lambda client: client.record(b"x", content=99)),
                ("no protected record", lambda client: b"\x17\x03\x03\x00\x01x"),
                ("alert of three bytes", lambda client: client.record(b"\x02\x28\x00", content=ALERT))), start=1):
            with self.subTest(name):
                with HandmadeRecords(server.port, client_context(self.ca, version), self.dir) as client:
                    client.socket.sendall(make(client))
                    with self.assertRaises(ssl.SSLError, msg="no fatal alert") as caught:
                        client.receive_all()
                    self.assertIn("ALERT", caught.exception.reason or str(caught.exception).upper())
                self.connections_end(server, count)
                self.assertRegex(server.lines[-1], r"alert sent: \d+")
        self.lives_on(server)

    @per_version
    def test_fatal_alert_from_the_client(self, backend, version):
        """a fatal alert ends the connection, and the line has its name"""
        server = self.serve(backend)
        with HandmadeRecords(server.port, client_context(self.ca, version), self.dir) as client:
            client.send(b"\x02\x50", content=ALERT)
            server.wait_for_outcome(r"alert received: 80 internal_error")
        self.lives_on(server)

    @per_backend
    def test_silent_client(self, backend):
        """who says nothing is disconnected at the deadline, before the handshake and after it"""
        server = self.serve(backend, "--timeout", "0.3")
        with self.raw(server) as connection:
            self.assertEqual(self.until_closed(connection), b"")
        server.wait_for_outcome("no TLS handshake in time")
        with self.raw(server) as connection:
            connection.sendall(client_hello(client_context(self.ca))[:20])
            self.until_closed(connection)
        server.wait_for_outcome("no TLS handshake in time", 2)
        with self.tls(server) as client:
            with contextlib.suppress(ssl.SSLError, OSError):
                client.tls.recv(1)
        server.wait_for_outcome("silent for too long")

    def until_closed(self, connection):
        data = b""
        with contextlib.suppress(ConnectionResetError):
            while part := connection.recv(4096):
                data += part
        return data

    @per_backend
    def test_client_that_does_not_read(self, backend):
        """who asks for a large file and does not read it is disconnected, and the others are served meanwhile"""
        root = self.dir / "root"
        root.mkdir()
        (root / "large").write_bytes(bytes(64 * MIB))
        server = self.serve(backend, "--root", root, "--timeout", "1")
        with self.tls(server) as client:
            client.tls.sendall(STAY.replace(b"/ ", b"/large "))
            client.tls.recv(1)
            self.assertEqual(self.status(server), 404)
            server.wait_for_outcome("the peer does not read")

    @per_backend
    def test_thousand_idle_connections(self, backend):
        """1,000 connections open and idle, half of them after the handshake: a new one is answered in a second"""
        raise_descriptor_limit(2 * IDLE + 200)
        server = self.serve(backend, "--timeout", "300")  # on a slow machine, too, nobody is idle for so long
        self.lives_on(server)
        self.connections_end(server, 1)
        before = server.descriptors()
        context = client_context(self.ca)
        with contextlib.ExitStack() as idle:
            for i in range(IDLE):
                if i % 2:
                    idle.enter_context(Connected(server.port, context))
                else:
                    idle.enter_context(self.raw(server))
            begin = time.monotonic()
            self.lives_on(server)
            self.assertLess(time.monotonic() - begin, 1)
            self.connections_end(server, 2)
            self.assertEqual(server.descriptors(), before + IDLE)
            resident = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{server.pid}/status").read())[1])
            print(f"\n    {backend}: {resident} KiB resident with {IDLE} idle connections", flush=True)
        self.connections_end(server, IDLE + 2)
        self.assertEqual(server.descriptors(), before)

    @per_backend
    def test_stop_with_open_connections(self, backend):
        """SIGTERM ends the server with 0, whatever is open"""
        server = self.serve(backend)
        with self.raw(server), self.tls(server) as client:
            client.tls.sendall(b"GET / HT")
            self.assertEqual(server.stop(signal.SIGTERM), 0)


class HostileServersTest(SystemTest):
    def raw_server(self, function):
        return self.start(RawServer(function))

    def tls_server(self, function, version=None):
        return self.start(TlsServer(server_context(self.cert("server"), self.key("server"), version), function))

    def fails(self, backend, server, pattern, *arguments):
        """get and connect both end with 1 and a sentence about it."""
        request = self.write("request", GET)
        for result in (self.get(backend, server.port, "/", *arguments),
                       self.connect(backend, server.port, "--request", request, *arguments)):
            self.refused(result, EXIT_PEER, pattern)
            self.assertIn(str(server.port), result.err, "the server is not named")
        return result

    @per_backend
    def test_server_that_is_not_tls(self, backend):
        """servers of HTTP and SSH: the sentence says that this is no TLS"""
        for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail ESMTP\r\n",
                         b"\0" * 100):
            def function(connection, greeting=greeting):
                connection.sendall(greeting)
                connection.recv(1 << 16)
            with self.subTest(greeting):
                self.fails(backend, self.raw_server(function), r"(?i)no TLS|not TLS|not a TLS|wrong version|"
                           r"unexpected|invalid|record")

    @per_backend
    def test_server_that_closes_at_once(self, backend):
        """closed before a byte came"""
        # It reads first: with bytes unread the kernel would reset the connection, which is another sentence.
        server = self.raw_server(lambda connection: connection.recv(1 << 16))
        self.fails(backend, server, r"ended inside the TLS handshake")

    @per_backend
    def test_server_that_resets_at_once(self, backend):
        """reset before a byte came"""
        self.fails(backend, self.raw_server(reset), r"reset|ended inside the TLS handshake")

    @per_version
    def test_server_that_closes_in_the_handshake(self, backend, version):
        """cut after any number of bytes of a real answer, by close and by RST"""
        recorded = []
        def record(connection):
            """Answers like a real server and keeps the first flight."""
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = server_context(self.cert("server"), self.key("server"), version).wrap_bio(incoming, outgoing, True)
            while True:
                with contextlib.suppress(ssl.SSLWantReadError):
                    tls.do_handshake()
                if outgoing.pending:
                    recorded.append(outgoing.read())
                    return
                incoming.write(connection.recv(65536))
        self.get(backend, self.raw_server(record).port)
        flight = recorded[0]
        for i, cut in enumerate((1, 4, 5, 6, 20, 60, 100, 200, len(flight) // 2, len(flight) - 1, len(flight))):
            def function(connection, cut=cut, end=reset if i % 2 else socket.socket.close):
                connection.recv(65536)
                connection.sendall(flight[:cut])
                end(connection)
            with self.subTest(cut=cut):
                # A replayed flight does not fit the new ClientHello: who got enough of it may notice that first.
                self.fails(backend, self.raw_server(function),
                           r"ended inside the TLS handshake|reset|alert sent: \d+")

    @per_version
    def test_garbage_after_the_handshake(self, backend, version):
        """bytes in the clear where records should be"""
        def function(tls):
            read_request(tls)
            with socket.socket(fileno=os.dup(tls.fileno())) as below:
                below.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 10)
            with contextlib.suppress(ssl.SSLError, OSError):
                tls.recv(1)
        self.fails(backend, self.tls_server(function, version), r"alert sent: \d+")

    @per_version
    def test_answer_that_ends_by_reset(self, backend, version):
        """RST in the middle of the body: no signal, no complete file"""
        def function(tls):
            read_request(tls)
            tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            reset(tls)
        server = self.tls_server(function, version)
        self.fails(backend, server, r"reset|close_notify|Broken pipe")
        target = self.dir / "file"
        self.refused(self.get(backend, server.port, "/", "-o", target), EXIT_PEER, r"reset|close_notify|Broken pipe")
        self.assertFalse(target.exists())

    @per_backend
    def test_alerts_in_the_clear(self, backend):
        """a fatal alert as the answer to ClientHello is named; a warning is no success"""
        for description, name in ((40, "40 handshake_failure"), (70, "70 protocol_version"), (80, "80 internal_error"),
                                  (112, "112 unrecognized_name")):
            def function(connection, description=description):
                connection.recv(65536)
                connection.sendall(bytes((21, 3, 3, 0, 2, 2, description)))
            with self.subTest(name):
                self.fails(backend, self.raw_server(function), f"alert received: {name}")
        def warn(connection):
            connection.recv(65536)
            connection.sendall(bytes((21, 3, 3, 0, 2, 1, 0)))
        with self.subTest("close_notify"):
            self.fails(backend, self.raw_server(warn), r"clos|alert")

    @per_backend
    def test_random_answers(self, backend):
        """random bytes behind a good header: an error and no crash"""
        dice = random.Random(20261122)
        for _ in range(20):
            body = dice.randbytes(dice.randrange(1, 2000))
            def function(connection, text=b"\x16\x03\x03" + struct.pack("!H", len(body)) + body):
                connection.recv(65536)
                connection.sendall(text)
            server = self.raw_server(function)
            self.refused(self.get(backend, server.port), EXIT_PEER, rf"localhost:{server.port}")

    def in_time(self, result, pattern):
        self.refused(result, EXIT_PEER, pattern)
        self.assertLess(result.seconds, 10, str(result))

    @per_backend
    def test_silence_in_the_handshake(self, backend):
        """--timeout 1 ends a handshake without an answer, and a slow one that never ends"""
        server = self.raw_server(lambda connection: connection.recv(65536) and connection.recv(1))
        self.in_time(self.get(backend, server.port, "/", "--timeout", "1"), r"handshake.*within 1|nothing .* 1 s")
        self.in_time(self.connect(backend, server.port, "--timeout", "1"), r"handshake.*within 1|nothing .* 1 s")

    @per_backend
    def test_silence_in_connecting(self, backend):
        """--timeout 1 ends connecting when nobody accepts: a queue that is full"""
        with socket.socket() as full, contextlib.ExitStack() as stack:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            where = full.getsockname()
            for _ in range(4):  # until the kernel lets nobody in
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(where)
            self.in_time(self.get(backend, where[1], "/", "--timeout", "1"), r"connect.*1 s|within 1|timed out")

    @per_version
    def test_silence_in_the_answer(self, backend, version):
        """--timeout 1 ends the wait for an answer, in the middle of it, and for close_notify"""
        for sent in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"):
            def function(tls, sent=sent):
                read_request(tls)
                if sent:
                    tls.sendall(sent)
                with contextlib.suppress(ssl.SSLError, OSError):
                    tls.recv(1)
            server = self.tls_server(function, version)
            with self.subTest(sent=sent):
                self.in_time(self.get(backend, server.port, "/", "--timeout", "1"), r"nothing for 1 s")
                request = self.write("request", GET)
                self.in_time(self.connect(backend, server.port, "--request", request, "--timeout", "1"),
                             r"nothing .*within 1")

    @per_version
    def test_silence_after_our_close_notify(self, backend, version):
        """connect waits for the peer's close_notify no longer than --timeout"""
        def function(tls):
            with contextlib.suppress(ssl.SSLError, OSError):
                tls.recv(1)
            with socket.socket(fileno=os.dup(tls.fileno())) as below:
                below.settimeout(PATIENCE)
                below.recv(1)  # until the client is gone
        server = self.tls_server(function, version)
        self.in_time(self.connect(backend, server.port, "--timeout", "1"), r"within 1")


if __name__ == "__main__":
    main()
