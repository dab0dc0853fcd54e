"""What an administrator does: docs/administration.md on a machine of its own, and what the commands refuse."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from lib.build import PLUGINS, SOURCE, backends, clean_environment, program
from lib.case import EXIT_BACKEND, EXIT_DONE, EXIT_INPUT, SystemTest, main
from lib.installation import InstalledTest
from lib.process import as_another_user, run

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



def answering(words):
    """Code that gives an answer in place of ours, on every descriptor that could be the one for it."""
    literal = json.dumps(words)
    return f"for (int i = 3; i < 64; ++i) (void)!write(i, {literal}, sizeof {literal} - 1); _exit(0)"


def brought(folder):
    """The plugin that came as a file."""
    return pathlib.Path(shutil.copy2(PLUGINS / f"unitls-{BY_HAND}.so", folder))


def plant(folder, name, how="", *flags):
    """A plugin whose note is sound; `how` is what it does while it is loaded."""
    constructor = folder / f"{name}.c"
    constructor.write_text(CONSTRUCTOR % how)
    plugin = folder / f"unitls-{name}.so"
    made = run(program("gcc"), "-shared", "-fPIC", f"-I{SOURCE}/api/include", f'-DMOCK_ID="{name}"', *flags, MOCK,
               constructor, "-o", plugin)
    if made.code != 0:
        raise AssertionError(str(made))
    return plugin


def registered(root, name=BY_HAND, local="usr/local"):
    """As another version of `register` left it below that folder; gives the text of the registry file."""
    text = ("# Written by `unitls register`, which had other words for it.\nformat = 1\n\n"
            f'[backend.{name}]\nlibrary = "/usr/local/lib/unitls/unitls-{name}.so"\n')
    library, entry = root / local / f"lib/unitls/unitls-{name}.so", root / f"etc/unitls/backends.d/50-{name}.toml"
    for each in (library, entry):
        each.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PLUGINS / f"unitls-{name}.so", library)
    entry.write_text(text)
    for path in (library, entry):
        for each in (path, *(folder for folder in path.parents if folder.is_relative_to(root))):
            each.chmod(0o755)  # whatever the umask is
    return text


class OnAMachine(InstalledTest):
    """A copied tree, whose own registry is the machine's; BY_HAND is not among its plugins."""

    installed = ("openssl", "gnutls")

    def machine(self):
        """Folders for /etc and /usr/local."""
        if os.geteuid() != 0:
            self.fail("this test makes a machine in a mount namespace: run it as root")
        machine = self.dir / "machine"
        for each in (machine, machine / "etc", machine / "local", machine / "local/lib"):
            each.mkdir()
            each.chmod(0o755)
        for each in ETC:
            if os.path.exists(f"/etc/{each}"):
                subprocess.run(["cp", "-a", f"/etc/{each}", machine / "etc"], check=True)
        return machine

    def on(self, machine, script, timeout):
        result = run(program("unshare"), "-m", "bash", "-c", ON_A_MACHINE, cwd=self.dir, timeout=timeout,
                     env=clean_environment(MACHINE=str(machine), SCRIPT=str(script),
                                           PATH=f"{self.program.parent}:{os.environ['PATH']}"))
        self.assertEqual(result.code, 0, str(result))


class PageTest(OnAMachine):
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
        brought(self.dir)
        steps = list(self.steps())
        self.on(self.machine(), self.script(steps), timeout=300)
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
        image.chmod(0o755)  # whatever the umask is
        result = self.here(None, "register", brought(self.dir), "--root", image, prefix=self.as_a_person(),
                           timeout=120)
        self.refused(result, EXIT_INPUT, "cannot write .*: Permission denied; it takes root")
        self.assertEqual(list(image.iterdir()), [])


class MachineTest(OnAMachine):
    """`register` and `unregister` on a machine on which other files speak of the same backend."""

    def setUp(self):
        super().setUp()
        self.folders = self.machine()
        self.etc = self.folders / "etc/unitls"
        (self.etc / "backends.d").mkdir(parents=True)
        for each in (self.etc, self.etc / "backends.d"):
            each.chmod(0o755)
        self.library = self.folders / f"local/lib/unitls/unitls-{BY_HAND}.so"
        self.entry = self.etc / f"backends.d/50-{BY_HAND}.toml"

    def registry(self, *lines):
        file = self.etc / "backends.toml"
        file.write_text("\n".join(["format = 1", *lines, ""]))
        file.chmod(0o644)

    def ran(self, *arguments):
        """`unitls` on the machine: its exit code and all that it prints."""
        command = " ".join(str(each) for each in (self.program, *arguments))
        self.on(self.folders, self.write("script", f"{command} >out 2>&1 </dev/null; echo $? >code\n"), timeout=120)
        return int((self.dir / "code").read_text()), (self.dir / "out").read_text()

    def test_one_that_programs_could_not_use(self):
        """is not registered, and nothing is left of it"""
        self.registry(f"[backend.{BY_HAND}]", "enabled = false")
        code, out = self.ran("register", brought(self.dir))
        self.assertEqual(code, EXIT_BACKEND, out)
        self.assertRegex(out, "unitls: nothing was registered, because programs could not use it: "
                              "masked by /etc/unitls/backends.toml:2")
        self.assertFalse(self.library.exists() or self.entry.exists())

    def test_one_that_was_replaced_and_cannot_be_used(self):
        """is replaced, and the command does not end as if all were well"""
        plugin = brought(self.dir)
        registered(self.folders, local="local")
        old = self.library.stat().st_ino
        self.registry(f"[backend.{BY_HAND}]", "enabled = false")
        code, out = self.ran("register", plugin)
        self.assertEqual(code, EXIT_BACKEND, out)
        self.assertRegex(out, f"(?m)^replaced {BY_HAND} ")
        self.assertRegex(out, "(?m)^unitls: programs cannot use it: masked by /etc/unitls/backends.toml:2")
        self.assertTrue(self.entry.exists())
        self.assertNotEqual(self.library.stat().st_ino, old)

    def test_one_that_a_person_named(self):
        """is not removed; the entry that names it is told"""
        self.registry("[backend.acme]", 'library = "/opt/acme.so"')
        code, out = self.ran("unregister", "acme")
        self.assertEqual(code, EXIT_INPUT, out)
        self.assertIn("it is named by /etc/unitls/backends.toml:2: remove that entry yourself", out)

    def test_one_that_is_there_twice(self):
        """is told to be still there when the registered one has gone"""
        registered(self.folders, "openssl", local="local")
        code, out = self.ran("unregister", "openssl")
        self.assertEqual(code, 0, out)
        self.assertIn(f"openssl is still there: {self.plugins}/unitls-openssl.so (found in {self.plugins})", out)


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

    def test_undoing_is_told_whole(self):
        """the command that is printed for it undoes it; a link that stays in the folder is followed"""
        self.image = self.image.rename(self.dir / "an 'image'")
        (self.image / "private/etc").mkdir(parents=True)
        (self.image / "etc").symlink_to("private/etc")
        told = self.accepted(self.register(brought(self.dir))).out
        self.assertTrue((self.image / f"private/etc/unitls/backends.d/50-{BY_HAND}.toml").is_file())
        command = re.search(r"to undo it +unitls (.*)\n", told).group(1)
        self.accepted(self.unitls(None, *shlex.split(command)))
        self.assertEqual(self.files(), [])

    def test_folders_that_lead_out(self):
        """a link that would be followed out of the image is refused, by both commands, and nothing is written"""
        plugin = brought(self.dir)
        outside = self.dir / "outside"
        for name, linked in (("etc", "etc"), ("usr/local/lib", "lib"), ("etc/unitls", "unitls")):
            with self.subTest(name):
                shutil.rmtree(self.image)
                shutil.rmtree(outside, ignore_errors=True)
                (outside / linked).mkdir(parents=True)
                (self.image / name).parent.mkdir(parents=True)
                (self.image / name).symlink_to(outside / linked)
                for result in (self.register(plugin), self.unregister()):
                    self.refused(result, EXIT_INPUT, re.escape(str(self.image / name)) + r".* leads out of " +
                                 re.escape(str(self.image)) + f", to {re.escape(str(outside / linked))}")
                self.assertEqual(list((outside / linked).iterdir()), [])
                self.assertEqual(self.files(), [])

    def test_folders_of_nobody(self):
        """folders that were made for a plugin that is refused are not left; the copy is not what is named"""
        broken = plant(self.dir, "broken", "_exit(3)")
        self.refused(self.register(broken), EXIT_BACKEND,
                     f"unitls: {re.escape(str(broken))}: the process that loaded it ended with exit status 3")
        self.assertEqual(list(self.image.iterdir()), [])

    def test_registered_by_another_version(self):
        """what another version says about the file does not matter, what the file says does"""
        text = registered(self.image)
        for change in ("# mine\n", "enabled = false\n", "[backend.mine]\n"):
            self.entry.write_text(text + change)
            with self.subTest(change):
                self.refused(self.unregister(), EXIT_INPUT, ": was changed by hand")
        self.entry.write_text(text)
        self.accepted(self.unregister())
        self.assertEqual(self.files(), [])

    def test_no_permission_to_look(self):
        """what another user may not see is not said to be there, or to have been changed"""
        registered(self.image)
        for folder in (self._folder, self.dir, self.image):
            folder.chmod(0o755)
        for hidden, reason in ((self.entry, "cannot read"), (self.entry.parent, "cannot look at")):
            hidden.chmod(0)
            result = self.unitls(None, "unregister", BY_HAND, "--root", self.image, prefix=as_another_user())
            self.refused(result, EXIT_INPUT, f"{reason} {re.escape(str(self.entry))}: Permission denied")

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


# In place of unitls-conformance: judges, and then the file that was given is another one.
SWAPPING_JUDGE = """#!/bin/sh
"$0.real" "$@"
code=$?
mv -f "$SPOILED" "$GIVEN"
exit $code
"""


class SwapTest(InstalledTest):
    installed = ()

    def test_what_was_checked(self):
        """is what is installed, also when the given file has become another one by then"""
        judge = self.program.with_name("unitls-conformance")
        judge.rename(f"{judge}.real")
        judge.write_text(SWAPPING_JUDGE)
        judge.chmod(0o755)
        plugin, spoiled, image = brought(self.dir), self.write("spoiled", "spoiled"), self.dir / "image"
        good = plugin.read_bytes()
        image.mkdir()
        self.accepted(self.here(None, "register", plugin, "--root", image, timeout=120,
                                env={"SPOILED": str(spoiled), "GIVEN": str(plugin)}))
        self.assertEqual(plugin.read_text(), "spoiled")
        self.assertEqual((image / f"usr/local/lib/unitls/unitls-{BY_HAND}.so").read_bytes(), good)


class CheckTest(SystemTest):
    def test_no_name(self):
        """an empty word is told to be one, by both commands and for the folder"""
        for arguments in (("check", ""), ("register", ""), ("register", "", "--root", self.dir)):
            with self.subTest(arguments):
                self.refused(self.unitls(None, *arguments), EXIT_INPUT, "the name of the plugin's file is empty")
        self.refused(self.unitls(None, "register", "x.so", "--root", ""), EXIT_INPUT,
                     '--root "": there is no such folder')

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

    def test_one_that_dies(self):
        """what ends or holds the process that loads it is told, and harms nobody"""
        folder = self.dir / "plugins"
        folder.mkdir()
        ends = {"dies": ("abort()", "was killed by SIGABRT (Aborted)"), "leaves": ("_exit(3)", "ended with exit status 3"),
                "hangs": ("pause()", "was still busy after 10 s"), "lies": ("_exit(0)", "ended with exit status 0"),
                "talks": ('if (write(1, "{", 1) != 1) abort()', None)}
        ends |= {f"says{number}": (answering(words), "wrote something else than the result")
                 for number, words in enumerate(('{"reason":1}', '{"library_version":[]}', "{}"))}
        for name, (how, _) in ends.items():
            plant(folder, name, how)
        env = self.registry(f'plugin_dirs = ["{folder}"]')
        self.assertEqual({item["state"] for item in self.listed(env=env).values()}, {"found"})
        probed = self.listed("--probe", env=env)
        for name, (_, end) in ends.items():
            with self.subTest(name):
                self.assertEqual((probed[name]["state"], probed[name]["reason"]),
                                 ("rejected", f"the process that loaded it {end}") if end else ("loaded", ""))

    def test_texts_that_a_terminal_would_obey(self):
        """a library's version and a reason are shown with what is no text written out"""
        folder = self.dir / "plugins"
        folder.mkdir()
        plant(folder, "versed", answering(json.dumps({"library_version": "1\x1b[2J\n2"})))
        plant(folder, "talkative", answering(json.dumps({"reason": "no\x1b[2J\nmore"})))
        env = self.registry(f'plugin_dirs = ["{folder}"]')
        shown = self.accepted(self.unitls(None, "list", "--probe", env=env)).out
        self.assertIn(r"1\x1b[2J\x0a2", shown)
        self.assertIn(r"no\x1b[2J\x0amore", shown)
        self.assertNotIn("\x1b", shown)

    def test_one_that_will_not_open(self):
        """the child's own reason is what is told, not that of a process that ended"""
        folder = self.dir / "plugins"
        folder.mkdir()
        plant(folder, "closed", "", "-DMOCK_OPEN_FAILS", "-DMOCK_OPEN=open_failing")
        env = self.registry(f'plugin_dirs = ["{folder}"]')
        self.assertEqual(self.listed(env=env)["closed"]["state"], "found")
        closed = self.listed("--probe", env=env)["closed"]
        self.assertEqual(closed["state"], "rejected")
        self.assertRegex(closed["reason"], re.escape(f"{folder}/unitls-closed.so: ") + r"\w")
        self.assertIn(closed["reason"], self.unitls(None, "list", "--probe", env=env).out)


class EnvTest(InstalledTest):
    installed = ()

    def told(self, code=EXIT_DONE, prefix=(), **variables):
        """What `env --json` says, by variable."""
        result = self.here(None, "env", "--json", env=variables, prefix=prefix)
        self.assertEqual(result.code, code, str(result))
        report = json.loads(result.out)
        return report, {item["name"]: item for item in report["variables"]}

    def effects(self, prefix=(), **variables):
        _, found = self.told(prefix=prefix, **variables)
        return found["XDG_CONFIG_HOME"]["effect"], found["HOME"]["effect"]

    def test_env(self):
        """values, effects, variables that are misspelt, and a registry that cannot be read"""
        report, found = self.told(EXIT_BACKEND, UNITLS_BACKEND="gnutls", UNITLS_BACKENDS="x",
                                  UNITLS_REGISTRY="relative")
        self.assertEqual(found["UNITLS_BACKEND"]["value"], "gnutls")
        self.assertIsNone(found["UNITLS_LAYERS"]["value"])
        self.assertEqual(report["unknown"], ["UNITLS_BACKENDS"])
        self.assertIn("the path of a registry file must be absolute", report["mistake"])
        self.assertIsNone(self.told()[0]["mistake"])
        result = self.here(None, "env", env={"UNITLS_REGISTRY": "relative"})
        self.refused(result, EXIT_BACKEND, "relative: the path of a registry file must be absolute")
        self.assertRegex(result.out, "UNITLS_REGISTRY +relative +names backends")

    def test_the_user_s_registry(self):
        """what the variables for it do: nothing for root, under UNITLS_REGISTRY, and with a relative path"""
        person = self.as_a_person()
        by_folder, by_home = self.effects(person, XDG_CONFIG_HOME="/nowhere", HOME="/nowhere")
        self.assertIn("unitls/backends.toml in it", by_folder)
        self.assertIn(".config/unitls/backends.toml in it", by_home)
        registry = self.write("r.toml", "format = 1\n")
        registry.chmod(0o644)
        of_another = "nothing: UNITLS_REGISTRY is set"
        self.assertEqual(self.effects(person, UNITLS_REGISTRY=str(registry)), (of_another, of_another))
        self.assertEqual(self.effects(person, XDG_CONFIG_HOME="here")[0], "nothing: it is no absolute path")
        if os.geteuid() == 0:
            of_root = "nothing: root has no user's registry"
            self.assertEqual(self.effects(), (of_root, of_root))


if __name__ == "__main__":
    main()
