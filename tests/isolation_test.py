"""Several libraries in one process: captured symbols and what cures them, two libunitls, both lines of mbedTLS."""

import ctypes
import os
import re
import shutil
import time

from ctypes_test import ANCHORS, E_CERTIFICATE, PEM, Blob, Error, Request, Trust
from lib.build import BUILD, PLUGINS, backends, clean_environment, program
from lib.case import SystemTest, main
from lib.process import run

CAPTURING_HOST = BUILD / "tests" / "capturing-host"


def registry_of(backend, *lines):
    entry = [f"[backend.{backend}]", f'library = "{PLUGINS}/unitls-{backend}.so"', *lines]
    return "\n".join(entry) + "\n"


class IsolationTest(SystemTest):
    def registry(self, *entries):
        return self.write("backends.toml", "format = 1\n" + "".join(entries))

    def hello(self, host, registry, backend="openssl"):
        """A whole conversation inside one process."""
        return run(host, self.ca, self.cert("server"), self.key("server"), "localhost",
                   env=clean_environment(UNITLS_REGISTRY=str(registry), UNITLS_BACKEND=backend))

    def test_the_host_captures(self):
        """the host exports OpenSSL's functions and is linked to no libssl"""
        symbols = run(program("nm"), "-D", "--defined-only", CAPTURING_HOST).out
        self.assertRegex(symbols, r"(?m) T SSL_CTX_new$")
        self.assertNotRegex(run(program("ldd"), CAPTURING_HOST).out, "libssl")

    def test_a_captured_plugin_is_refused(self):
        """without isolation the plugin refuses to open, and names what it reached"""
        result = self.hello(CAPTURING_HOST, self.registry(registry_of("openssl")))
        self.assertEqual(result.code, 1, str(result))
        self.assertIn(f"{PLUGINS}/unitls-openssl.so: ", result.err)
        self.assertIn(str(CAPTURING_HOST), result.err)

    def test_the_same_host_without_the_symbols(self):
        """the same program that exports nothing gets on with the same registry"""
        result = self.hello(BUILD / "bin" / "example-over_memory", self.registry(registry_of("openssl")))
        self.assertEqual((result.code, result.out), (0, "hello\n"), str(result))

    def test_deepbind_cures_it(self):
        """with isolation = "deepbind" the plugin reaches its own library and everything works"""
        result = self.hello(CAPTURING_HOST, self.registry(registry_of("openssl", 'isolation = "deepbind"')))
        self.assertEqual((result.code, result.out), (0, "hello\n"), str(result))

    def test_other_backends_are_not_touched(self):
        """a backend whose library the host does not have needs no isolation in it"""
        result = self.hello(CAPTURING_HOST, self.registry(registry_of("gnutls")), "gnutls")
        self.assertEqual((result.code, result.out), (0, "hello\n"), str(result))

    def test_both_lines_of_mbedtls(self):
        """the plugins of every line of mbedTLS that there is work side by side in one process, each with each"""
        lines = [str(each) for each in backends() if str(each).startswith("mbedtls")]
        self.assertTrue(lines)
        registry = self.registry(*(registry_of(each) for each in lines))
        result = self.accepted(run(BUILD / "bin" / "unitls", "matrix", "--bytes", "100000",
                                   env=clean_environment(UNITLS_REGISTRY=str(registry))))
        rows = re.findall(r"(?m)^(mbedtls2?)\b", result.out)
        self.assertEqual(set(rows), set(lines), str(result))


class TwoCopiesTest(SystemTest):
    """Two libunitls in one process, as when two packages bring one each."""

    def open_copy(self, folder):
        (self.dir / folder).mkdir()
        copy = shutil.copy(BUILD / "lib" / "libunitls.so", self.dir / folder)
        library = ctypes.CDLL(copy)
        loader, tls, error = ctypes.c_void_p(), ctypes.c_void_p(), Error(struct_size=ctypes.sizeof(Error))
        self.assertEqual(library.unitls_loader_create(None, ctypes.byref(loader), ctypes.byref(error)), 0,
                         error.message)
        self.assertEqual(library.unitls_loader_open(loader, b"openssl", ctypes.byref(tls), ctypes.byref(error)), 0,
                         error.message)
        return library, loader, tls

    def verify(self, library, tls, name):
        anchors, presented = (Blob(PEM, 0, text, len(text)) for text in (self.ca.read_bytes(),
                                                                        self.cert("server").read_bytes()))
        trust = Trust(ctypes.sizeof(Trust), ANCHORS, 0, ctypes.pointer(anchors), 1)
        request = Request(ctypes.sizeof(Request), 0, ctypes.pointer(presented), 1, ctypes.pointer(trust), None,
                          (ctypes.c_char_p * 1)(name), 1, int(time.time()), 0, 0)
        return library.unitls_backend_ref_verify_chain(tls, ctypes.byref(request), None, None, None)

    def test_two_copies(self):
        """each has its own loader, both use the one plugin, and one goes on when the other is done"""
        os.environ["UNITLS_REGISTRY"] = str(self.write("backends.toml", "format = 1\n" + registry_of("openssl")))
        self.addCleanup(os.environ.pop, "UNITLS_REGISTRY")
        one, other = self.open_copy("one"), self.open_copy("other")
        addresses = {ctypes.cast(library.unitls_loader_create, ctypes.c_void_p).value for library, _, _ in (one, other)}
        self.assertEqual(len(addresses), 2, "it is the same library twice")
        for library, _, tls in (one, other, one):
            self.assertEqual(self.verify(library, tls, b"localhost"), 0)
            self.assertEqual(self.verify(library, tls, b"other.example"), E_CERTIFICATE)
        library, loader, tls = one
        library.unitls_backend_ref_release(tls)
        library.unitls_loader_destroy(loader)
        self.assertEqual(self.verify(other[0], other[2], b"localhost"), 0)


if __name__ == "__main__":
    main()
