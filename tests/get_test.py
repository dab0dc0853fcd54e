"""`unitls get` against nginx and servers that misbehave."""

import hashlib
import os
import socket
import subprocess

from lib.build import UNITLS, clean_environment
from lib.case import EXIT_INPUT, EXIT_PEER, EXIT_REJECTED, SystemTest, main, per_backend, per_version
from lib.peers import NginxServer, UnitlsServer
from lib.tlspeer import TlsServer, answers, close_cleanly, read_request, server_context

MIB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\n"


def headed(*lines, status=b"200 OK"):
    return b"HTTP/1.1 " + status + b"\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def chunked(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class GetTest(SystemTest):
    def serve(self, *pieces, clean=True, version=None):
        return self.start(TlsServer(self.context(version), answers(*pieces, clean=clean)))

    def context(self, version=None):
        return server_context(self.cert("server"), self.key("server"), version)

    def nginx(self, **more):
        return self.start(NginxServer(self.dir, self.cert("server"), self.key("server"), **more))

    def files(self):
        """What is in the case's folder for downloads: nothing but complete files may ever be there."""
        return sorted(os.listdir(self.dir / "got"))

    def target(self, name="file"):
        (self.dir / "got").mkdir(exist_ok=True)
        return self.dir / "got" / name

    def broken(self, backend, server, pattern, *arguments, target="/", code=EXIT_PEER, exact_files=()):
        """The download fails with a sentence, and no file appears, whole or partial."""
        result = self.get(backend, server.port, target, "-o", self.target(), *arguments)
        self.refused(result, code, pattern)
        self.assertEqual(self.files(), list(exact_files), str(result))
        return result

    @per_version
    def test_file_from_nginx(self, backend, version):
        """5 MiB with content-length from nginx, into a file and to standard output"""
        content = os.urandom(5 * MIB + 17)
        self.write("data", content)
        nginx = self.nginx(versions=(version,))
        self.accepted(self.get(backend, nginx.port, "/data", "-o", self.target()))
        self.assertEqual(hashlib.sha256(self.target().read_bytes()).hexdigest(), hashlib.sha256(content).hexdigest())
        self.assertEqual(self.files(), ["file"])
        self.assertEqual(self.accepted(self.get(backend, nginx.port, "/data")).out_bytes, content)

    @per_backend
    def test_empty_file_from_nginx(self, backend):
        """an empty file is a complete file"""
        self.write("data", b"")
        self.accepted(self.get(backend, self.nginx().port, "/data", "-o", self.target()))
        self.assertEqual(self.target().read_bytes(), b"")

    @per_version
    def test_chunked(self, backend, version):
        """a chunked body, with extensions, trailers, and cut everywhere"""
        body = os.urandom(70000)
        text = (headed(b"Transfer-Encoding: chunked") + b"5;name=value\r\n" + body[:5] + b"\r\n" +
                chunked(body[5:6], body[6:40000], body[40000:])[:-2] + b"Trailer: x\r\n\r\n")
        pieces = [text[:1], text[1:50], *(text[i:i + 1] for i in range(50, 120)), text[120:]]
        server = self.serve(*pieces, version=version)
        self.assertEqual(self.accepted(self.get(backend, server.port)).out_bytes, body)

    @per_version
    def test_body_until_close_notify(self, backend, version):
        """a body that is ended by close is complete with close_notify"""
        server = self.serve(headed(b"Connection: close"), b"all ", b"of it", version=version)
        self.accepted(self.get(backend, server.port, "/", "-o", self.target()))
        self.assertEqual(self.target().read_bytes(), b"all of it")

    @per_version
    def test_body_until_end_without_close_notify(self, backend, version):
        """a body that is ended by close without close_notify is truncated"""
        server = self.serve(headed(b"Connection: close"), b"part of it", clean=False, version=version)
        self.broken(backend, server, r"close_notify|cut short|truncated")

    @per_version
    def test_short_body_with_close_notify(self, backend, version):
        """fewer bytes than content-length says"""
        server = self.serve(headed(b"Content-Length: 100"), b"x" * 99, version=version)
        self.broken(backend, server, r"cut short")

    @per_version
    def test_short_body_without_close_notify(self, backend, version):
        """fewer bytes than content-length says, and no close_notify"""
        server = self.serve(headed(b"Content-Length: 100"), b"x" * 99, clean=False, version=version)
        self.broken(backend, server, r"close_notify|cut short|truncated")

    @per_backend
    def test_complete_body_without_close_notify(self, backend):
        """a body of known length is complete, whether close_notify follows or not"""
        server = self.serve(headed(b"Content-Length: 3"), b"abc", clean=False)
        self.assertEqual(self.accepted(self.get(backend, server.port)).out_bytes, b"abc")

    @per_backend
    def test_short_chunks(self, backend):
        """chunks without the last one"""
        server = self.serve(headed(b"Transfer-Encoding: chunked"), b"5\r\nabcde\r\n")
        self.broken(backend, server, r"cut short")

    @per_backend
    def test_partial_file_is_not_left_and_the_old_one_stays(self, backend):
        """a file that is there stays as it is when the download fails"""
        self.target().write_bytes(b"old")
        server = self.serve(headed(b"Content-Length: 100"), b"new")
        self.broken(backend, server, r"cut short", exact_files=["file"])
        self.assertEqual(self.target().read_bytes(), b"old")

    @per_backend
    def test_file_appears_when_it_is_complete(self, backend):
        """while the download goes on, the file is not there"""
        seen = []
        def handler(tls):
            read_request(tls)
            tls.sendall(headed(b"Content-Length: 4") + b"ab")
            seen.append(self.target().exists())
            tls.sendall(b"cd")
            close_cleanly(tls)
        server = self.start(TlsServer(self.context(), handler))
        self.accepted(self.get(backend, server.port, "/", "-o", self.target()))
        self.assertEqual(seen, [False])
        self.assertEqual(self.target().read_bytes(), b"abcd")

    @per_backend
    def test_redirections(self, backend):
        """relative, rooted, absolute and scheme-less redirections are followed"""
        self.write("end", b"arrived")
        (self.dir / "folder").mkdir()
        (self.dir / "folder" / "end").write_bytes(b"arrived")
        nginx = self.nginx(locations="""
            absolute_redirect off;
            location = /folder/relative { return 302 end; }
            location = /rooted { return 301 /folder/relative; }
            location = /absolute { return 307 https://localhost:$server_port/rooted; }
            location = /schemeless { return 308 //localhost:$server_port/absolute; }""")
        for target in ("/folder/relative", "/rooted", "/absolute", "/schemeless"):
            with self.subTest(target):
                self.assertEqual(self.accepted(self.get(backend, nginx.port, target)).out, "arrived")

    @per_backend
    def test_redirection_to_http(self, backend):
        """a redirection to http is refused"""
        nginx = self.nginx(locations="location / { return 302 http://localhost/; }")
        self.broken(backend, nginx, r"redirects.*only https")

    @per_backend
    def test_redirection_for_ever(self, backend):
        """redirections in a circle end"""
        nginx = self.nginx(locations="absolute_redirect off; location / { return 302 /again; }")
        self.broken(backend, nginx, r"more than 10 redirections")

    @per_backend
    def test_redirection_to_a_wrong_name(self, backend):
        """the place that a redirection leads to is verified as strictly"""
        other = self.start(NginxServer(self.dir, self.cert("wrong-name"), self.key("wrong-name")))
        nginx = self.nginx(locations=f"location / {{ return 302 https://localhost:{other.port}/; }}")
        result = self.get(backend, nginx.port, "/", "--resolve", f"localhost:{other.port}:127.0.0.1",
                          "-o", self.target())
        self.refused(result, EXIT_REJECTED, r"\(verify: name mismatch\)")
        self.assertEqual(self.files(), [])

    @per_backend
    def test_http_status(self, backend):
        """404 and 500 fail with the status in the sentence"""
        nginx = self.nginx(locations="location /broken { return 500; }")
        self.broken(backend, nginx, r"HTTP 404", target="/nothing")
        self.broken(backend, nginx, r"HTTP 500", target="/broken")

    @per_backend
    def test_garbage_answer(self, backend):
        """what is no HTTP is said to be none"""
        self.broken(backend, self.serve(b"SSH-2.0-OpenSSH\r\n\r\n"), r"no valid HTTP")
        self.broken(backend, self.serve(b"\x00\x01\x02\x03" * 100), r"no valid HTTP")

    @per_backend
    def test_no_answer(self, backend):
        """a server that closes without an answer"""
        self.broken(backend, self.serve(), r"without an answer")

    @per_backend
    def test_header_too_large(self, backend):
        """a header without end is not read without end"""
        self.broken(backend, self.serve(OK, *(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(300))),
                    r"too large|limit")
        self.broken(backend, self.serve(OK + b"X: ", *([b"y" * 16000] * 20)), r"too large|limit")

    @per_backend
    def test_bad_lengths(self, backend):
        """lengths that contradict each other, are negative or overflow"""
        for length in (b"-1", b"99999999999999999999999", b"3, 4", b"abc"):
            with self.subTest(length=length):
                self.broken(backend, self.serve(headed(b"Content-Length: " + length), b"abc"), r"no valid HTTP")
        with self.subTest("two lengths"):
            self.broken(backend, self.serve(headed(b"Content-Length: 3", b"Content-Length: 4"), b"abcd"),
                        r"no valid HTTP")
        with self.subTest("chunk"):
            self.broken(backend, self.serve(headed(b"Transfer-Encoding: chunked"), b"fffffffffffffffff\r\nabc"),
                        r"no valid HTTP")

    @per_backend
    def test_interim_answer(self, backend):
        """an answer with status 103 comes before the real one"""
        server = self.serve(headed(b"Link: </x>", status=b"103 Early Hints") + headed(b"Content-Length: 2") + b"ok")
        self.assertEqual(self.accepted(self.get(backend, server.port)).out, "ok")

    @per_backend
    def test_resolve(self, backend):
        """--resolve decides the address and neither the name that is sent nor the one that is verified"""
        server = self.serve(headed(b"Content-Length: 2"), b"ok")
        self.accepted(self.get(backend, server.port, host="example.org"))
        self.refused(self.get(backend, server.port, host="wrong.example"), EXIT_REJECTED, r"name mismatch")
        self.assertEqual(server.names, ["example.org", "wrong.example"])
        wrong = self.unitls(backend, "get", "https://localhost/", "--ca", self.ca, "--resolve", "localhost:127.0.0.1")
        self.refused(wrong, EXIT_INPUT, r"--resolve .*HOST:PORT:ADDRESS")

    @per_backend
    def test_timeout_of_silence(self, backend):
        """--timeout ends the wait for a server that is silent, and says for how long"""
        def handler(tls):
            read_request(tls)
            tls.sendall(headed(b"Content-Length: 100") + b"abc")
            tls.recv(1)  # until the client is gone
        server = self.start(TlsServer(self.context(), handler))
        result = self.broken(backend, server, r"nothing for 1 s", "--timeout", "1")
        self.assertLess(result.seconds, 10)

    @per_backend
    def test_nobody_listens(self, backend):
        """a refused connection says so and names the server"""
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        self.refused(self.get(backend, port), EXIT_PEER, rf"localhost:{port}.*refused")

    @per_backend
    def test_unknown_host(self, backend):
        """a name without an address"""
        result = self.unitls(backend, "get", "https://name.invalid/", "--ca", self.ca)
        self.refused(result, EXIT_PEER, r"name\.invalid")

    @per_backend
    def test_output_that_cannot_be_written(self, backend):
        """a folder that is not there, a folder as the file, a full device"""
        server = self.start(UnitlsServer(backend, "--cert", self.cert("server"), "--key", self.key("server")))
        for path in (self.dir / "nowhere" / "file", self.dir):
            with self.subTest(path):
                result = self.get(backend, server.port, "/", "-o", path)
                self.refused(result, EXIT_INPUT, str(path))
        with open("/dev/full", "wb") as full, self.subTest("full"):
            result = self.run_to(full, backend, server.port)
            self.assertEqual(result, EXIT_INPUT)

    def run_to(self, stdout, backend, port):
        return subprocess.run([UNITLS, "get", f"https://localhost:{port}/", "--ca", self.ca], stdout=stdout,
                              stderr=subprocess.DEVNULL, timeout=60,
                              env=clean_environment(UNITLS_BACKEND=str(backend))).returncode

    @per_backend
    def test_urls_that_are_not_fetched(self, backend):
        """http, other schemes, user names, bad ports, blanks"""
        for url, pattern in (("http://localhost/", "only https"), ("ftp://localhost/", "no https URL"),
                             ("localhost", "no https URL"), ("https://me@localhost/", "user name"),
                             ("https://localhost:99999/", "port"), ("https:///x", "no host"),
                             ("https://localhost/a b", "blanks")):
            with self.subTest(url):
                self.refused(self.unitls(backend, "get", url), EXIT_INPUT, pattern)


if __name__ == "__main__":
    main()
