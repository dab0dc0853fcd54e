"""The frozen ABI: golden layouts, kept headers, and what the tools say when somebody changes a struct."""

import re
import shutil

from lib.build import SOURCE, program
from lib.case import SystemTest, main
from lib.process import run

ABI = SOURCE / "api/abi"
MODELS = {"lp64": "gcc", "ilp32": "gcc", "llp64": "x86_64-w64-mingw32-gcc"}


class LayoutTest(SystemTest):
    def setUp(self):
        super().setUp()
        for compiler in MODELS.values():
            program(compiler)

    def tool(self, name, *arguments):
        return run("python3", "-B", ABI / name, *arguments)

    def test_golden(self):
        """every struct lies as it did, and every constant has its value, on every data model"""
        for model in MODELS:
            with self.subTest(model):
                result = self.tool("layout.py", "--model", model)
                self.assertEqual(result.code, 0, result.err)

    def test_kept_headers(self):
        """the kept headers of the present version are today's, cut"""
        result = self.tool("keep_headers.py")
        self.assertEqual(result.code, 0, result.err)

    def changed(self, pattern, replacement, header="types.h", version=None):
        """A copy of the headers and golden files in which a header was changed; the arguments for layout.py."""
        shutil.copytree(SOURCE / "api/include", self.dir / "include", dirs_exist_ok=True)
        shutil.copytree(ABI / "layout", self.dir / "golden", dirs_exist_ok=True)
        self.replace(header, pattern, replacement)
        if version:
            self.replace("backend.h", r"UNITLS_ABI_MINOR = \d+", f"UNITLS_ABI_MINOR = {version}")
        return "--headers", self.dir / "include", "--golden", self.dir / "golden"

    def replace(self, header, pattern, replacement):
        path = self.dir / "include/unitls" / header
        text, count = re.subn(pattern, replacement, path.read_text(), count=1)
        self.assertEqual(count, 1, f"{header} no longer has {pattern}")
        path.write_text(text)

    def refuses(self, arguments, *sentences):
        """Check and renewal both refuse, and the golden files stay."""
        before = [path.read_text() for path in sorted((self.dir / "golden").iterdir())]
        for more in ((), ("--renew",)):
            result = self.tool("layout.py", *arguments, *more)
            self.assertEqual(result.code, 1, str(result))
            for sentence in sentences:
                self.assertIn(sentence, result.err)
        self.assertEqual([path.read_text() for path in sorted((self.dir / "golden").iterdir())], before)

    def test_moved(self):
        """two members change places"""
        arguments = self.changed(r"(  uint32_t format;\n)(  uint32_t reserved_0;\n)", r"\2\1")
        self.refuses(arguments, "lp64: the layout of ABI", "ilp32: the layout of ABI", "llp64: the layout of ABI",
                     "unitls_blob.format moved from offset 0 to 4",
                     "raise UNITLS_ABI_MINOR and UNITLS_PRIVATE_ABI_MINOR in backend.h, then run api/abi/layout.py")

    def test_appended(self):
        """a member is appended: only as a new version"""
        change = (r"(  void \*user;\n)(\} unitls_session_config;)", r"\1  uint64_t more;\n\2")
        self.refuses(self.changed(*change), "unitls_session_config.more is new, at offset 40",
                     "unitls_session_config had size 40 and alignment 8, and has 48 and 8")
        arguments = self.changed(*change, version=1000)
        result = self.tool("layout.py", *arguments)
        self.assertEqual(result.code, 1, str(result))
        self.assertRegex(result.err, r"golden layout is out of date \(ABI \d+\.\d+, backend.h says \d+\.1000\)")
        renewed = self.tool("layout.py", *arguments, "--renew")
        self.assertEqual(renewed.code, 0, renewed.err)
        self.assertEqual(self.tool("layout.py", *arguments).code, 0)

    def test_retyped(self):
        """a member of the same size means something else; a function takes another argument"""
        self.refuses(self.changed(r"uint32_t alert;", "int32_t alert;"),
                     "unitls_error.alert was 'uint32_t alert' and is 'int32_t alert'")
        shutil.rmtree(self.dir / "include")
        self.refuses(self.changed(r"\*send\)\(void \*user, const uint8_t \*data", "*send)(void *user, const void *data",
                                  header="backend.h"), "unitls_transport.send was 'unitls_status(UNITLS_CALL *send)")

    def test_constant(self):
        """an enumerator has another value; one is gone"""
        self.refuses(self.changed(r"UNITLS_VERIFY_OTHER = 1 << 19", "UNITLS_VERIFY_OTHER = 1 << 20"),
                     "constant UNITLS_VERIFY_OTHER was 524288 and is 1048576")

    def test_padding(self):
        """a struct that the compiler pads"""
        self.refuses(self.changed(r"  uint32_t reserved_0;\n  const uint8_t \*data;", "  const uint8_t *data;"),
                     "lp64: unitls_blob.data is at 8, although the member before it ends at 4: implicit padding")

    def test_additions(self):
        """a new constant beside the old ones needs no new version, and is still told"""
        arguments = self.changed(r"UNITLS_TLS_1_3 = 0x0304", "UNITLS_TLS_1_3 = 0x0304, UNITLS_TLS_1_4 = 0x0305")
        result = self.tool("layout.py", *arguments)
        self.assertIn("constant UNITLS_TLS_1_4 is new", result.err)
        self.assertEqual(self.tool("layout.py", *arguments, "--renew").code, 0)
        self.assertEqual(self.tool("layout.py", *arguments).code, 0)

    def test_older_version(self):
        """the version goes back"""
        arguments = self.changed(r"UNITLS_ABI_MINOR = \d+", "UNITLS_ABI_MINOR = 1", header="backend.h")
        self.refuses(arguments, "backend.h says ABI 0.1, and the golden layout is already of")

    def test_kept_headers_can_fail(self):
        """a header that was changed without its kept copy"""
        self.changed(r"uint32_t alert;", "int32_t alert;")
        result = self.tool("keep_headers.py", "--headers", self.dir / "include")
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("types.h is not what today's header gives (- uint32_t + int32_t)", result.err)


if __name__ == "__main__":
    main()
