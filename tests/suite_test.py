"""The conformance suite itself: how much of it there is, for whom, and what it does with its options."""

import contextlib
import fcntl
import functools
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
import time

from lib import mutants
from lib.build import BUILD, PKI, PLUGINS, SOURCE, backends, clean_environment
from lib.case import SystemTest, main, per_backend
from lib.conformance import CONFORMANCE, HOSTILE, LOST, NOTHING_RAN, PASSED, judge, listed
from lib.process import PATIENCE, run

TALKATIVE = BUILD / "tests" / "hostile" / "unitls-talkative.so"
LATER_CLOCK = BUILD / "tests" / "clock" / "later-clock.so"
# Such a build has no mutants, no sweeps of allocations, and lets nothing be loaded before the sanitizer.
IS_SANITIZED = not (mutants.FOLDER / "unitls-mutants").exists()
# Recorded chains and names: not counted among the cases.
VECTORS = ("chains", "names")
# Certificates that are judged, inside a handshake and by verify-chain.
VERIFICATION = ("live", "revocation", "verify", "verify-chain")
# GnuTLS ends the process in some places when memory runs out.
NOT_OOM_SAFE = {"gnutls"}
THIRTY_YEARS = 30 * 365 * 24 * 60 * 60


def plugin(backend):
    return PLUGINS / f"unitls-{backend}.so"


def group(case):
    return case["name"].split("/")[0]


def counted():
    return [case for case in listed("--list") if group(case) not in VECTORS]


def reported(result):
    """The plugins and pairs of a JSON report, by their titles."""
    return {each["title"]: each for each in json.loads(result.out)["plugins"]}


def cases_of(judged):
    return {case["name"]: case for case in judged["cases"]}


@functools.lru_cache(maxsize=None)
def described(backend):
    """What the suite says of a plugin and of one case."""
    return reported(judge(plugin(backend), "--filter", "abi/note", "--format", "json"))[backend]


def lacks(case, backend):
    return [each for each in case["needs"] if each not in described(backend)["capabilities"]]


class ListTest(SystemTest):
    def test_count(self):
        """there are at least 200 cases, and 80 that judge certificates; vectors do not count"""
        self.assertGreaterEqual(len(counted()), 200)
        self.assertGreaterEqual(sum(group(case) in VERIFICATION for case in counted()), 80)

    def test_each_case(self):
        """each case has a name of its own, a sentence, clauses and the capabilities that it needs"""
        cases = listed("--list")
        self.assertEqual(len({case["name"] for case in cases}), len(cases))
        for case in cases:
            with self.subTest(case["name"]):
                self.assertRegex(case["name"], r"\A[a-z-]+/[a-z0-9.-]+\Z")
                self.assertTrue(case["sentence"])
                self.assertTrue(case["clauses"])
                self.assertIsInstance(case["needs"], list)

    def test_text(self):
        """as text each case has them, too"""
        out = judge("--list", "--filter", "close/*").out
        for case in (case for case in listed("--list") if group(case) == "close"):
            self.assertIn(f"{case['name']}\n    {case['sentence']}\n    clauses: {' '.join(case['clauses'])}; "
                          f"needs: {' '.join(case['needs']) or '-'}\n", out)

    @per_backend
    def test_cases_of_a_backend(self, backend):
        """at least 200 cases are run, not skipped"""
        self.assertGreaterEqual(sum(not lacks(case, backend.id) for case in counted()), 200)

    def test_every_case_has_a_backend(self):
        """every case is run by one of the backends"""
        if {backend.id for backend in backends()} < {"openssl", "gnutls", "mbedtls"}:
            self.skipTest("not all backends are there")
        for case in listed("--list"):
            self.assertTrue(any(not lacks(case, backend.id) for backend in backends()), case)

    @per_backend
    def test_skips(self, backend):
        """what a backend does not declare is skipped, and named; all else is run"""
        names = ("handshake/each-version", "handshake/no-common-version", "handshake/below-1.2")
        result = judge(plugin(backend), *(f"--filter={name}" for name in names), "--format", "json")
        self.assertEqual(result.code, PASSED, str(result))
        cases = cases_of(reported(result)[backend.id])
        self.assertEqual(set(cases), set(names))
        for case in cases.values():
            missing = lacks(case, backend.id)
            self.assertEqual(case["verdict"], "skip" if missing else "pass", case)
            self.assertEqual(case["reason"], f"{backend} does not declare {missing[0]}" if missing else "")
        if backend.id == "mbedtls2":
            self.assertEqual(cases["handshake/no-common-version"]["reason"], "mbedtls2 does not declare tls1.3")

    @per_backend
    def test_oom_safe(self, backend):
        """the sweeps of allocations are there, and skipped by GnuTLS alone"""
        sweeps = [case for case in listed("--list") if group(case) == "memory"]
        if not IS_SANITIZED:
            self.assertEqual(len(sweeps), 4)
        for case in sweeps:
            self.assertEqual(lacks(case, backend.id), ["oom-safe"] if backend.id in NOT_OOM_SAFE else [], case)
        self.assertEqual("oom-safe" in described(backend.id)["capabilities"], backend.id not in NOT_OOM_SAFE)


class OptionsTest(SystemTest):
    def test_strict(self):
        """a warning fails a strict run and no other; without one strict runs pass"""
        one_symbol = ("--filter", "abi/one-symbol", "--format", "json")
        result = judge(TALKATIVE, *one_symbol)
        self.assertIn("exports unitls_hostile_second_symbol too",  # and what a sanitizer adds
                      cases_of(reported(result)["hostile"])["abi/one-symbol"]["warnings"])
        self.assertEqual(result.code, PASSED, str(result))
        self.assertEqual(judge(TALKATIVE, *one_symbol, "--strict").code, LOST)
        self.assertEqual(judge(HOSTILE, "--filter", "abi/note", "--strict").code, PASSED)

    def test_no_case_is_left(self):
        """a filter that is mistyped says so, and its exit status is that of no success"""
        for options in (("--filter", "abi/nothing"), ("--filter", "abi/note", "--skip", "abi/*")):
            for what in ((HOSTILE,), ("--list",)):
                result = judge(*what, *options)
                self.assertEqual(result.code, NOTHING_RAN, str(result))
                self.assertEqual(result.err, "unitls-conformance: --filter and --skip leave no case; --list names them all\n")

    def test_peer(self):
        """a peer is met in both parts and never judged alone"""
        if len(backends()) < 2:
            self.skipTest("there is one backend alone")
        judged, peer = (backend.id for backend in backends()[:2])
        result = judge(plugin(judged), "--peer", plugin(peer), "--filter", "interop/tcp-close", "--filter", "abi/note",
                       "--format", "json")
        self.assertEqual(result.code, PASSED, str(result))
        self.assertEqual({title: {name: case["verdict"] for name, case in cases_of(each).items()}
                          for title, each in reported(result).items()},
                         {judged: {"abi/note": "pass", "interop/tcp-close": "pass"},
                          f"{judged} to {peer}": {"interop/tcp-close": "pass"},
                          f"{peer} to {judged}": {"interop/tcp-close": "pass"}})

    def test_peer_is_really_used(self):
        """a peer that lies fails the pairs with it, not the plugin"""
        if IS_SANITIZED:
            self.skipTest("a build with sanitizers has no mutants")
        control, _ = mutants.everyone()
        result = judge(plugin("openssl"), "--peer", control.file, "--filter", "close/truncated*", "--format", "json",
                       env=clean_environment(UNITLS_MUTANT="end-as-close"))
        self.assertEqual(result.code, LOST, str(result))
        lost = {title: sum(case["verdict"] == "fail" for case in each["cases"])
                for title, each in reported(result).items()}
        self.assertEqual(lost.pop("openssl"), 0)
        self.assertEqual(len(lost), 2, lost)
        self.assertTrue(all(lost.values()), lost)

    def drawn(self, *options):
        """The random sizes of a case's reads, as a trace of its calls has them."""
        trace = self.dir / "trace"
        result = judge(plugin("openssl"), "--layer", f"{PLUGINS}/unitls-layer-trace.so:format=json,to={trace}",
                       "--filter", "io/full-duplex", *options)
        self.assertEqual(result.code, PASSED, str(result))
        calls = [json.loads(line) for line in trace.read_text().splitlines()]
        trace.unlink()
        sizes = [(each["session"], each["size"]) for each in calls if each["call"] == "read"]
        self.assertGreater(len(set(sizes)), 50)
        return sizes[:50]  # how many there are depends on records of varying size

    def test_reproduce(self):
        """--reproduce draws what --seed drew, each time; another seed draws something else"""
        drawn = self.drawn("--seed", 4711)
        self.assertEqual(self.drawn("--reproduce", 4711), drawn)
        self.assertEqual(self.drawn("--reproduce", 4711), drawn)
        self.assertNotEqual(self.drawn("--reproduce", 4712), drawn)

    def test_alone_in_a_folder(self):
        """the program, unitls-pki and a plugin are all that is needed"""
        for file in (CONFORMANCE, PKI, plugin("openssl")):
            shutil.copy(file, self.dir)
        scratch = self.dir / "scratch"
        scratch.mkdir()
        result = run("./unitls-conformance", "./unitls-openssl.so", "--filter", "verify/good", "--filter", "io/echo",
                     "--filter", "abi/*", "--strict", cwd=self.dir, timeout=200,
                     env={"PATH": "/nowhere", "HOME": "/nowhere", "TMPDIR": str(scratch),
                          **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}})
        self.assertEqual(result.code, PASSED, str(result))
        self.assertRegex(result.out, r"(?m)^pass    verify/good$")
        self.assertEqual(os.listdir(scratch), [], "something is left behind")
        self.assertEqual(len(os.listdir(self.dir)), 4)


class LaterTest(SystemTest):
    """The suite in another year."""

    CASES = ("verify/good", "verify/expired", "verify/not-yet-valid", "revocation/good", "revocation/out-of-date",
             "certificate-info/leaf", "chains/aki-bad", "verify-chain/time", "interop/tcp-close")

    # A long certificate as text, in PEM or without.
    CERTIFICATE = re.compile(rb"MI[I-L][A-Za-z0-9+/]{40}")
    # Judged at a time that stands beside them.
    RECORDED = {"conformance/vectors/chains.json", "plugins/common/tests/outside/leaf.pem",
                "plugins/common/tests/outside/root.pem"}

    def test_recorded_certificates(self):
        """no certificate is in the tree that is judged at the time of the test"""
        files = [path for folder in ("api", "conformance", "examples", "loader", "plugins", "tests", "tools")
                 for path in (SOURCE / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
        self.assertGreater(len(files), 500)
        self.assertEqual({str(path.relative_to(SOURCE)) for path in files
                          if self.CERTIFICATE.search(path.read_bytes())}, self.RECORDED)
        vectors = json.loads((SOURCE / "conformance/vectors/chains.json").read_text())["cases"]
        self.assertTrue(all(each["time"] > 0 for each in vectors))

    def later(self, backend, certificates, *cases):
        environment = clean_environment(LD_PRELOAD=str(LATER_CLOCK), UNITLS_LATER_SECONDS=str(THIRTY_YEARS))
        return run(CONFORMANCE, plugin(backend), "--certificates", certificates, "--format", "json", "--strict",
                   *(f"--filter={name}" for name in cases), env=environment, timeout=200)

    @per_backend
    def test_nothing_expires(self, backend):
        """thirty years from now everything passes; certificates of today do not"""
        if IS_SANITIZED:
            self.skipTest("a sanitizer takes no library before itself")
        result = self.later(backend, self._folder / "later", *self.CASES)
        self.assertEqual(result.code, PASSED, str(result))
        self.assertEqual(len(reported(result)[backend.id]["cases"]), len(self.CASES))
        self.assertGreater(int(json.loads(result.out)["begin"][:4]), time.gmtime().tm_year + 28)
        judge(plugin(backend), "--filter", "abi/note")  # makes those of today, if nobody has
        result = judge(plugin(backend), "--filter", "verify/good", env=clean_environment(
            LD_PRELOAD=str(LATER_CLOCK), UNITLS_LATER_SECONDS=str(THIRTY_YEARS)))
        self.assertEqual(result.code, LOST, str(result))


@contextlib.contextmanager
def terminal(columns):
    """The two ends of a pseudo-terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        yield ours, theirs
    finally:
        os.close(ours)


def read_to_the_end(descriptor):
    """All that is written to a terminal until nobody has its other end."""
    text = b""
    while True:
        try:
            text += os.read(descriptor, 4096)
        except OSError:  # EIO
            return text.decode()


class ProgressTest(SystemTest):
    COMMAND = ("--filter", "abi/note", "--filter", "abi/list", "--filter", "abi/copied-table", "--jobs", "1")

    def test_on_a_terminal(self):
        """a line that is written anew for each case: how many of how many, the time, what was lost, the last one"""
        judge(HOSTILE, "--filter", "abi/note")  # makes certificates
        with terminal(60) as (ours, theirs):
            child = subprocess.Popen([CONFORMANCE, HOSTILE, *self.COMMAND, "-o", self.dir / "report"], stderr=theirs,
                                     stdin=subprocess.DEVNULL, env=clean_environment())
            os.close(theirs)
            shown = read_to_the_end(ours)
        self.assertEqual(child.wait(PATIENCE), LOST)
        lines = shown.split("\r\x1b[K")
        self.assertEqual((lines[0], lines[-1]), ("", ""), "it is not cleared")
        self.assertEqual(len(lines), 5, shown)
        for done, line in enumerate(lines[1:-1], 1):
            self.assertRegex(line, rf"\A{done}/3  \d+:\d\d  (1 failed  )?abi/(note|list|copied-table)\Z")
            self.assertLess(len(line), 60)
        self.assertIn("1 failed", shown)

    def test_elsewhere(self):
        """what is no terminal gets none"""
        result = judge(HOSTILE, *self.COMMAND, "-o", self.dir / "report")
        self.assertEqual((result.out, result.err), ("", ""), str(result))


if __name__ == "__main__":
    main()
