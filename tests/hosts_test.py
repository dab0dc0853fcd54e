"""Who links what: programs that load plugins hold no cryptography, plugins show one symbol, notes say the truth."""

import json
import re
import subprocess
import sys

from lib.build import BUILD, PLUGINS, backends, program
from lib.case import SystemTest, main, per_backend
from lib.elf import Elf
from lib.process import run

CRYPTO_LIBRARY = re.compile(r"lib(ssl|crypto|gnutls|mbed\w*|nettle|hogweed|gcrypt|wolfssl|nss3|tasn1|p11-kit)[.-]")
CRYPTO_SYMBOL = re.compile(r"^(SSL_|EVP_|X509_|OPENSSL_|CRYPTO_|gnutls_|mbedtls_|psa_|nettle_|wolfSSL_)")
SANITIZERS = re.compile(r"lib[atu]b?san\.so")
BASE = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}
# What each plugin is linked to besides BASE; mbedTLS 3.6 is linked statically where Debian's is older.
LIBRARIES = {
    "openssl": r"lib(ssl|crypto)\.so\.3",
    "gnutls": r"libgnutls\.so\.30",
    "mbedtls": r"libmbed(tls|x509|crypto)\.so\.\d+",
    "mbedtls2": r"libmbed(tls|x509|crypto)\.so\.\d+",
}

# Reads the descriptor in a process of its own, without any code of ours.
READ_DESCRIPTOR = """
import ctypes, json, sys
class Plugin(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("abi_major", ctypes.c_uint16), ("abi_minor", ctypes.c_uint16),
                ("id", ctypes.c_char_p), ("version", ctypes.c_char_p), ("description", ctypes.c_char_p),
                ("library", ctypes.c_char_p), ("capabilities", ctypes.POINTER(ctypes.c_char_p))]
plugin = Plugin.in_dll(ctypes.CDLL(sys.argv[1]), "unitls_plugin_v1")
capabilities, i = [], 0
while plugin.capabilities[i] is not None:
    capabilities.append(plugin.capabilities[i].decode())
    i += 1
texts = [plugin.id, plugin.version, plugin.description, plugin.library]
print(json.dumps([t.decode() for t in texts] + [f"{plugin.abi_major}.{plugin.abi_minor}"] + capabilities))
"""


def needed(path):
    """The libraries that a file is linked to, without those of a sanitizer."""
    return {name for name in Elf(path).needed() if not SANITIZERS.match(name)}


def loaded(path):
    """Every library that comes with it, also by way of others."""
    return set(re.findall(r"^\s*(\S+\.so\S*)", run(program("ldd"), path).out, re.M))


def symbols(path, *options):
    lines = run(program("nm"), *options, path).out.splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if line.split()}


def is_sanitized(path):
    return any(SANITIZERS.match(name) for name in Elf(path).needed())


class HostsTest(SystemTest):
    def hosts(self):
        programs = [BUILD / "bin" / "unitls", BUILD / "bin" / "unitls-conformance", BUILD / "lib" / "libunitls.so"]
        for path in programs:
            self.assertTrue(path.exists(), path)
        return programs + sorted((BUILD / "bin").glob("example-*"))

    def test_hosts_need_no_cryptography(self):
        """no program that loads plugins is linked to a TLS or crypto library, directly or not"""
        for path in self.hosts():
            with self.subTest(path.name):
                found = loaded(path)
                self.assertIn("libc.so.6", found)
                self.assertEqual({name for name in found if CRYPTO_LIBRARY.match(name)}, set())

    def test_hosts_hold_no_cryptography(self):
        """and holds none of their functions, shown or hidden"""
        for path in self.hosts():
            with self.subTest(path.name):
                everything = symbols(path, "--defined-only")
                self.assertGreater(len(everything), 10, "stripped: this test cannot see")
                self.assertEqual({name for name in everything if CRYPTO_SYMBOL.match(name)}, set())

    def test_the_search_finds_what_it_looks_for(self):
        """the same search does find libcrypto in unitls-pki, which alone links it"""
        pki = BUILD / "bin" / "unitls-pki"
        self.assertTrue(any(CRYPTO_LIBRARY.match(name) for name in needed(pki)), needed(pki))
        self.assertTrue(any(CRYPTO_SYMBOL.match(name) for name in symbols(pki, "-D")))
        linking = {path.name for path in (BUILD / "bin").iterdir()
                   if path.is_file() and any(CRYPTO_LIBRARY.match(name) for name in loaded(path))}
        self.assertEqual(linking, {"unitls-pki"})

    def test_libunitls_needs_the_base_only(self):
        """libunitls.so is linked to the C and C++ libraries and nothing else, and shows unitls_* only"""
        library = BUILD / "lib" / "libunitls.so"
        self.assertLessEqual(needed(library), BASE)
        shown = symbols(library, "-D", "--defined-only")
        self.assertIn("unitls_loader_create", shown)
        self.assertEqual({name for name in shown if not name.startswith("unitls_")}, set())

    def test_libunitls_is_small(self):
        """libunitls.so is under 1 MB once its symbols are stripped"""
        stripped = self.dir / "libunitls.so"
        self.accepted(run(program("strip"), "-o", stripped, BUILD / "lib" / "libunitls.so"))
        self.assertLess(stripped.stat().st_size, 1_000_000)

    @per_backend
    def test_plugins_show_one_symbol(self, backend):
        """a plugin exports its descriptor and nothing else"""
        path = PLUGINS / f"unitls-{backend.id}.so"
        self.assertEqual(symbols(path, "-D", "--defined-only"), {"unitls_plugin_v1"})

    @per_backend
    def test_plugins_need_their_library_only(self, backend):
        """a plugin is linked to its own TLS library and to no other, and not to libunitls"""
        for name in needed(PLUGINS / f"unitls-{backend.id}.so") - BASE:
            self.assertRegex(name, f"^{LIBRARIES[backend.id]}$")

    def test_layers_show_one_symbol(self):
        """a layer exports its descriptor and nothing else, needs the base only, and its note tells its id"""
        layers = sorted(PLUGINS.glob("unitls-layer-*.so"))
        self.assertEqual([path.stem for path in layers], ["unitls-layer-fault", "unitls-layer-trace"])
        for path in layers:
            self.assertEqual(symbols(path, "-D", "--defined-only"), {"unitls_layer_v1"})
            self.assertLessEqual(needed(path), BASE)
            notes = [text for name, kind, text in Elf(path).notes() if (name, kind) == ("unitls", 2)]
            self.assertEqual([text.split(b"\0")[0].decode() for text in notes],
                             [path.stem.removeprefix("unitls-layer-")])

    @per_backend
    def test_notes_equal_the_descriptors(self, backend):
        """the note, read from the file, says what the descriptor says in memory"""
        path = PLUGINS / f"unitls-{backend.id}.so"
        notes = [text for name, kind, text in Elf(path).notes() if (name, kind) == ("unitls", 1)]
        self.assertEqual(len(notes), 1)
        note = [text.decode() for text in notes[0].rstrip(b"\0").split(b"\0")]
        self.assertEqual(note, self.descriptor(path))
        self.assertEqual(note[0], backend.id)
        self.assertLessEqual(backend.capabilities, set(note[5:]))

    def descriptor(self, path):
        environment = {}
        if is_sanitized(path):  # its runtime must come first in the process
            runtimes = re.findall(r"(/\S+/lib[at]san\.so\S*)", run(program("ldd"), path).out)
            environment = {"LD_PRELOAD": ":".join(runtimes), "ASAN_OPTIONS": "detect_leaks=0"}
        read = subprocess.run([sys.executable, "-I", "-c", READ_DESCRIPTOR, path], capture_output=True, text=True,
                              timeout=60, env=environment)
        self.assertEqual(read.returncode, 0, read.stderr)
        return json.loads(read.stdout)

    def test_every_backend_is_known_here(self):
        """a new backend must be added to this test's table"""
        self.assertLessEqual({backend.id for backend in backends()}, set(LIBRARIES))


if __name__ == "__main__":
    main()
