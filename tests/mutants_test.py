"""Every mutant is failed by the cases that name what it breaks; the honest wrapper by none."""

import unittest

from lib import mutants

# Long or very many: not for a mutant when others name its clauses, too.
LONG = ("chains/*", "live/*", "names/*", "memory/*", "pairs/*", "torture/*", "io/every-end*", "io/end-in-handshake",
        "io/sizes", "parameters/each-*", "parameters/exact-*", "thread/*", "fork/*", "leak/*")
# Only these name the clause or see the lie.
WANTED = {"U-10": "memory/client-session", "U-30": "io/sizes", "U-33": "io/end-in-handshake",
          "U-59": "parameters/exact-groups"}
# Cases that no lie about something else may break.
SAMPLE = {"io/echo", "close/both-ways", "handshake/each-version", "verify/good", "abi/one-symbol"}


def chosen_cases(mutant):
    named = {name for name, clauses in mutants.cases().items() if mutant.names(clauses)}
    short = {name for name in named if not mutants.is_any_of(name, LONG)}
    return sorted(short | SAMPLE | {WANTED[each] for each in mutant.clauses if each in WANTED})


class MutantsTest(unittest.TestCase):
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

    def test_unknown_name(self):
        """a name that is no mutant's is refused"""
        control, _ = mutants.everyone()
        control = type(control)({**vars(control), "name": "no-such-mutant", "clauses": []})
        result = control.judge(["abi/note"])
        self.assertEqual(result.returncode, mutants.EXIT_UNUSABLE, result.stderr)
        self.assertIn("UNITLS_MUTANT must name a mutant", result.stderr)

    def test_control(self):
        """the honest wrapper passes every case but the longest"""
        control, _ = mutants.everyone()
        short = [name for name in mutants.cases() if not mutants.is_any_of(name, LONG)]
        result = control.judge(short)
        lost = [mutants.why(case) for case in mutants.verdicts(result) if case["verdict"] in mutants.LOST]
        self.assertEqual((result.returncode, lost), (mutants.EXIT_PASSED, []), result.stderr)


def judged(mutant):
    def case(self):
        self.assertEqual(mutants.complaints(mutant, mutant.judge(chosen_cases(mutant))), [])
    case.__doc__ = f"{mutant}"
    return case


for each in mutants.everyone()[1]:
    setattr(MutantsTest, f"test_mutant_{each.name}", judged(each))


if __name__ == "__main__":
    unittest.main(verbosity=2)
