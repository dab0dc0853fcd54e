"""What is tested: the programs of the build folder and the backends that are there."""

import functools
import json
import os
import pathlib
import shutil
import subprocess

BUILD = pathlib.Path(os.environ["UNITLS_BUILD"])
SOURCE = pathlib.Path(os.environ["UNITLS_SOURCE"])
UNITLS = BUILD / "bin" / "unitls"
PKI = BUILD / "bin" / "unitls-pki"
PLUGINS = BUILD / "lib" / "unitls"

# As unitls names them; other programs write TLSv1.2.
VERSIONS = {"1.2": "TLS 1.2", "1.3": "TLS 1.3"}

# Debian's package of each foreign program.
PACKAGES = {
    "nginx": "nginx-light", "openssl": "openssl", "gnutls-serv": "gnutls-bin", "gnutls-cli": "gnutls-bin",
    "curl": "curl", "wget": "wget", "ip": "iproute2", "unshare": "util-linux", "mount": "mount", "g++": "g++",
    "gcc": "gcc-multilib", "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64-win32", "nm": "binutils",
    "strip": "binutils",
    "ldd": "libc-bin", "setpriv": "util-linux", "chromium": "chromium", "xmllint": "libxml2-utils",
}


class MissingProgram(Exception):
    pass


@functools.lru_cache(maxsize=None)
def program(name):
    """The path of a foreign program; a missing one fails the test and names its package."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise MissingProgram(f"the program {name} is missing: install the Debian package {PACKAGES[name]}")
    return found


def clean_environment(**more):
    """The environment without what would change the choice of a backend or its trust."""
    ours = ("UNITLS_", "SSL_CERT_", "SSLKEYLOGFILE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # /nowhere: the registry of whoever runs the tests is not what is tested.
    return {**kept, "XDG_CONFIG_HOME": "/nowhere", "LC_ALL": "C.UTF-8", **more}


def ask(*arguments):
    result = subprocess.run([UNITLS, *arguments], env=clean_environment(), capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise RuntimeError(f"unitls {' '.join(arguments)} failed: {result.stderr}")
    return json.loads(result.stdout)


class Backend:
    def __init__(self, identifier):
        self.id = identifier
        self.facts = ask("info", identifier, "--json")
        self.capabilities = set(self.facts["capabilities"])
        self.versions = [name for name in VERSIONS if f"tls{name}" in self.capabilities]
        self.latest = self.versions[-1]

    def __repr__(self):
        return self.id


@functools.lru_cache(maxsize=None)
def backends():
    """Every backend that the plugin folder has. That one cannot be loaded is a failure."""
    found = [Backend(item["id"]) for item in ask("list", "--json") if item["state"] in ("found", "loaded")]
    if not found:
        raise RuntimeError(f"there is no usable backend in {PLUGINS}")
    built = {file.name[len("unitls-"):-len(".so")] for file in PLUGINS.glob("unitls-*.so")
             if not file.name.startswith("unitls-layer-")}
    if built != {backend.id for backend in found}:
        raise RuntimeError(f"{PLUGINS} has {sorted(built)}, and usable are {found}")
    return found
