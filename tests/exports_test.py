"""What libunitls.so exports, by libabigail, against the baseline."""

import re

from lib.build import BUILD, SOURCE, program
from lib.case import SystemTest, main
from lib.process import run

ABI = SOURCE / "api/abi"
LIBRARY = BUILD / "lib" / "libunitls.so"
# Structs that plugins and transports see, and no function of libunitls reaches.
OF_OTHERS = {"unitls_iovec", "unitls_certificate_info", "unitls_verify_chain"}


class ExportsTest(SystemTest):
    def compare(self, *more):
        return run("python3", "-B", ABI / "exports.py", *more, LIBRARY, timeout=600)

    def test_baseline(self):
        """every exported function, with the types that it reaches, is as it was"""
        result = self.compare()
        self.assertEqual(result.code, 0, result.err)

    def test_nothing_public_is_hidden(self):
        """the baseline has every exported function and the layout of every struct that a program can see"""
        baseline = (ABI / "exports.xml").read_text()
        exported = re.findall(r"(?m)^\S+ T (unitls_\w+)", run(program("nm"), "-D", "--defined-only", LIBRARY).out)
        self.assertGreater(len(exported), 20)
        self.assertEqual(set(re.findall(r"<elf-symbol name='(\w+)'", baseline)), set(exported))
        structs = {name for header in ("unitls", "types", "extensions")
                   for name in re.findall(r"(?m)^(?:typedef )?struct (unitls_\w+) \{",
                                          (SOURCE / f"api/include/unitls/{header}.h").read_text())}
        self.assertEqual(set(re.findall(r"<class-decl name='(\w+)' size-in-bits='\d+'", baseline)), structs - OF_OTHERS)

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
