"""Who can change a file decides whether it counts: plugins and registry files, and every folder above them.

And what lies where a plugin should be, and is none."""

import json
import os
import re
import shutil

from lib.build import BUILD, PLUGINS, SOURCE, program
from lib.case import EXIT_BACKEND, EXIT_DONE, main
from lib.installation import InstalledTest
from lib.process import run

STRANGER, PERSON = 65533, 65534


def shell(command):
    result = run("bash", "-c", command)
    if result.code != 0:
        raise AssertionError(f"the command that a message gives does not work: {result}")


class TrustTest(InstalledTest):
    def setUp(self):
        super().setUp()
        for path in (self._folder, self.root, self.root / "lib", self.plugins, *self.plugins.iterdir()):
            self.addCleanup(path.chmod, path.stat().st_mode & 0o7777)
        self.plugin = self.plugins / "unitls-openssl.so"

    def reason(self, **how):
        """Why the plugin cannot be used; empty when it can."""
        listed = json.loads(self.accepted(self.here(None, "list", "--json", **how)).out)
        return next(each for each in listed if each["id"] == "openssl").get("reason") or ""

    def needs_root(self):
        if os.geteuid() != 0:
            self.fail("only root can make a file of another user: run this as root")

    def refused_and_mended(self, why, **how):
        """The plugin is refused, by everything; the command that the reason gives mends it."""
        reason = self.reason(**how)
        self.assertRegex(reason, re.escape(f"{self.plugin}: ") + why)
        result = self.here("openssl", "info", "openssl", **how)
        self.refused(result, EXIT_BACKEND, re.escape(f"{self.plugin}: ") + why)
        error = re.match(r"(?s).*?(?= \(id\)$|\Z)", result.err, re.MULTILINE)[0]  # without the list below it
        command = self.command_in(error, **how)
        self.assertEqual(command, self.command_in(reason), "the error and the list give one command")
        shell(command)
        self.assertEqual(self.reason(**how), "")

    def command_in(self, text, **how):
        """The command that a message gives, or that it says where to find; never a part of one."""
        self.assertNotRegex(text, r"ch(mod|own)[^\n]*\.\.\.", "a command that is cut does something else")
        if found := re.search(re.escape(f"{self.plugin}: ") + r"[^\n]*?; (ch(?:mod|own) .*)", text):
            return found[1]
        self.assertIn("`unitls explain` tells what mends it", text)
        told = self.here(None, "explain", **how).out  # which fails where every plugin is refused, and tells all the same
        return re.search(re.escape(f"{self.plugin}: ") + r".*?; (ch(?:mod|own) .*)", told)[1]

    # ---- plugins

    def test_modes(self):
        """a plugin, or a folder above it, that group or others may write"""
        for path in (self.plugin, self.plugins, self.root / "lib", self.root, self._folder):
            for mode in (0o775, 0o757, 0o777):
                with self.subTest(f"{path} {mode:o}"):
                    path.chmod(mode)
                    self.refused_and_mended(f"others may change it, by mode 0{mode:o}; "
                                            f"chmod go-w {re.escape(str(path))}$")

    def test_a_whole_tree_of_umask_002(self):
        """one command mends a tree whose every folder the group may write"""
        for path in (self.root, self.root / "lib", self.plugins, self.plugin):
            path.chmod(0o775)
        self.refused_and_mended("others may change it, by mode 0775; chmod go-w " + re.escape(str(self.root)))

    def test_owners(self):
        """files of root and of who runs the program are trusted, and nobody else's"""
        self.needs_root()
        person = self.as_a_person(PERSON)
        why = rf"user {STRANGER} may change it, as an owner \(mode 0[67]\d\d\); "
        for path in (self.plugin, self.plugins):
            with self.subTest(str(path)):
                for prefix in ((), person):
                    os.chown(path, STRANGER, -1)
                    if path == self.plugin:
                        self.refused_and_mended(why + f"chown root {re.escape(str(path))}$", prefix=prefix)
                        continue
                    # A folder stays its owner's: /home/alice is not taken from her.
                    self.assertRegex(self.reason(prefix=prefix), re.escape(f"{self.plugin}: ") + why +
                                     f"install a copy, as root: unitls register {re.escape(str(self.plugin))}$")
                os.chown(path, PERSON, -1)
                self.assertEqual(self.reason(prefix=person), "")
                self.assertNotEqual(self.reason(), "", "root does not rely on a person's file")
                os.chown(path, 0, -1)

    def test_long_paths(self):
        """where a message has no room for the command, it says who tells it"""
        for path in (self._folder, self.root, self.root / "lib", self.plugins, self.plugin):
            path.chmod(0o775)
        result = self.here("openssl", "info", "openssl")
        self.refused(result, EXIT_BACKEND, "`unitls explain` tells what mends it: "
                     + re.escape(f"{self.plugin}: ") + "others may change it")
        self.assertNotRegex(result.err, r"chmod[^\n]*\.\.\.")
        self.refused_and_mended("others may change it, by mode 0775; chmod go-w " + re.escape(str(self._folder)))

    def test_sticky_folders(self):
        """below a sticky folder as /tmp is one, what is ours is trusted and what is others' is not"""
        (self.root / "lib").chmod(0o1777)
        self.assertEqual(self.reason(), "")
        self.needs_root()
        os.chown(self.plugin, STRANGER, -1)
        self.refused_and_mended(f"user {STRANGER} may change it")
        self.plugins.chmod(0o1777)
        self.assertRegex(self.reason(), "others may put libraries beside it, by mode 1777; "
                                        f"install a copy, as root: unitls register {re.escape(str(self.plugin))}$")

    def test_symbolic_links(self):
        """what a link leads to is judged, not where the link lies"""
        folder = self.dir / "elsewhere"
        folder.mkdir(0o755)
        real = shutil.move(self.plugin, folder / "library.so")
        self.addCleanup(shutil.move, real, self.plugin)
        self.plugin.symlink_to(real)
        self.addCleanup(self.plugin.unlink)
        self.assertEqual(self.reason(), "")
        folder.chmod(0o777)
        self.assertEqual(self.reason(), f"{real}: others may change it, by mode 0777; chmod go-w {folder}")

    def test_the_good_ones_are_not_harmed(self):
        """another backend is chosen, and the reason for it is told"""
        self.plugin.chmod(0o666)
        result = self.accepted(self.here("openssl,gnutls", "verify", "--ca", self.ca, "--chain", self.cert("server"),
                                         "--name", "localhost"))
        self.assertIn(f"{self.plugin}: others may change it, by mode 0666", result.err)

    def test_a_typed_path(self):
        """who types the path of a plugin is to know what he loads: the judge takes any"""
        loose = shutil.copy(PLUGINS / "unitls-openssl.so", self.dir)
        os.chmod(loose, 0o666)
        result = run(BUILD / "bin/unitls-conformance", loose, "--filter", "abi/*", timeout=120)
        self.assertEqual(result.code, EXIT_DONE, str(result))

    # ---- libraries that a plugin is linked to

    def linked(self, folder, runpath):
        """A plugin "linked" in a folder, whose library leaves a mark when it is loaded; the mark."""
        folder.mkdir(parents=True, exist_ok=True)
        library, mark = self.dir / "libdependency.so.1", self.dir / "mark"
        source = self.write("dependency.c", f"""
            #include <fcntl.h>
            int dependency;
            __attribute__((constructor)) static void begin(void) {{ (void)creat("{mark}", 0600); }}""")
        compiler = program("gcc")
        self.assertEqual(run(compiler, "-shared", "-fPIC", "-Wl,-soname,libdependency.so.1", "-o", library, source).code, 0)
        made = run(compiler, "-shared", "-fPIC", "-DMOCK_ID=\"linked\"", f"-I{SOURCE}/api/include",
                   "-o", folder / "unitls-linked.so", SOURCE / "loader/tests/mock_plugin.c", "-Wl,--no-as-needed", library,
                   f"-Wl,-rpath,{runpath}")
        self.assertEqual(made.code, 0, str(made))
        return library, mark

    def load(self, folder):
        registry = self.write("linked.toml", f'format = 1\n[backend.linked]\nlibrary = "{folder}/unitls-linked.so"\n')
        return self.here("linked", "info", "linked", env={"UNITLS_REGISTRY": str(registry)})

    def test_a_stranger_beside_a_plugin(self):
        """another user's library in the plugin's own folder is not loaded, though the plugin says $ORIGIN"""
        self.needs_root()
        folder = self.dir / "sticky"
        library, mark = self.linked(folder, "$ORIGIN")
        self.dir.chmod(0o755)
        folder.chmod(0o1777)
        library.chmod(0o644)
        copied = run(*self.as_a_person(STRANGER), "cp", library, folder)
        self.assertEqual(copied.code, 0, str(copied))
        self.refused(self.load(folder), EXIT_BACKEND, "others may put libraries beside it, by mode 1777")
        self.assertFalse(mark.exists(), "the stranger's code was run")
        folder.chmod(0o755)
        self.load(folder)
        self.assertTrue(mark.exists(), "the test would have shown it")

    def test_where_libraries_are_searched(self):
        """every folder of a RUNPATH is judged, whichever way leads to it"""
        self.dir.chmod(0o755)
        folder, strangers = self.dir / "plugin", self.dir / "open"
        strangers.mkdir()
        for runpath in ("$ORIGIN/../open", str(strangers), "$ORIGIN/../open/missing", "$ORIGIN/link"):
            with self.subTest(runpath):
                library, mark = self.linked(folder, runpath)
                if not (folder / "link").is_symlink():
                    (folder / "link").symlink_to("../open")
                strangers.chmod(0o777)
                shutil.copy(library, strangers)
                self.refused(self.load(folder), EXIT_BACKEND, "searches its libraries in .*: others may change it, by mode 0777")
                self.assertFalse(mark.exists(), "a library that others may change was loaded")
                strangers.chmod(0o755)
                self.load(folder)
                self.assertEqual(mark.exists(), "missing" not in runpath)
                mark.unlink(missing_ok=True)

    def test_a_namespace_without_root(self):
        """where root has no number, no command is given that would do harm"""
        self.needs_root()
        prefix = (*self.as_a_person(PERSON), program("unshare"), "--user", "--map-user=1000")
        reason = self.reason(prefix=prefix)
        self.assertIn(f"{self.plugin}: root has no number in this user namespace", reason)
        self.assertNotRegex(reason, "ch(own|mod)")
        nobody = (*self.as_a_person(PERSON), program("unshare"), "--user")
        self.assertIn("root has no number in this user namespace", self.reason(prefix=nobody))

    # ---- registry files

    def test_named_registry(self):
        """a file that UNITLS_REGISTRY names is refused with its place, until it is mended"""
        file = self.write("named.toml", f'format = 1\nplugin_dirs = ["{PLUGINS}"]\n')
        environment = {"UNITLS_REGISTRY": str(file)}
        file.chmod(0o666)
        result = self.here(None, "list", env=environment)
        self.refused(result, EXIT_BACKEND, re.escape(f"{file}: others may change it, by mode 0666; chmod go-w {file}"))
        shell(re.search(r"; (chmod [^\s(]+ [^\s(]+)", result.err)[1])
        self.accepted(self.here(None, "list", env=environment))

    def test_own_registry(self):
        """a person's own file that others may change is left out with a warning"""
        prefix = self.as_a_person()
        (self.dir / "unitls").mkdir(0o755)
        file = self.write("unitls/backends.toml", "format = 1\n[backend.openssl]\nenabled = false\n")
        environment = {"XDG_CONFIG_HOME": str(self.dir)}
        self.assertIn(f"disabled by {file}:2", self.reason(env=environment, prefix=prefix))
        file.chmod(0o646)
        for form in ((), ("--json",)):
            result = self.accepted(self.here(None, "list", *form, env=environment, prefix=prefix))
            self.assertEqual(result.err, f"unitls: warning: {file}: others may change it, by mode 0646; chmod go-w {file}\n")
        self.assertEqual(self.reason(env=environment, prefix=prefix), "")


class BadFilesTest(InstalledTest):
    """What lies in a plugin folder under a plugin's name: each is rejected by its sentence, without signal or hang."""

    def setUp(self):
        super().setUp()
        self.good = (PLUGINS / "unitls-openssl.so").read_bytes()

    def changed(self, offset, byte):
        return self.good[:offset] + bytes((byte,)) + self.good[offset + 1:]

    def planted(self, identifier):
        path = self.plugins / f"unitls-{identifier}.so"
        self.addCleanup(lambda: path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink())
        return path

    def test_every_form(self):
        """each form has its own reason, and the good plugin is chosen all the same"""
        files = {"empty": (b"", "is not a shared object"),
                 "script": (b"#!/bin/sh\nexit 0\n" * 9, "is not a shared object"),
                 "width": (self.changed(4, 1), "is a 32-bit object"), "order": (self.changed(5, 2), "has another byte order"),
                 "machine": (self.changed(18, 183), "is for another processor: ELF machine 183"),
                 "program": (self.changed(16, 2), "is not a shared object: ELF type 2"),
                 "cut": (self.good[:8192], "is cut short: a segment"), "head": (self.good[:64], "is cut short"),
                 "other": (self.good, 'it says that its id is "openssl", and "other" was expected')}
        for identifier, (content, _) in files.items():
            self.planted(identifier).write_bytes(content)
        sentences = {identifier: sentence for identifier, (_, sentence) in files.items()}
        self.planted("folder").mkdir()
        os.mkfifo(self.planted("fifo"))
        self.planted("device").symlink_to("/dev/zero")
        self.planted("nowhere").symlink_to("nothing")
        self.planted("loop").symlink_to("unitls-loop.so")
        sentences |= {"folder": "is a folder, not a file", "fifo": "is not a regular file",
                      "device": "is not a regular file", "nowhere": "there is no such file",
                      "loop": "too many symbolic links"}
        listed = {each["id"]: each for each in json.loads(self.accepted(self.here(None, "list", "--json")).out)}
        for identifier, sentence in sentences.items():
            with self.subTest(identifier):
                self.assertEqual(listed[identifier]["state"], "rejected")
                self.assertRegex(listed[identifier]["reason"], r"^/\S+: " + re.escape(sentence))
                result = self.here(identifier, "info", identifier)
                self.refused(result, EXIT_BACKEND, re.escape(sentence))
        self.assertEqual(listed["openssl"]["state"], "found")
        self.accepted(self.here("openssl", "info", "openssl"))

    def test_no_permission(self):
        """a plugin that who runs the program may not read"""
        path = self.planted("secret")
        path.write_bytes(self.good)
        path.chmod(0)
        listed = json.loads(self.accepted(self.here(None, "list", "--json", prefix=self.as_a_person())).out)
        reason = next(each["reason"] for each in listed if each["id"] == "secret")
        self.assertEqual(reason, f"{path}: no permission to read it")


if __name__ == "__main__":
    main()
