"""What a ClientHello offers (RFC 8446, 4.1.2), read from the first bytes of a connection."""

import struct

SUPPORTED_GROUPS, SIGNATURE_ALGORITHMS = 10, 13
# Values that only say something else: renegotiation_info and fallback (RFC 5746, 7507).
SIGNALS = {0x00FF, 0x5600}


def receive_hello(connection):
    """The handshake message, out of as many records as it has."""
    message, wanted = b"", 4
    while len(message) < wanted:
        header = receive(connection, 5)
        message += receive(connection, struct.unpack(">H", header[3:])[0])
        if len(message) >= 4:
            wanted = 4 + int.from_bytes(message[1:4], "big")
    return Hello(message[4:wanted])


def receive(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ValueError("the client closed in the middle of its hello")
        data += part
    return data


def numbers(data):
    return [value for value, in struct.iter_unpack(">H", data)]


class Hello:
    def __init__(self, body):
        self.rest = body[34:]  # after version and random
        self.take(1)  # session id
        self.suites = [suite for suite in numbers(self.take(2)) if suite not in SIGNALS]
        self.take(1)  # compression
        self.rest = self.take(2)
        self.extensions = {}
        while self.rest:
            kind, = struct.unpack(">H", self.rest[:2])
            self.rest = self.rest[2:]
            self.extensions[kind] = self.take(2)

    def take(self, size):
        """What stands behind a length of `size` bytes."""
        length = int.from_bytes(self.rest[:size], "big")
        taken, self.rest = self.rest[size:size + length], self.rest[size + length:]
        return taken

    @property
    def groups(self):
        return numbers(self.extensions[SUPPORTED_GROUPS][2:])

    @property
    def schemes(self):
        return numbers(self.extensions[SIGNATURE_ALGORITHMS][2:])
