"""How fast `unitls get` is beside a client of the same library, and how much memory it takes.

1 GiB from nginx over the loopback device. Rounds are interleaved, and the other client runs twice in each: how far its
two runs are apart tells how much a difference means."""

import os
import statistics
import subprocess
import sys
import time

from lib.build import UNITLS, backends, clean_environment, program
from lib.case import SystemTest, main
from lib.peers import NginxServer

SIZE = 1 << 30
ROUNDS = 7
LEAST_RATIO = 0.9
NOISE_MAX = 0.25  # beyond, the machine is too busy to measure anything
MEMORY_MAX_KIB = 24 * 1024

# A small process starts the program: the peak that the kernel reports includes that of whoever started it.
MEASURE = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class SpeedTest(SystemTest):
    def setUp(self):
        super().setUp()
        with open(self.dir / "file", "wb") as file:
            file.truncate(SIZE)
        self.nginx = self.start(NginxServer(self.dir, self.cert("server"), self.key("server")))
        self.url = f"https://localhost:{self.nginx.port}/file"

    def unitls(self, backend):
        return ([UNITLS, "get", self.url, "--ca", self.ca, "--resolve", f"localhost:{self.nginx.port}:127.0.0.1",
                 "--backend", backend])

    def curl(self):
        return [program("curl"), "-sS", "--cacert", self.ca, "--resolve", f"localhost:{self.nginx.port}:127.0.0.1",
                self.url]

    def wget(self):
        return [program("wget"), "-q", "--no-config", "--ca-certificate", self.ca, "-O", "-", self.url]

    def measure(self, command):
        """Seconds and KiB of one run; what it gets is counted by the pipe's reader, never stored."""
        begin = time.monotonic()
        with open(os.devnull, "wb") as nowhere:
            done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE, *map(str, command)], stdout=nowhere,
                                  stderr=subprocess.PIPE, text=True, timeout=120, env=clean_environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        return time.monotonic() - begin, int(done.stderr.split()[-1])

    def compare(self, backend, name, other):
        ours = self.unitls(backend)
        self.measure(ours)  # the file is in memory, the programs are, too
        self.measure(other)
        ratios, control, memory, seconds = [], [], 0, []
        for i in range(ROUNDS):
            runs = {}
            order = ("first", "ours", "second") if i % 2 else ("second", "ours", "first")
            for which in order:
                runs[which], peak = self.measure(ours if which == "ours" else other)
                memory = max(memory, peak) if which == "ours" else memory
            reference = (runs["first"] + runs["second"]) / 2
            ratios.append(reference / runs["ours"])
            control.append(runs["first"] / runs["second"])
            seconds.append(runs["ours"])
        ratio, noise = statistics.median(ratios), statistics.median(abs(value - 1) for value in control)
        print(f"\n    {backend}: {SIZE / statistics.median(seconds) / 1e6:.0f} MB/s, {ratio:.2f} x {name} "
              f"(rounds {min(ratios):.2f} to {max(ratios):.2f}; {name} against itself differs by {noise:.1%}), "
              f"peak {memory / 1024:.1f} MiB", flush=True)
        self.assertLess(noise, NOISE_MAX, f"{name} against itself: this machine is too busy to measure")
        self.assertGreaterEqual(ratio, LEAST_RATIO)
        self.assertLess(memory, MEMORY_MAX_KIB)

    def linked(self, name, library):
        found = subprocess.run([program("ldd"), program(name)], capture_output=True, text=True, timeout=60).stdout
        self.assertIn(library, found, f"{name} uses another library here")

    def test_openssl_against_curl(self):
        """OpenSSL against curl with OpenSSL"""
        self.linked("curl", "libssl.so")
        self.compare("openssl", "curl", self.curl())

    def test_gnutls_against_wget(self):
        """GnuTLS against wget with GnuTLS"""
        self.linked("wget", "libgnutls.so")
        self.compare("gnutls", "wget", self.wget())

    def test_memory_of_the_others(self):
        """what the other backends take"""
        for backend in backends():
            with self.subTest(backend.id):
                seconds, memory = self.measure(self.unitls(backend.id))
                print(f"\n    {backend}: {SIZE / seconds / 1e6:.0f} MB/s, peak {memory / 1024:.1f} MiB", flush=True)
                self.assertLess(memory, MEMORY_MAX_KIB)


if __name__ == "__main__":
    main()
