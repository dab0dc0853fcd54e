"""A copy of what is built: its folder beside libunitls.so has a machine's registry of its own, without root."""

import os
import shutil

from lib.build import BUILD, PLUGINS, clean_environment
from lib.case import SystemTest
from lib.process import as_another_user, run

PROGRAMS = ("unitls", "unitls-conformance", "unitls-pki")


class InstalledTest(SystemTest):
    # The plugins that are copied besides the layers, as glob() takes them.
    installed = ("*",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls._folder / "installation"
        cls.plugins = cls.root / "lib/unitls"
        cls.program = cls.root / "bin/unitls"
        cls.file = cls.plugins / "backends.toml"
        libraries = {path for name in (*cls.installed, "layer-*") for path in PLUGINS.glob(f"unitls-{name}.so")}
        for path in (*(BUILD / "bin" / name for name in PROGRAMS), *(BUILD / "lib").glob("libunitls.so*"), *libraries):
            target = cls.root / path.relative_to(BUILD)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target, follow_symlinks=False)
        for path in (cls._folder, cls.root, *cls.root.rglob("*")):
            path.chmod(0o755)  # whatever the umask is, and for every user

    def here(self, backend, *arguments, prefix=(), **how):
        chosen = {} if backend is None else {"UNITLS_BACKEND": str(backend)}
        return run(*prefix, self.program, *arguments, env=clean_environment(**chosen, **how.pop("env", {})), **how)

    def as_a_person(self, user=65534):
        """What lets a program run as another user than root, who may look into the case's folder."""
        if os.geteuid() != 0:
            return ()
        self.dir.chmod(0o755)
        return as_another_user(user)
