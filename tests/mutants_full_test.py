"""Every mutant against the suite: no case that does not name what it breaks may fail. The control passes all of it."""

import os
import unittest

from lib import mutants

# They judge the common rule and allocations case by case: minutes for each mutant.
VERY_LONG = ("chains/*", "memory/*-context", "io/every-*")
# Of a lie about verdicts, though, they must be seen to name it.
VERDICTS = {"U-43", "U-44", "U-45", "U-57", "U-61"}
SECONDS_PER_CASE = 120


@mutants.judge_each
class FullTest(mutants.MutantsTest):
    def options(self, mutant):
        skipped = VERY_LONG if mutant.clauses and mutant.clauses.isdisjoint(VERDICTS) else ()
        return ["--jobs", str(len(os.sched_getaffinity(0))), "--timeout", str(SECONDS_PER_CASE),
                *[f"--skip={pattern}" for pattern in skipped]]


if __name__ == "__main__":
    unittest.main(verbosity=2)
