"""Every mutant against the whole suite: no case that does not name what it breaks may fail."""

import unittest

from lib import mutants


class MutantsFullTest(unittest.TestCase):
    def test_control(self):
        """the honest wrapper passes every case"""
        control, _ = mutants.everyone()
        result = control.judge(jobs=mutants.processors())
        lost = [mutants.why(case) for case in mutants.verdicts(result) if case["verdict"] in mutants.LOST]
        self.assertEqual((result.returncode, lost), (mutants.EXIT_PASSED, []), result.stderr)


def judged(mutant):
    def case(self):
        self.assertEqual(mutants.complaints(mutant, mutant.judge(jobs=mutants.processors())), [])
    case.__doc__ = f"{mutant}"
    return case


for each in mutants.everyone()[1]:
    setattr(MutantsFullTest, f"test_mutant_{each.name}", judged(each))


if __name__ == "__main__":
    unittest.main(verbosity=2)
