"""TLS clients and servers of python's own ssl module, which also tell the alerts that they saw."""

import contextlib
import socket
import ssl
import threading

from lib.process import PATIENCE

RECORD_ALERT = 21


def version_of(name):
    return {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[name]


def fix_version(context, version):
    if version:
        context.minimum_version = context.maximum_version = version_of(version)


class Alerts(list):
    """(direction, level, description) of every alert, as OpenSSL's message callback gives them."""

    def watch(self, context):
        def callback(_connection, direction, _version, content_type, _message_type, data):
            if int(content_type) == RECORD_ALERT and len(data) == 2:
                self.append((direction, data[0], data[1]))
        context._msg_callback = callback

    def fatal(self, direction="read"):
        return [description for seen, level, description in self if seen == direction and level == 2]

    def closed(self, direction="read"):
        """Whether close_notify was seen."""
        return any(seen == direction and description == 0 for seen, _level, description in self)


def server_context(cert, key, version=None, alpn=None, client_ca=None, client_auth=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    fix_version(context, version)
    if alpn:
        context.set_alpn_protocols(alpn)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = {"request": ssl.CERT_OPTIONAL, "require": ssl.CERT_REQUIRED}[client_auth]
    return context


def client_context(ca, version=None, alpn=None, cert=None, key=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    fix_version(context, version)
    if alpn:
        context.set_alpn_protocols(alpn)
    if cert:
        context.load_cert_chain(cert, key)
    return context


class Connected:
    """A client's connection, after the handshake."""

    def __init__(self, port, context, name="localhost", handshake=True):
        self.alerts = Alerts()
        self.alerts.watch(context)
        self.raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls = context.wrap_socket(self.raw, server_hostname=name, do_handshake_on_connect=False)
        if handshake:
            self.tls.do_handshake()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tls.close()

    def read_all(self):
        """Everything up to the peer's close_notify; raises when there is none."""
        parts = []
        while part := self.tls.recv(65536):
            parts.append(part)
        if not self.alerts.closed():
            raise AssertionError("the connection ended without close_notify")
        return b"".join(parts)


class Listener:
    """A server with one thread for each connection. `errors` has what went wrong with each of them."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.errors = []
        self._threads = []
        self._lock = threading.Lock()
        self._open = set()
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        try:
            self.handle(connection)
        except (OSError, ssl.SSLError, ValueError) as error:
            self.errors.append(error)
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def handle(self, connection):
        raise NotImplementedError

    def join(self):
        """Waits until every connection so far is over: what `errors` and alerts say is then complete."""
        for thread in list(self._threads):
            thread.join(PATIENCE)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.join()


class RawServer(Listener):
    """Hands each connection, without TLS, to a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def handle(self, connection):
        self.function(connection)


class TlsServer(Listener):
    """Hands each connection to a function, after the handshake. Remembers server names, protocols and alerts."""

    def __init__(self, context, function):
        super().__init__()
        self.context, self.function = context, function
        self.alerts, self.names, self.protocols, self.clients = Alerts(), [], [], []
        self.alerts.watch(context)
        context.sni_callback = lambda _connection, name, _context: self.names.append(name)

    def handle(self, connection):
        tls = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        try:
            tls.do_handshake()
            self.protocols.append(tls.selected_alpn_protocol())
            self.clients.append(tls.getpeercert())
            self.function(tls)
        finally:
            tls.close()


def read_request(tls):
    """The header of one HTTP request."""
    text = b""
    while b"\r\n\r\n" not in text:
        part = tls.recv(4096)
        if not part:
            raise ValueError(f"the request ended early: {text!r}")
        text += part
    return text


def close_cleanly(tls):
    """close_notify in both directions."""
    with contextlib.suppress(ssl.SSLError, OSError):
        tls.unwrap()


def answers(*pieces, clean=True):
    """A function for TlsServer: reads a request, sends the pieces, closes with or without close_notify."""
    def function(tls):
        read_request(tls)
        for piece in pieces:
            tls.sendall(piece)
        if clean:
            close_cleanly(tls)
        else:
            tls.shutdown(socket.SHUT_RDWR)
    return function
