"""Servers that others wrote, and `unitls serve`: started, ready when the constructor returns, stopped by `with`."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from lib.build import UNITLS, clean_environment, program
from lib.process import Process, check_end, run


class UnitlsServer(Process):
    """`unitls serve`. Leaving the `with` checks that it ends with 0 when it is asked to."""

    def __init__(self, backend, *arguments, env=None):
        super().__init__(UNITLS, "serve", "--listen", "127.0.0.1:0", *arguments,
                         env=clean_environment(UNITLS_BACKEND=str(backend), **(env or {})))
        self.port = int(self.wait_for(r"^listening on 127\.0\.0\.1:(\d+)$")[1])

    def lines_of_connections(self):
        return [line for line in self.lines if line.startswith("127.0.0.1:")]

    def wait_for_outcome(self, pattern, count=1):
        """The line of a connection that has ended."""
        return self.wait_for(rf"^127\.0\.0\.1:\d+  .*{pattern}", count).string

    def __exit__(self, kind, value, trace):
        code = self.stop()
        check_end(code, self.text(), "unitls serve")
        if code != 0 and kind is None:
            raise AssertionError(f"unitls serve ended with {code} on SIGTERM:\n{self.text()}")


@contextlib.contextmanager
def issuers_of(cert):
    """s_server takes the leaf alone from -cert: the option for those that follow it in the file."""
    end = "-----END CERTIFICATE-----\n"
    rest = pathlib.Path(cert).read_text().split(end, 1)[1]
    if not rest:
        yield ()
        return
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(rest)
        file.flush()
        yield ("-cert_chain", file.name)


class OpensslServer(Process):
    """`openssl s_server`; without more arguments it answers HTTP requests by a page about the connection."""

    def __init__(self, cert, key, *arguments, version=None, mode=("-www",)):
        flags = {"1.2": ("-tls1_2",), "1.3": ("-tls1_3",), None: ()}[version]
        with issuers_of(cert) as chain:
            super().__init__(program("openssl"), "s_server", "-accept", "127.0.0.1:0", "-cert", cert, "-key", key,
                             *chain, *mode, *flags, *arguments, stdin=subprocess.PIPE)
            self.wait_for(r"^ACCEPT ")
        self.port = int(self.wait_for(r"^ACCEPT 127\.0\.0\.1:(\d+)")[1])


class NginxServer(Process):
    """nginx with one https server; `locations` goes into its server block."""

    def __init__(self, root, cert, key, versions=("1.2", "1.3"), locations="", server=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="unitls-nginx-"))
        # The socket is bound here and inherited: nobody else can take the port in between.
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
            self.port = listening.getsockname()[1]
            temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};"
                                 for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            protocols = " ".join(f"TLSv{version}" for version in versions)
            (self.folder / "nginx.conf").write_text(f"""
daemon off; pid {self.folder}/pid; error_log stderr; worker_processes 1; {"user root;" if os.geteuid() == 0 else ""}
events {{}}
http {{
  access_log off; sendfile on; {temporary}
  server {{
    listen 127.0.0.1:{self.port} ssl; root {root}; ssl_certificate {cert}; ssl_certificate_key {key};
    ssl_protocols {protocols}; {server}
    {locations}
  }}
}}
""")
            super().__init__(program("nginx"), "-c", self.folder / "nginx.conf", "-p", self.folder,
                             env=clean_environment(NGINX=f"{listening.fileno()};"), pass_fds=[listening.fileno()])
            self.wait_for(r"using inherited sockets")

    def __exit__(self, *_):
        self.stop(signal.SIGQUIT if self.child.poll() is None else signal.SIGTERM)
        shutil.rmtree(self.folder)


class NetworkNamespace:
    """A network of its own with nothing but a loopback device, for servers that listen on every address."""

    def __init__(self):
        if os.geteuid() != 0:
            raise AssertionError("a server that cannot bind to one address needs a network namespace, and that needs "
                                 "root: run this test as root")
        self.name = f"unitls-test-{os.getpid()}"
        self.inside = (program("ip"), "netns", "exec", self.name)

    def __enter__(self):
        for command in (("netns", "add", self.name), ("-n", self.name, "link", "set", "lo", "up")):
            done = run(program("ip"), *command)
            if done.code != 0:
                raise AssertionError(f"no network namespace: {done}")
        return self

    def __exit__(self, *_):
        run(program("ip"), "netns", "del", self.name)


class GnutlsServer(Process):
    """gnutls-serv inside a network namespace, where its port is its own."""

    port = 5556

    def __init__(self, namespace, cert, key, *arguments, mode=("--http",)):
        super().__init__(*namespace.inside, program("gnutls-serv"), "--port", self.port, "--x509certfile", cert,
                         "--x509keyfile", key, *mode, *arguments)
        self.wait_for(r"listening on IPv4 .*done")
