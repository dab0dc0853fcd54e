"""What it costs to list backends and to load one, and that listing runs no plugin's code.

Every measurement has a twin of the same kind: how far the two are apart tells how much a difference means."""

import ctypes
import json
import statistics
import subprocess
import sys

from lib.build import BUILD, PLUGINS, SOURCE, UNITLS, backends, clean_environment, program
from lib.case import SystemTest, main, per_backend
from lib.process import run

REGISTERED = 12
LIST_MAX_MS, OPEN_MAX_MS = 5, 0.2
LISTINGS, LOADINGS = 101, 61
MARKING = """
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void leave_a_mark(void) { close(open(MARK, O_CREAT | O_WRONLY, 0600)); }
"""

# Prints how many milliseconds one step takes in a process of its own, in which nothing was loaded before but libunitls
# with what it needs, as in every program: plugins need the C++ library, too.
# `ours LIBUNITLS ID`: from the loader's candidates to the opened backend
# `direct LIBUNITLS PLUGIN`: dlopen and the plugin's open
LOAD = """
import ctypes, os, sys, time
class Plugin(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("abi_major", ctypes.c_uint16), ("abi_minor", ctypes.c_uint16),
                ("texts", ctypes.c_char_p * 4), ("capabilities", ctypes.c_void_p),
                ("library_version", ctypes.CFUNCTYPE(ctypes.c_char_p)),
                ("open", ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p))]
class Host(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("user", ctypes.c_void_p),
                ("log", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p))]
library, loader, result = ctypes.CDLL(sys.argv[2]), ctypes.c_void_p(), ctypes.c_void_p()
if sys.argv[1] == "ours":
    assert library.unitls_loader_create(None, ctypes.byref(loader), None) == 0
    name = sys.argv[3].encode()
    begin = time.perf_counter_ns()
    status = library.unitls_loader_open(loader, name, ctypes.byref(result), None)
else:
    log = Host._fields_[3][1](lambda user, level, line: None)
    host = Host(ctypes.sizeof(Host), 0, None, log)
    begin = time.perf_counter_ns()
    plugin = Plugin.in_dll(ctypes.CDLL(sys.argv[3], os.RTLD_NOW | os.RTLD_LOCAL), "unitls_plugin_v1")
    status = plugin.open(ctypes.byref(host), ctypes.byref(result), None)
milliseconds = (time.perf_counter_ns() - begin) / 1e6
assert status == 0 and result.value, status
print(milliseconds)
"""

# Prints the milliseconds of each making of a loader, which is all that listing needs.
LIST = """
import ctypes, sys, time
library, loader, times = ctypes.CDLL(sys.argv[1]), ctypes.c_void_p(), []
for _ in range(int(sys.argv[2])):
    begin = time.perf_counter_ns()
    assert library.unitls_loader_create(None, ctypes.byref(loader), None) == 0
    times.append((time.perf_counter_ns() - begin) / 1e6)
    library.unitls_loader_destroy(loader)
print(*times)
"""


class LoadingTest(SystemTest):
    def python(self, source, *arguments, **environment):
        done = subprocess.run([sys.executable, "-I", "-S", "-c", source, *map(str, arguments)], capture_output=True,
                              text=True, timeout=120, env=clean_environment(**environment))
        self.assertEqual(done.returncode, 0, done.stderr)
        return [float(word) for word in done.stdout.split()]

    def register_many(self):
        """A registry of backends each of which leaves a mark when its code runs."""
        self.mark = self.dir / "mark"
        marking, entries = self.write("marking.c", MARKING), ["format = 1"]
        for i in range(REGISTERED):
            built = run(program("gcc"), "-shared", "-fPIC", "-I", SOURCE / "api/include", f'-DMOCK_ID="mock{i}"',
                        f'-DMARK="{self.mark}"', marking, SOURCE / "loader/tests/mock_plugin.c", "-o",
                        self.dir / f"unitls-mock{i}.so")
            self.assertEqual(built.code, 0, built.err)
            entries += [f"[backend.mock{i}]", f'library = "unitls-mock{i}.so"']
        return {"UNITLS_REGISTRY": str(self.write("backends.toml", "\n".join(entries) + "\n"))}

    def test_listing(self):
        """12 backends are listed in less than 5 ms, and none of their code runs"""
        environment = self.register_many()
        listed = self.accepted(run(UNITLS, "list", "--json", env=clean_environment(**environment)))
        self.assertEqual([each["state"] for each in json.loads(listed.out)], ["found"] * REGISTERED)
        first, second = (statistics.median(self.python(LIST, BUILD / "lib/libunitls.so", LISTINGS, **environment))
                         for _ in range(2))
        self.assertFalse(self.mark.exists(), "listing ran a plugin's code")
        ctypes.CDLL(str(self.dir / "unitls-mock0.so"))
        self.assertTrue(self.mark.exists(), "this test would not have seen it")
        print(f"\n    {REGISTERED} backends listed in {first:.2f} ms, and again in {second:.2f} ms", flush=True)
        self.assertLess(max(first, second), LIST_MAX_MS)

    @per_backend
    def test_loading(self, backend):
        """a backend costs what its library costs and 0.2 ms"""
        plugin = PLUGINS / f"unitls-{backend}.so"
        library = BUILD / "lib/libunitls.so"
        ways = {"ours": ("ours", library, backend), "direct": ("direct", library, plugin),
                "again": ("direct", library, plugin)}
        times = {way: [] for way in ways}
        for i in range(LOADINGS):
            for way in sorted(ways, reverse=i % 2 == 1):
                times[way] += self.python(LOAD, *ways[way])
        ours, direct, again = (statistics.median(times[way]) for way in ("ours", "direct", "again"))
        print(f"\n    {backend}: {ours:.2f} ms, directly {direct:.2f} ms and again {again:.2f} ms", flush=True)
        self.assertLess(abs(direct - again), OPEN_MAX_MS, "this machine is too busy to measure")
        self.assertLess(ours - (direct + again) / 2, OPEN_MAX_MS)


if __name__ == "__main__":
    main()
