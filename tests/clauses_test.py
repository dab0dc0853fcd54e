"""The map of clauses and cases: every clause of backend.h has cases, or says why no case can check it."""

import re

from lib.build import SOURCE
from lib.case import SystemTest, main
from lib.conformance import conformance, listed

HEADER = (SOURCE / "api/include/unitls/backend.h").read_text()
NUMBER = re.compile(r"\bU-\d+\b")


def words_in_header(number):
    """The clause as the header has it, without what makes a comment of it."""
    found = re.search(rf"^ +\* +{number}  (.*?)(?=^ +\* *$|^ +\* +U-\d+  |^ +\*/$)", HEADER, re.M | re.S)
    return " ".join(re.sub(r"^ +\*", "", found[1], flags=re.M).split())


class ClausesTest(SystemTest):
    def test_every_clause_is_printed(self):
        """--clauses has exactly the clauses of the header, each with its section and its own words"""
        clauses = listed("--clauses")
        defined = re.findall(r"^ +\* +(U-\d+)  ", HEADER, re.M)
        self.assertGreater(len(defined), 60)
        self.assertEqual(sorted(each["id"] for each in clauses), sorted(defined))
        for each in clauses:
            self.assertEqual(each["text"], words_in_header(each["id"]), each["id"])
            self.assertTrue(each["section"], each["id"])

    def test_case_or_reason(self):
        """a clause has cases or a reason, never neither and never both"""
        for each in listed("--clauses"):
            with self.subTest(each["id"]):
                if each["cases"]:
                    self.assertEqual(each["reason"], "", "it has cases: take it out of the table of reasons")
                else:
                    self.assertGreater(len(each["reason"]), 20, "no case names it, and no reason is given")

    def test_cases_name_clauses_that_exist(self):
        """every case names clauses, each of the header and each once, and --clauses knows the same"""
        known = {each["id"]: set(each["cases"]) for each in listed("--clauses")}
        named = {number: set() for number in known}
        for case in listed("--list"):
            with self.subTest(case["name"]):
                self.assertGreater(len(case["clauses"]), 0)
                self.assertEqual(len(case["clauses"]), len(set(case["clauses"])))
                self.assertLessEqual(set(case["clauses"]), set(known))
            for number in case["clauses"]:
                named.setdefault(number, set()).add(case["name"])
        self.assertEqual(named, known)

    def test_sources_name_clauses_that_exist(self):
        """no failure of the suite can name a clause that the header lacks"""
        known = {each["id"] for each in listed("--clauses")}
        searched = 0
        for folder in ("cases", "harness", "src"):
            for path in sorted((SOURCE / "conformance" / folder).glob("*.?pp")):
                unknown = set(NUMBER.findall(path.read_text())) - known
                self.assertEqual(unknown, set(), path)
                searched += 1
        self.assertGreater(searched, 50)

    def test_text(self):
        """as text every line fits a terminal, and numbers stand before words"""
        result = conformance("--clauses")
        self.assertEqual(result.code, 0, str(result))
        self.assertLessEqual(max(map(len, result.out.splitlines())), 110)
        self.assertEqual(set(re.findall(r"^  (U-\d+)  ", result.out, re.M)),
                         {each["id"] for each in listed("--clauses")})


if __name__ == "__main__":
    main()
