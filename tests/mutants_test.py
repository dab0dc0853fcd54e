"""Every mutant is failed by the cases that name what it breaks; the honest wrapper by none."""

import os
import unittest

from lib import mutants
from lib.case import EXIT_BACKEND
from lib.process import unitls

# Long or very many: not for a mutant when others name its clauses, too.
LONG = ("chains/*", "live/*", "names/*", "memory/*", "interop/*", "io/every-*", "io/end-in-handshake", "io/sizes",
        "identity/many", "parameters/each-*", "parameters/exact-*", "thread/*", "leak/*")
# Only these name the clause or see the lie.
WANTED = {"U-06": ("leak/refused-contexts", "leak/settings"), "U-10": ("memory/client-session",),
          "U-30": ("io/sizes",), "U-33": ("io/end-in-handshake",), "U-59": ("parameters/exact-groups",)}
# Cases that no lie about something else may break.
SAMPLE = {"io/echo", "close/both-ways", "handshake/each-version", "verify/good", "abi/one-symbol"}
# A case takes far less; a mutant that hangs costs it.
SECONDS_PER_CASE = 20


def is_short(name):
    return not mutants.is_any_of(name, LONG)


def chosen_cases(mutant):
    if not mutant.clauses:
        return filter(is_short, mutants.cases())
    named = {name for name, clauses in mutants.cases().items() if mutant.names(clauses)}
    wanted = (WANTED.get(each, ()) for each in mutant.clauses)
    return sorted(set(filter(is_short, named)) | SAMPLE.union(*wanted))


@mutants.judge_each
class QuickTest(mutants.MutantsTest):
    def options(self, mutant):
        return ["--jobs", "2", "--timeout", str(SECONDS_PER_CASE),
                *[f"--filter={name}" for name in chosen_cases(mutant)]]

    def test_table(self):
        """there are enough, each with a name of its own, one sentence, clauses that cases name, and one change"""
        _, everyone = mutants.everyone()
        self.assertGreaterEqual(len(everyone), 28)
        self.assertEqual(len({each.name for each in everyone}), len(everyone))
        known = set().union(*mutants.cases().values())
        for each in everyone:
            with self.subTest(mutant=each.name):
                self.assertTrue(each.clauses and each.sentence)
                self.assertTrue(each.refusal or each.clauses <= known, each.clauses)
                # One function that lies; a verdict takes two that agree and one that tells.
                self.assertIn(each.changes, (0,) if each.is_file else (1, 2, 3))

    def test_every_clause_has_a_mutant(self):
        """each clause that has a case has a mutant to prove it by"""
        _, everyone = mutants.everyone()
        checked = set().union(*mutants.cases().values())
        self.assertEqual(checked - set().union(*(each.clauses for each in everyone)), set())

    def lost_by(self, name, case):
        """What becomes of the one case that a lie costs; another one passes."""
        mutant, = (each for each in mutants.everyone()[1] if each.name == name)
        result = mutant.judge(self.certificates, f"--filter={case}", "--filter=io/echo")
        verdicts = {each["name"]: each for each in mutants.verdicts(result)}
        self.assertEqual(verdicts["io/echo"]["verdict"], "pass", result.stdout)
        return verdicts[case]

    def broken_by(self, name, case):
        """The failures of that case: clause and what was looked at."""
        lost = self.lost_by(name, case)
        self.assertEqual(lost["verdict"], "fail", lost)
        return {(each["clause"], each["what"]) for each in lost["failures"]}

    def test_hoard(self):
        """memory without end costs one case, which says how much there was and is repeated where it is limited"""
        lost = self.lost_by("hoards-in-empty-read", "io/zero-length")
        self.assertEqual(lost["verdict"], "crash", lost)
        self.assertEqual(lost["reason"], "the process of the case was killed by SIGABRT (Aborted); before that, an "
                                         "allocation of 1048576 bytes was refused: the process of a case has 1024 MiB")
        self.assertIn(" --filter io/zero-length --seed 1", lost["repeat"])

    def test_flood(self):
        """output without end costs one case, which says how much there was and is repeated where it is limited"""
        lost = self.lost_by("floods-at-malformed", "certificate-info/malformed")
        self.assertEqual(lost["verdict"], "crash", lost)
        self.assertEqual(lost["reason"], "the process of the case was killed by SIGXFSZ (File size limit exceeded): it "
                                         "wrote more than 256 MiB to standard output or error, or into a file")
        self.assertIn(" --filter certificate-info/malformed --seed 1", lost["repeat"])

    def test_exit(self):
        """a process that ends with status 0 in the middle of a case has not passed it"""
        lost = self.lost_by("exits-at-malformed", "certificate-info/malformed")
        self.assertEqual((lost["verdict"], lost["reason"]),
                         ("crash", "the process of the case ended with exit status 0"))

    def test_leaks(self):
        """a descriptor and a thread that stay are named"""
        self.assertIn(("U-06", "open descriptors after 60 times"),
                      self.broken_by("descriptor-leaked", "leak/refused-contexts"))
        self.assertIn(("U-06", "threads after 60 times"), self.broken_by("thread-leaked", "leak/refused-contexts"))

    def test_settings(self):
        """a umask and a signal that are changed are named, and nothing else is"""
        self.assertEqual(self.broken_by("umask-changed", "leak/settings"), {("U-06", "umask")})
        self.assertEqual(self.broken_by("signal-ignored", "leak/settings"), {("U-06", "disposition of signal 1")})

    def test_check_and_register(self):
        """`unitls check` and `register` refuse a plugin that loads and breaks the contract, and name the clause"""
        _, everyone = mutants.everyone()
        mutant, = (each for each in everyone if each.name == "check-tells-first")
        root = os.path.join(self.folder.name, "root")
        os.makedirs(root, exist_ok=True)
        for words in (("check",), ("register", "--root", root)):
            result = unitls(None, *words, mutant.file, env={"UNITLS_MUTANT": mutant.name})
            self.assertEqual(result.code, EXIT_BACKEND, str(result))
            self.assertIn("1 of the quick conformance cases failed\n  abi/all-findings: U-09: ", result.err)
        self.assertEqual(os.listdir(root), [], "something was registered")

    def test_unknown_name(self):
        """a name that is no mutant's is refused"""
        control, _ = mutants.everyone()
        result = control.renamed("no-such-mutant").judge(self.certificates, "--filter=abi/note")
        self.assertEqual(result.returncode, mutants.EXIT_UNUSABLE, result.stderr)
        self.assertIn("UNITLS_MUTANT must name a mutant", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
