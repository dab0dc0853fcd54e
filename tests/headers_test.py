"""The C headers in every language and on every data model that they are written for: LP64, ILP32 and LLP64."""

import itertools
import re
import unittest

from lib.build import SOURCE, program
from lib.case import EXIT_DONE, SystemTest, main
from lib.process import run

HEADERS = ("types.h", "backend.h", "extensions.h", "insecure.h", "layer.h", "unitls.h")
STRICT = ("-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wpadded", "-Werror", f"-I{SOURCE}/api/include")
# What compiles for each data model; a 32-bit C library is not needed.
MODELS = {
    "lp64": ("gcc",),
    "ilp32": ("gcc", "-m32", "-ffreestanding"),
    "llp64": ("x86_64-w64-mingw32-gcc",),
}
STANDARDS = ("c99", "c11", "c17", "c++17", "c++20")


def structs():
    """The names of every struct that the headers define."""
    text = "".join((SOURCE / "api/include/unitls" / header).read_text() for header in HEADERS)
    return re.findall(r"^} (unitls_\w+);", text, re.M)


def layout_asserts(keyword):
    """One program that includes everything and states what each struct must be."""
    lines = [f"#include <unitls/{header}>" for header in HEADERS]
    lines += [f'{keyword}(sizeof({name}) % 8 == 0, "the size of {name} is no multiple of 8");' for name in structs()]
    return "\n".join(lines) + "\n"


class HeadersTest(SystemTest):
    def compile(self, model, standard, text):
        """Type checks a text."""
        command, *flags = MODELS[model]
        language = "c++" if standard.startswith("c++") else "c"
        return run(program(command), *flags, f"-std={standard}", *STRICT, "-x", language, "-", data=text.encode())

    def test_every_language(self):
        """each header alone, as C99, C11, C17, C++17 and C++20, without any padding"""
        for model, standard, header in itertools.product(MODELS, STANDARDS, HEADERS):
            if model == "llp64" and standard.startswith("c++"):
                continue  # the Windows compiler that the tests install is C's alone
            with self.subTest(model=model, standard=standard, header=header):
                result = self.compile(model, standard, f"#include <unitls/{header}>\nextern int nothing_else;\n")
                self.assertEqual(result.code, EXIT_DONE, str(result))

    def test_sizes(self):
        """the size of every struct is a multiple of 8 on every data model"""
        self.assertGreater(len(structs()), 20)
        for model in MODELS:
            with self.subTest(model=model):
                result = self.compile(model, "c11", layout_asserts("_Static_assert"))
                self.assertEqual(result.code, EXIT_DONE, str(result))

    def test_sizes_can_fail(self):
        """the check finds what it looks for"""
        wrong = "\ntypedef struct wrong { int32_t a; } wrong;\n_Static_assert(sizeof(wrong) % 8 == 0, \"wrong\");\n"
        for model in MODELS:
            result = self.compile(model, "c11", layout_asserts("_Static_assert") + wrong)
            self.assertRegex(result.err, r'static assertion failed: "wrong"')

    def test_structs_are_led_by_their_size(self):
        """struct_size, where a struct has it, is its first member"""
        text = "".join((SOURCE / "api/include/unitls" / header).read_text() for header in HEADERS)
        sized = re.findall(r"^typedef struct (unitls_\w+) \{\n(?:  /\*.*?\*/\n)?  (\w+) (\w+);", text, re.M | re.S)
        self.assertGreater(len(sized), 20)
        for name, kind, member in sized:
            body = re.search(rf"^typedef struct {name} \{{\n(.*?)^}} {name};", text, re.M | re.S)[1]
            if re.search(r"\bstruct_size;", body):
                self.assertEqual((kind, member), ("uint32_t", "struct_size"), name)


if __name__ == "__main__":
    main()
