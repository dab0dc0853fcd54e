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
WANTED = {"U-10": "memory/client-session", "U-30": "io/sizes", "U-33": "io/end-in-handshake",
          "U-59": "parameters/exact-groups"}
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
    wanted = {WANTED[each] for each in mutant.clauses if each in WANTED}
    return sorted(set(filter(is_short, named)) | SAMPLE | wanted)


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

    def test_hoard(self):
        """memory without end costs one case, which says how much there was and is repeated where it is limited"""
        _, everyone = mutants.everyone()
        hoarder, = (each for each in everyone if each.name == "hoards-in-empty-read")
        result = hoarder.judge(self.certificates, "--filter=io/zero-length", "--filter=io/echo")
        verdicts = {case["name"]: case for case in mutants.verdicts(result)}
        self.assertEqual(verdicts["io/echo"]["verdict"], "pass", result.stdout)
        lost = verdicts["io/zero-length"]
        self.assertEqual(lost["verdict"], "crash", result.stdout)
        self.assertEqual(lost["reason"], "the process of the case was killed by SIGABRT (Aborted); before that, an "
                                         "allocation of 1048576 bytes was refused: the process of a case has 1024 MiB")
        self.assertIn(" --filter io/zero-length --seed 1", lost["repeat"])

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
