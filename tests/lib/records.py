"""A client that makes its records itself after the handshake: empty ones, and any others that libraries do not send.

The keys come from the key log of python's ssl, the AEAD from libcrypto."""

import ctypes
import hashlib
import hmac
import socket
import ssl
import struct

from lib.process import PATIENCE

ALERT, APPLICATION_DATA = 21, 23
GET_TAG, TAG_SIZE = 0x10, 16

# By OpenSSL's name of the suite: libcrypto's function, size of the key, hash.
AEADS = {
    "CHACHA20": ("EVP_chacha20_poly1305", 32),
    "AES256": ("EVP_aes_256_gcm", 32),
    "AES_256": ("EVP_aes_256_gcm", 32),
    "AES128": ("EVP_aes_128_gcm", 16),
    "AES_128": ("EVP_aes_128_gcm", 16),
}


def seal(function, key, nonce, associated, plain):
    crypto = ctypes.CDLL("libcrypto.so.3")
    for name in ("EVP_CIPHER_CTX_new", function):
        getattr(crypto, name).restype = ctypes.c_void_p
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    cipher = ctypes.c_void_p(getattr(crypto, function)())
    out, tag = ctypes.create_string_buffer(len(plain) + TAG_SIZE), ctypes.create_string_buffer(TAG_SIZE)
    size = ctypes.byref(ctypes.c_int())
    done = (crypto.EVP_EncryptInit_ex(context, cipher, None, key, nonce) and
            crypto.EVP_EncryptUpdate(context, None, size, associated, len(associated)) and
            (not plain or crypto.EVP_EncryptUpdate(context, out, size, plain, len(plain))) and
            crypto.EVP_EncryptFinal_ex(context, tag, size) and
            crypto.EVP_CIPHER_CTX_ctrl(context, GET_TAG, TAG_SIZE, tag))
    crypto.EVP_CIPHER_CTX_free(context)
    if not done:
        raise RuntimeError(f"{function} failed")
    return out.raw[:len(plain)] + tag.raw


def expand_label(secret, label, length, digest):
    """HKDF-Expand-Label without context (RFC 8446, 7.1) for at most one block."""
    full = b"tls13 " + label
    info = struct.pack("!HB", length, len(full)) + full + b"\0"
    return hmac.new(secret, info + b"\1", digest).digest()[:length]


def prf(secret, label, seed, length, digest):
    """The PRF of TLS 1.2 (RFC 5246, 5)."""
    out, a = b"", label + seed
    while len(out) < length:
        a = hmac.new(secret, a, digest).digest()
        out += hmac.new(secret, a + label + seed, digest).digest()
    return out[:length]


class HandmadeRecords:
    """A verified connection to 127.0.0.1 by the name localhost."""

    def __init__(self, port, context, folder):
        log = folder / "keys"
        context.keylog_filename = str(log)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received, self.incoming, self.outgoing = b"", ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.run(self.tls.do_handshake)
        self.tls13 = self.tls.version() == "TLSv1.3"
        self._take_keys([line.split() for line in log.read_text().splitlines() if not line.startswith("#")])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def run(self, step):
        """Repeats a step of the TLS object, moving its bytes, until it is done."""
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                self.socket.sendall(self.outgoing.read())
                if part := self.socket.recv(65536):
                    self.received += part
                    self.incoming.write(part)
                else:
                    self.incoming.write_eof()
            finally:
                if self.outgoing.pending:
                    self.socket.sendall(self.outgoing.read())

    def _take_keys(self, log):
        suite = self.tls.cipher()[0]
        digest = hashlib.sha384 if suite.endswith("SHA384") else hashlib.sha256
        self.function, size = next(value for name, value in AEADS.items() if name in suite)
        if self.tls13:
            secret = bytes.fromhex(next(words[2] for words in log if words[0] == "CLIENT_TRAFFIC_SECRET_0"))
            self.key = expand_label(secret, b"key", size, digest)
            self.iv, self.sequence = expand_label(secret, b"iv", 12, digest), 0
            return
        client_random, master = next(words[1:] for words in log if words[0] == "CLIENT_RANDOM")
        # The server's random is behind the record's header, the message's header and the version.
        seed = self.received[11:43] + bytes.fromhex(client_random)
        implicit = 12 if "CHACHA20" in suite else 4
        block = prf(bytes.fromhex(master), b"key expansion", seed, 2 * (size + implicit), digest)
        self.key, self.iv = block[:size], block[2 * size:2 * size + implicit]
        self.sequence = 1  # Finished was the first

    def record(self, data, content=APPLICATION_DATA):
        """The next record; its content may be empty."""
        number = struct.pack("!Q", self.sequence)
        self.sequence += 1
        if not self.tls13 and len(self.iv) == 4:
            body = number + seal(self.function, self.key, self.iv + number,
                                 number + struct.pack("!BHH", content, 0x0303, len(data)), data)
            return struct.pack("!BHH", content, 0x0303, len(body)) + body
        nonce = bytes(a ^ b for a, b in zip(self.iv, b"\0" * 4 + number))
        if not self.tls13:
            body = seal(self.function, self.key, nonce, number + struct.pack("!BHH", content, 0x0303, len(data)), data)
            return struct.pack("!BHH", content, 0x0303, len(body)) + body
        header = struct.pack("!BHH", APPLICATION_DATA, 0x0303, len(data) + 1 + TAG_SIZE)
        return header + seal(self.function, self.key, nonce, header, data + bytes([content]))

    def send(self, data, content=APPLICATION_DATA):
        self.socket.sendall(self.record(data, content))

    def receive_all(self):
        """Everything up to close_notify; its absence is an error of the ssl module."""
        parts = []
        while part := self.run(lambda: self.tls.read(65536)):
            parts.append(part)
        return b"".join(parts)
