"""What an administrator does: docs/administration.md on a machine of its own, and what the commands refuse."""

import json
import os
import pathlib
import re
import shutil
import subprocess

from lib.build import PLUGINS, SOURCE, backends, clean_environment, program
from lib.case import EXIT_BACKEND, EXIT_INPUT, SystemTest, main
from lib.installation import InstalledTest
from lib.process import run

TEXT = (SOURCE / "docs/administration.md").read_text()
INSTALLED = "/usr/lib/unitls"  # as the page has it
BY_HAND = "mbedtls"  # the plugin that comes as a file
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ssl", "hosts", "nsswitch.conf", "passwd", "group")

# A machine whose /etc and /usr/local nobody else sees; the script is what is printed on the page.
ON_A_MACHINE = 'mount --bind "$MACHINE/etc" /etc && mount --bind "$MACHINE/local" /usr/local && exec bash "$SCRIPT"'

# A plugin with a sound note that does something while it is loaded.
MOCK = SOURCE / "loader/tests/mock_plugin.c"
CONSTRUCTOR = """
#include <stdlib.h>
#include <unistd.h>
__attribute__((constructor)) static void begin(void) { %s; }
"""


def brought(folder, name=BY_HAND):
    """A plugin that came as a file."""
    return pathlib.Path(shutil.copy2(PLUGINS / f"unitls-{name}.so", folder))


class PageTest(InstalledTest):
    """A copied tree, whose own registry is the machine's; BY_HAND is not among its plugins."""

    installed = ("openssl", "gnutls")

    def machine(self):
        """Folders for /etc and /usr/local."""
        machine = self.dir / "machine"
        for each in (machine, machine / "etc", machine / "local", machine / "local/lib"):
            each.mkdir()
            each.chmod(0o755)
        for each in ETC:
            if os.path.exists(f"/etc/{each}"):
                subprocess.run(["cp", "-a", f"/etc/{each}", machine / "etc"], check=True)
        return machine

    def steps(self):
        """The page's blocks in their order: files that are to be written, and commands with what they print."""
        for kind, block in re.findall(r"```(toml|console)\n(.*?)```", TEXT, re.DOTALL):
            if kind == "toml":
                yield re.match(r"# (/etc/\S+)\n", block).group(1), block
                continue
            for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                yield command, expected

    def script(self, steps):
        lines = ["exec </dev/null", "umask 022"]
        for number, (what, text) in enumerate(steps):
            if what.startswith("/etc/"):
                lines.append(f"mkdir -p {os.path.dirname(what)}\ncat >{what} <<'END'\n{text}END")
            else:
                lines.append(f"({what}) >{self.dir}/{number}.out 2>&1; echo $? >{self.dir}/{number}.code")
        return self.write("script", "\n".join(lines) + "\n")

    def pattern(self, line):
        """The line that the page has, with this machine's versions and folder."""
        parts = re.split(r"(\d+(?:\.\d+)+| {2,})", line.replace(INSTALLED, str(self.plugins)))
        return "".join(r" +" if not part.strip() else r"\d+(\.\d+)+" if re.fullmatch(r"\d+(\.\d+)+", part)
                       else re.escape(part) for part in parts if part)

    def test_page(self):
        """every command of docs/administration.md, one after the other, prints what stands there"""
        if os.geteuid() != 0:
            self.fail("this test makes a machine in a mount namespace: run it as root")
        brought(self.dir)
        steps = list(self.steps())
        result = run(program("unshare"), "-m", "bash", "-c", ON_A_MACHINE, cwd=self.dir, timeout=300,
                     env=clean_environment(MACHINE=str(self.machine()), SCRIPT=str(self.script(steps)),
                                           PATH=f"{self.program.parent}:{os.environ['PATH']}"))
        self.assertEqual(result.code, 0, str(result))
        ran = 0
        for number, (what, expected) in enumerate(steps):
            if what.startswith("/etc/"):
                continue
            printed = (self.dir / f"{number}.out").read_text()
            with self.subTest(what):
                for line in expected.splitlines():
                    self.assertRegex(printed, self.pattern(line))
                # What ends in a sentence of `unitls: ` is refused, but for warnings and what UNITLS_DEBUG tells.
                failed = int((self.dir / f"{number}.code").read_text()) != 0
                self.assertEqual(failed, bool(re.search(r"(?m)^unitls: (?!load: |UNITLS_DEBUG|warning)", printed)),
                                 printed)
            ran += 1
        self.assertGreaterEqual(ran, 22)

    def test_no_permission(self):
        """another user than root is told that it takes root, and leaves nothing"""
        if os.geteuid() != 0:
            self.fail("this test becomes another user: run it as root")
        image = self.dir / "image"
        image.mkdir()
        result = self.here(None, "register", brought(self.dir), "--root", image, prefix=self.as_a_person(),
                           timeout=120)
        self.refused(result, EXIT_INPUT, "cannot write .*: Permission denied; it takes root")
        self.assertEqual(list(image.iterdir()), [])


class RegisterTest(SystemTest):
    """Into a folder that will be another machine's /: no rights are needed."""

    def setUp(self):
        super().setUp()
        self.image = self.dir / "image"
        self.image.mkdir()
        self.library = self.image / f"usr/local/lib/unitls/unitls-{BY_HAND}.so"
        self.entry = self.image / f"etc/unitls/backends.d/50-{BY_HAND}.toml"

    def register(self, file, **how):
        return self.unitls(None, "register", file, "--root", self.image, timeout=120, **how)

    def unregister(self, identifier=BY_HAND):
        return self.unitls(None, "unregister", identifier, "--root", self.image)

    def files(self):
        return sorted(str(path.relative_to(self.image)) for path in self.image.rglob("*") if path.is_file())

    def test_there_and_back(self):
        """both files are whole and readable for all whatever the umask; unregister leaves neither"""
        plugin = brought(self.dir)
        result = self.accepted(self.register(plugin, umask=0o077))
        self.assertIn(f"unitls unregister {BY_HAND}", result.out)
        self.assertEqual(self.library.read_bytes(), plugin.read_bytes())
        self.assertIn(f'[backend.{BY_HAND}]\nlibrary = "/usr/local/lib/unitls/unitls-{BY_HAND}.so"\n',
                      self.entry.read_text())
        self.assertEqual((self.library.stat().st_mode & 0o7777, self.entry.stat().st_mode & 0o7777), (0o755, 0o644))
        self.assertEqual(self.entry.parent.stat().st_mode & 0o7777, 0o755)
        self.assertEqual(len(self.files()), 2)
        old = self.library.stat().st_ino
        self.assertIn("replaced", self.accepted(self.register(plugin)).out)
        self.assertNotEqual(self.library.stat().st_ino, old, "written over what programs have open")
        self.accepted(self.unregister())
        self.assertEqual(self.files(), [])

    def test_what_would_not_load(self):
        """is refused with its reason, and leaves nothing"""
        cut = self.write("unitls-cut.so", brought(self.dir).read_bytes()[:5000])
        self.refused(self.register(cut), EXIT_BACKEND, re.escape(str(cut)) + ": is cut short")
        layer = next(PLUGINS.glob("unitls-layer-*.so"))
        self.refused(self.register(layer), EXIT_BACKEND, "is a layer, not a backend")
        self.refused(self.register(self.dir / "none.so"), EXIT_INPUT, "none.so: there is no such file")
        self.refused(self.register(self.write("text.so", "text")), EXIT_BACKEND, "is not a shared object")
        self.assertEqual(self.files(), [])

    def test_what_a_person_wrote(self):
        """is left alone, by both commands"""
        plugin = brought(self.dir)
        self.library.parent.mkdir(parents=True)
        self.library.write_text("mine")
        self.refused(self.register(plugin), EXIT_INPUT,
                     re.escape(str(self.library)) + ": is there and was not registered")
        self.assertEqual(self.library.read_text(), "mine")
        self.library.unlink()
        self.accepted(self.register(plugin))
        changed = self.entry.read_text() + "priority = 7\n"
        self.entry.write_text(changed)
        beside = self.entry.with_name("60-mine.toml")
        beside.write_text("format = 1\n")
        for result in (self.register(plugin), self.unregister()):
            self.refused(result, EXIT_INPUT, re.escape(str(self.entry)) + ": was changed by hand")
        self.assertEqual(self.entry.read_text(), changed)
        self.assertTrue(self.library.exists() and beside.exists())

    def test_nothing_to_remove(self):
        """an id that nobody registered, and a text that is no id"""
        self.refused(self.unregister(), EXIT_INPUT, f"{BY_HAND} was not registered")
        self.refused(self.unregister("../x"), EXIT_INPUT, r'"\.\./x" is not an id')
        self.refused(self.unitls(None, "unregister", "x", "--root", self.dir / "none"), EXIT_INPUT, "there is no such folder")


class CheckTest(SystemTest):
    def test_good_plugin(self):
        """--json has the same facts as info, and nothing failed"""
        backend = next(each for each in backends() if each.id == "openssl")
        result = self.accepted(self.unitls(None, "check", PLUGINS / f"unitls-{backend}.so", "--json", timeout=120))
        facts = json.loads(result.out)
        self.assertEqual((facts["id"], facts["failed"]), (backend.id, []))
        self.assertLessEqual(backend.capabilities, set(facts["capabilities"]))
        self.assertEqual(facts["library_version"], backend.facts["library"])
        self.assertGreater(facts["passed"], 20)

    def test_renamed(self):
        """the file's name does not matter, and neither does who may write it"""
        plugin = brought(self.dir).rename(self.dir / "as-it-came")
        plugin.chmod(0o666)
        self.assertRegex(self.accepted(self.unitls(None, "check", plugin, timeout=120)).out, f"backend +{BY_HAND}")


class ProbeTest(SystemTest):
    def registry(self, *lines):
        return {"UNITLS_REGISTRY": str(self.write("r.toml", "\n".join(["format = 1", *lines, ""])))}

    def listed(self, *arguments, env):
        items = json.loads(self.accepted(self.unitls(None, "list", "--json", *arguments, env=env)).out)
        return {item["id"]: item for item in items if item["state"] != "masked"}

    def test_what_only_loading_shows(self):
        """good ones are loaded, what is switched off is not tried, and a bad one has its reason"""
        env = self.registry(f'plugin_dirs = ["{PLUGINS}"]', "[backend.openssl]", "enabled = false")
        probed = self.listed("--probe", env=env)
        for backend in backends():
            item = probed[backend.id]
            if backend.id == "openssl":
                self.assertEqual((item["state"], item["library_version"]), ("disabled", ""))
            else:
                self.assertEqual((item["state"], item["library_version"]), ("loaded", backend.facts["library"]))
        self.assertEqual(self.listed(env=env)["gnutls"]["state"], "found")

    def plant(self, folder, name, how, *flags):
        constructor = self.write(f"{name}.c", CONSTRUCTOR % how)
        made = run(program("gcc"), "-shared", "-fPIC", f"-I{SOURCE}/api/include", f'-DMOCK_ID="{name}"', *flags, MOCK,
                   constructor, "-o", folder / f"unitls-{name}.so")
        self.assertEqual(made.code, 0, str(made))

    def test_one_that_dies(self):
        """what ends or holds the process that loads it is told, and harms nobody"""
        folder = self.dir / "plugins"
        folder.mkdir()
        ends = {"dies": ("abort()", "was killed by SIGABRT (Aborted)"), "leaves": ("_exit(3)", "ended with exit status 3"),
                "hangs": ("pause()", "was still busy after 10 s"), "lies": ("_exit(0)", "ended with exit status 0"),
                "talks": ('if (write(1, "{", 1) != 1) abort()', None)}
        for name, (how, _) in ends.items():
            self.plant(folder, name, how)
        env = self.registry(f'plugin_dirs = ["{folder}"]')
        self.assertEqual({item["state"] for item in self.listed(env=env).values()}, {"found"})
        probed = self.listed("--probe", env=env)
        for name, (_, end) in ends.items():
            with self.subTest(name):
                self.assertEqual((probed[name]["state"], probed[name]["reason"]),
                                 ("rejected", f"the process that loaded it {end}") if end else ("loaded", ""))

    def test_one_that_will_not_open(self):
        """the child's own reason is what is told, not that of a process that ended"""
        folder = self.dir / "plugins"
        folder.mkdir()
        self.plant(folder, "closed", "", "-DMOCK_OPEN_FAILS", "-DMOCK_OPEN=open_failing")
        env = self.registry(f'plugin_dirs = ["{folder}"]')
        self.assertEqual(self.listed(env=env)["closed"]["state"], "found")
        closed = self.listed("--probe", env=env)["closed"]
        self.assertEqual(closed["state"], "rejected")
        self.assertRegex(closed["reason"], re.escape(f"{folder}/unitls-closed.so: ") + r"\w")
        self.assertIn(closed["reason"], self.unitls(None, "list", "--probe", env=env).out)


class EnvTest(SystemTest):
    def told(self, **variables):
        """What `env --json` says, by variable."""
        report = json.loads(self.accepted(self.unitls(None, "env", "--json", env=variables)).out)
        return report, {item["name"]: item for item in report["variables"]}

    def test_env(self):
        """values, effects, variables that are misspelt, and a registry that cannot be read"""
        report, found = self.told(UNITLS_BACKEND="gnutls", UNITLS_BACKENDS="x", UNITLS_REGISTRY="relative")
        self.assertEqual(found["UNITLS_BACKEND"]["value"], "gnutls")
        self.assertIsNone(found["UNITLS_LAYERS"]["value"])
        self.assertEqual(report["unknown"], ["UNITLS_BACKENDS"])
        self.assertIn("the path of a registry file must be absolute", report["mistake"])
        self.assertIsNone(self.told()[0]["mistake"])
        self.assertIn("relative", self.accepted(self.unitls(None, "env", env={"UNITLS_REGISTRY": "relative"})).out)


if __name__ == "__main__":
    main()
