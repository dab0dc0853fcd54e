"""What the test programs share: one case for each backend, certificates, a folder, and how results are judged."""

import contextlib
import inspect
import os
import pathlib
import shutil
import tempfile
import unittest

from lib.build import PKI, backends
from lib.process import run, unitls

EXIT_DONE, EXIT_PEER, EXIT_INPUT, EXIT_BACKEND, EXIT_REJECTED, EXIT_INTERNAL = range(6)


def per_backend(function):
    """The method becomes one case for each backend."""
    function.per = lambda: [(f"{backend}", (backend,)) for backend in backends()]
    return function


def per_backend_with(capability):
    """The method becomes one case for each backend that has a capability."""
    def mark(function):
        function.per = lambda: [(f"{backend}", (backend,)) for backend in backends()
                                if capability in backend.capabilities]
        return function
    return mark


def per_version(function):
    """The method becomes one case for each backend and each version of TLS that it has."""
    function.per = lambda: [(f"{backend}_tls{version}".replace(".", "_"), (backend, version))
                            for backend in backends() for version in backend.versions]
    return function


def _bound(function, arguments, title):
    def case(self):
        return function(self, *arguments)
    case.__doc__ = f"{inspect.getdoc(function) or function.__name__} [{title}]"
    return case


class SystemTest(unittest.TestCase):
    """A folder of its own for each case, standard certificates for each file."""

    longMessage = True
    maxDiff = None

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        for name, function in list(vars(cls).items()):
            if hasattr(function, "per"):
                delattr(cls, name)
                for title, arguments in function.per():
                    setattr(cls, f"{name}__{title}", _bound(function, arguments, title))

    @classmethod
    def setUpClass(cls):
        cls._folder = pathlib.Path(tempfile.mkdtemp(prefix="unitls-test-"))
        cls.pki = cls._folder / "pki"
        made = run(PKI, "standard", "--out", cls.pki)
        if made.code != 0:
            raise AssertionError(f"unitls-pki failed: {made}")
        cls.ca = cls.pki / "ca.pem"

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls._folder)

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(dir=self._folder))
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.start = stack.enter_context  # start(server) keeps a server until the case ends

    def cert(self, name):
        return self.pki / f"{name}.pem"

    def key(self, name):
        return self.pki / f"{name}.key"

    def make(self, *arguments):
        """Certificates of unitls-pki's own making."""
        result = run(PKI, *arguments)
        self.assertEqual(result.code, 0, str(result))

    def write(self, name, content):
        path = self.dir / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def unitls(self, backend, *arguments, **how):
        return unitls(backend, *arguments, **how)

    def get(self, backend, port, target="/", *arguments, ca=None, host="localhost", **how):
        return self.unitls(backend, "get", f"https://{host}:{port}{target}", "--ca", ca or self.ca,
                           "--resolve", f"{host}:{port}:127.0.0.1", *arguments, **how)

    def connect(self, backend, port, *arguments, ca=None, name="localhost", **how):
        return self.unitls(backend, "connect", f"127.0.0.1:{port}", "--name", name, "--ca", ca or self.ca,
                           *arguments, **how)

    def accepted(self, result):
        self.assertEqual(result.code, EXIT_DONE, str(result))
        return result

    def refused(self, result, code, pattern):
        """Ended with this exit code and a sentence that has the pattern."""
        self.assertEqual(result.code, code, str(result))
        self.assertRegex(result.err, pattern, str(result))
        self.assertTrue(result.err.startswith("unitls: "), str(result))
        self.assertNotRegex(result.err, r"(?<![A-Z])E_[A-Z]+|std::|what\(\)", "an internal name in a sentence")
        return result


def main():
    os.umask(0o022)  # what others may write is not trusted: not the tests' own files, either
    unittest.main(verbosity=2)
