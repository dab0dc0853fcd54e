"""What libunitls.so exports, by libabigail, against the baseline."""

import re

from lib.build import BUILD, SOURCE
from lib.case import SystemTest, main
from lib.process import run

ABI = SOURCE / "api/abi"
LIBRARY = BUILD / "lib" / "libunitls.so"


class ExportsTest(SystemTest):
    def compare(self, *more):
        return run("python3", "-B", ABI / "exports.py", *more, LIBRARY, timeout=600)

    def test_baseline(self):
        """every exported function, with the types that it reaches, is as it was"""
        result = self.compare()
        self.assertEqual(result.code, 0, result.err)

    def refuses(self, pattern, replacement, sentence):
        """A baseline that said something else is told apart."""
        text, count = re.subn(pattern, replacement, (ABI / "exports.xml").read_text())
        self.assertGreater(count, 0)
        result = self.compare("--baseline", self.write("other.xml", text))
        self.assertEqual(result.code, 1, str(result))
        self.assertRegex(result.err, sentence)
        self.assertIn("run api/abi/exports.py --renew", result.err)

    def test_function_is_gone(self):
        """a function that the baseline has is no longer there"""
        self.refuses(r"'unitls_version'", "'unitls_release'", r"1 Removed[^\0]*unitls_release")

    def test_struct_has_changed(self):
        """a struct that a function reaches has another size"""
        self.refuses(r"(<class-decl name='unitls_blob' size-in-bits=)'192'", r"\1'256'", "size changed from 256 to 192")


if __name__ == "__main__":
    main()
