"""Mutants: plugins with one lie each (conformance/mutants), and how the conformance suite judges them."""

import copy
import fnmatch
import functools
import json
import os
import subprocess
import tempfile
import unittest

from lib.build import BUILD, clean_environment

FOLDER = BUILD / "tests" / "mutants"
CONFORMANCE = BUILD / "bin" / "unitls-conformance"
EXIT_PASSED, EXIT_FAILED, EXIT_UNUSABLE = range(3)
LOST = ("fail", "crash", "timeout")


class Mutant:
    def __init__(self, described):
        self.name = described["name"]
        self.clauses = set(described["clauses"])
        self.sentence = described["sentence"]
        self.refusal = described["refusal"]
        self.changes = described["changes"]
        self.is_file = described["is_file"]
        self.file = FOLDER / f"unitls-mutant{'-' + self.name if self.is_file else ''}.so"

    def __str__(self):
        return f"{self.name} ({self.sentence}; {', '.join(sorted(self.clauses))})"

    def renamed(self, name):
        """A mutant that the switch would have to know by another name."""
        other = copy.copy(self)
        other.name = name
        return other

    def names(self, clauses):
        return not self.clauses.isdisjoint(clauses)

    def judge(self, certificates, *options):
        """Runs the suite on it."""
        return subprocess.run(
            [CONFORMANCE, self.file, "--format", "json", "--seed", "1", "--certificates", certificates, *options],
            env=clean_environment(UNITLS_MUTANT="none" if self.is_file else self.name),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def told_by(*command):
    return json.loads(subprocess.run([str(word) for word in command], env=clean_environment(), capture_output=True,
                                     text=True, check=True).stdout)


@functools.lru_cache(maxsize=None)
def everyone():
    """The control, and all mutants."""
    control, *mutants = [Mutant(each) for each in told_by(FOLDER / "unitls-mutants")]
    assert not control.clauses, control
    return control, mutants


@functools.lru_cache(maxsize=None)
def cases():
    """{name: clauses} of the whole suite."""
    return {each["name"]: set(each["clauses"]) for each in told_by(CONFORMANCE, "--list", "--format", "json")}


def is_any_of(name, patterns):
    return any(fnmatch.fnmatch(name, each) for each in patterns)


def verdicts(result):
    """What became of each case of a run."""
    plugin, = json.loads(result.stdout)["plugins"]
    return plugin["cases"]


def clauses_of(case):
    """Those that a case says it checks, and those that it found broken."""
    return set(case["clauses"]) | {each["clause"] for each in case["failures"]}


def why(case):
    """One line about a case that was lost."""
    failures = [f"{each['clause']} {each['what']}: expected {each['expected']}, got {each['got']} ({each['context']})"
                for each in case["failures"][:3]]
    return f"{case['name']} [{' '.join(case['clauses'])}] {case['verdict']} {case['reason']}: {'; '.join(failures)}"


def complaints(mutant, result):
    """What is wrong with the suite's judgement of a mutant; empty when nothing is."""
    if mutant.refusal:
        is_refused = result.returncode == EXIT_UNUSABLE and mutant.refusal in result.stderr
        return [] if is_refused else [f"{mutant} is not refused: exit {result.returncode}, {result.stderr}"]
    if result.returncode not in (EXIT_PASSED, EXIT_FAILED):
        return [f"{mutant} cannot be judged: exit {result.returncode}, {result.stderr}"]
    lost = [case for case in verdicts(result) if case["verdict"] in LOST]
    found = [f"{mutant} breaks {why(case)}" for case in lost if not mutant.names(clauses_of(case))]
    if not any(mutant.names(case["clauses"]) for case in lost):
        found.append(f"{mutant} lives")
    return found


class MutantsTest(unittest.TestCase):
    """Each file of tests adds what is judged, and how: `options(mutant)` are those of the suite."""

    def options(self, mutant):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="unitls-mutants-")
        cls.certificates = os.path.join(cls.folder.name, "certificates")
        cls.addClassCleanup(cls.folder.cleanup)

    def judge(self, mutant):
        return mutant.judge(self.certificates, *self.options(mutant))

    def test_control(self):
        """the honest wrapper passes"""
        control, _ = everyone()
        result = self.judge(control)
        lost = [why(case) for case in verdicts(result) if case["verdict"] in LOST]
        self.assertEqual((result.returncode, lost), (EXIT_PASSED, []), result.stderr)


def judge_each(cls):
    """One test for each mutant."""
    def test_of(mutant):
        def case(self):
            self.assertEqual(complaints(mutant, self.judge(mutant)), [])
        case.__doc__ = f"{mutant}"
        return case
    for mutant in everyone()[1]:
        setattr(cls, f"test_mutant_{mutant.name}", test_of(mutant))
    return cls
