"""A copy of what is built: its folder beside libunitls.so has a machine's registry of its own, without root."""

import os
import shutil

from lib.build import BUILD, PLUGINS, UNITLS, clean_environment, program
from lib.case import SystemTest
from lib.process import run


class InstalledTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls._folder / "installation"
        cls.plugins = cls.root / "lib/unitls"
        cls.plugins.mkdir(parents=True)
        (cls.root / "bin").mkdir()
        cls.program = shutil.copy2(UNITLS, cls.root / "bin")
        for library in [*(BUILD / "lib").glob("libunitls.so*"), *PLUGINS.glob("unitls-*.so")]:
            shutil.copy2(library, cls.root / library.relative_to(BUILD), follow_symlinks=False)
        cls.file = cls.plugins / "backends.toml"

    def here(self, backend, *arguments, prefix=(), **how):
        chosen = {} if backend is None else {"UNITLS_BACKEND": str(backend)}
        return run(*prefix, self.program, *arguments, env=clean_environment(**chosen, **how.pop("env", {})), **how)

    def as_a_person(self, user=65534):
        """What lets a program run as another user than root, who may look into the folders."""
        if os.geteuid() != 0:
            return ()
        for folder in (self._folder, self.root, self.plugins, self.dir):
            folder.chmod(0o755)
        return program("setpriv"), f"--reuid={user}", "--clear-groups"
