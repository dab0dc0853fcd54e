"""What the programs and libraries are linked to: no program that loads plugins has a crypto library, plugins export one
symbol, and the host's library needs nothing unusual."""

import re

from lib.build import BUILD, PLUGINS, program
from lib.case import EXIT_DONE, SystemTest, main
from lib.process import run

HOSTS = ("bin/unitls", "bin/unitls-conformance", "lib/libunitls.so")
CRYPTO = re.compile(r"lib(ssl|crypto|gnutls|mbedtls|mbedx509|mbedcrypto|nettle|hogweed|gcrypt|wolfssl)\b")
CRYPTO_SYMBOL = re.compile(r"^(SSL|TLS|X509|EVP|BIO|ERR|CRYPTO|gnutls|mbedtls|psa|nettle)_")
PLAIN_LIBRARIES = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2",
                   "ld-linux-aarch64.so.1"}


def readelf(option, file):
    result = run(program("readelf"), "--wide", option, file)
    if result.code != EXIT_DONE:
        raise AssertionError(str(result))
    return result.out


def needed(file):
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", readelf("--dynamic", file)))


def exported(file):
    """The names of the dynamic symbols that the file defines for others."""
    names = set()
    for line in readelf("--dyn-syms", file).splitlines():
        fields = line.split()
        if len(fields) >= 8 and fields[4] in ("GLOBAL", "WEAK", "UNIQUE") and fields[6] != "UND":
            names.add(fields[7].split("@")[0])
    return names


class HostsTest(SystemTest):
    def test_hosts_need_no_crypto(self):
        """no program that loads plugins, and not the library itself, needs a TLS or crypto library"""
        for name in HOSTS:
            with self.subTest(name):
                self.assertEqual([library for library in needed(BUILD / name) if CRYPTO.match(library)], [])

    def test_hosts_export_no_crypto(self):
        """none exports a symbol that would capture a plugin's calls"""
        for name in HOSTS:
            with self.subTest(name):
                self.assertEqual([symbol for symbol in exported(BUILD / name) if CRYPTO_SYMBOL.match(symbol)], [])

    def test_only_the_certificate_maker_has_crypto(self):
        """unitls-pki is the one program that links a crypto library"""
        linked = {file.name for file in (BUILD / "bin").iterdir()
                  if file.is_file() and any(CRYPTO.match(library) for library in needed(file))}
        self.assertEqual(linked, {"unitls-pki"})

    def test_library_needs_nothing_unusual(self):
        """libunitls.so needs the C and C++ libraries and nothing else, and exports its C API alone"""
        self.assertLessEqual(needed(BUILD / "lib" / "libunitls.so"), PLAIN_LIBRARIES)
        self.assertEqual([name for name in exported(BUILD / "lib" / "libunitls.so") if not name.startswith("unitls_")], [])

    def test_plugins_export_one_symbol(self):
        """a plugin exports its descriptor and nothing else"""
        plugins = sorted(PLUGINS.glob("unitls-*.so"))
        self.assertGreaterEqual(len(plugins), 3)
        for plugin in plugins:
            with self.subTest(plugin.name):
                self.assertEqual(exported(plugin), {"unitls_plugin_v1"})


if __name__ == "__main__":
    main()
