"""Another language: python's ctypes drives a verification through libunitls.so, with the C API's own layouts."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

from lib.build import BUILD
from lib.case import SystemTest, main, per_backend

PEM, ANCHORS, E_CERTIFICATE = 1, 2, -7


class Blob(ctypes.Structure):
    _fields_ = [("format", c_uint32), ("reserved_0", c_uint32), ("data", c_char_p), ("size", c_size_t)]


class Trust(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("generation", c_uint64),
                ("blobs", POINTER(Blob)), ("blob_count", c_size_t)]


class Request(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("flags", c_uint32), ("chain", POINTER(Blob)), ("chain_count", c_size_t),
                ("trust", POINTER(Trust)), ("crls", c_void_p), ("names", POINTER(c_char_p)),
                ("name_count", c_size_t), ("time", c_int64), ("purpose", c_uint32), ("reserved_0", c_uint32)]


class Error(ctypes.Structure):
    _fields_ = [("struct_size", c_uint32), ("status", ctypes.c_int32), ("native_code", c_int64),
                ("verify_flags", c_uint64), ("alert", c_uint32), ("alert_direction", c_uint32),
                ("field", ctypes.c_char * 64), ("message", ctypes.c_char * 256)]


class CtypesTest(SystemTest):
    def verify(self, backend, chain, name, time):
        """The status, the flags and the sentence."""
        unitls = ctypes.CDLL(BUILD / "lib" / "libunitls.so")
        loader, tls, error = c_void_p(), c_void_p(), Error(struct_size=ctypes.sizeof(Error))
        self.assertEqual(unitls.unitls_loader_create(None, byref(loader), byref(error)), 0, error.message)
        self.assertEqual(unitls.unitls_loader_open(loader, str(backend).encode(), byref(tls), byref(error)), 0,
                         error.message)
        anchors, presented = (Blob(PEM, 0, text, len(text)) for text in (self.ca.read_bytes(), chain.read_bytes()))
        trust = Trust(ctypes.sizeof(Trust), ANCHORS, 0, ctypes.pointer(anchors), 1)
        request = Request(ctypes.sizeof(Request), 0, ctypes.pointer(presented), 1, ctypes.pointer(trust), None,
                          (c_char_p * 1)(name), 1, time, 0, 0)
        status = unitls.unitls_backend_ref_verify_chain(tls, byref(request), None, None, byref(error))
        unitls.unitls_backend_ref_release(tls)
        unitls.unitls_loader_destroy(loader)
        return status, error.verify_flags, error.message.decode()

    @per_backend
    def test_verification(self, backend):
        """a good chain is accepted; flags and sentences of bad ones are the C API's"""
        now = int(self._folder.stat().st_mtime)
        self.assertEqual(self.verify(backend, self.cert("server"), b"localhost", now), (0, 0, ""))
        status, flags, message = self.verify(backend, self.cert("expired"), b"other.example", now)
        self.assertEqual((status, flags), (E_CERTIFICATE, 1 << 0 | 1 << 4))
        self.assertRegex(message, r'^certificate of "localhost" expired on \d{4}-\d\d-\d\d$')


if __name__ == "__main__":
    main()
