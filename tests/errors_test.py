"""What a caller can get wrong, and plugin files that are none: the exit code and a sentence with the culprit."""

import json
import os
import pathlib
import shutil
import struct

from lib.build import BUILD, PLUGINS, UNITLS, backends, program
from lib.case import EXIT_BACKEND, EXIT_INPUT, SystemTest, main, per_backend
from lib.elf import Elf
from lib.peers import UnitlsServer
from lib.process import as_another_user, run
from lib.tlspeer import TlsServer, answers, server_context

E_MACHINE_OFFSET = 18


class FilesTest(SystemTest):
    """Certificates, keys and anchors."""

    def bad_files(self):
        """Files that hold no certificate and no key, and what is there to say about each."""
        self.write("empty", b"")
        self.write("text", b"this is no certificate\n")
        self.write("garbage", os.urandom(500))
        self.write("broken.pem", b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")
        self.write("cut.pem", self.cert("server").read_bytes()[:300])
        der_in_pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        self.write("nonsense.pem", der_in_pem)
        (self.dir / "folder").mkdir()
        return [self.dir / name for name in ("missing", "empty", "text", "garbage", "broken.pem", "cut.pem",
                                             "nonsense.pem", "folder")]

    def named(self, result, path):
        self.refused(result, EXIT_INPUT, r"\S")
        self.assertIn(str(path), result.err)

    @per_backend
    def test_anchors(self, backend):
        """get --ca with a bad file names it, before anything is connected"""
        for path in self.bad_files():
            with self.subTest(path.name):
                self.named(self.unitls(backend, "get", "https://localhost:1/", "--ca", path), path)

    @per_backend
    def test_certificates_and_keys_of_clients(self, backend):
        """connect --cert and --key with a bad file name it"""
        for path in self.bad_files():
            where = ("connect", "127.0.0.1:1", "--ca", self.ca)
            with self.subTest("--cert " + path.name):
                self.named(self.unitls(backend, *where, "--cert", path, "--key", self.key("client")), path)
            with self.subTest("--key " + path.name):
                self.named(self.unitls(backend, *where, "--cert", self.cert("client"), "--key", path), path)

    @per_backend
    def test_certificates_and_keys_of_servers(self, backend):
        """serve --cert, --key and --ca with a bad file name it"""
        serve = ("serve", "--listen", "127.0.0.1:0")
        own = ("--cert", self.cert("server"), "--key", self.key("server"))
        for path in self.bad_files():
            for arguments in (("--cert", path, "--key", self.key("server")),
                              ("--cert", self.cert("server"), "--key", path),
                              (*own, "--ca", path, "--client-auth", "require")):
                with self.subTest(f"{arguments[0]} {path.name} {len(arguments)}"):
                    self.named(self.unitls(backend, *serve, *arguments), path)

    @per_backend
    def test_unreadable_file(self, backend):
        """a file without permission to read (as another user than root)"""
        path = self.write("secret.pem", self.ca.read_bytes())
        path.chmod(0)
        os.chmod(self._folder, 0o755)
        os.chmod(self.dir, 0o755)
        self.named(self.unitls(backend, "get", "https://localhost:1/", "--ca", path, prefix=as_another_user()), path)

    @per_backend
    def test_key_that_does_not_match(self, backend):
        """a key of another certificate is said so, with the file's name"""
        pair = ("--cert", self.cert("server"), "--key", self.key("client"))
        for arguments in (("serve", "--listen", "127.0.0.1:0", *pair),
                          ("connect", "127.0.0.1:1", "--ca", self.ca, *pair)):
            with self.subTest(arguments[0]):
                result = self.unitls(backend, *arguments)
                self.refused(result, EXIT_INPUT, r"does not (match|belong|fit)")
                self.assertIn(str(self.key("client")), result.err)

    @per_backend
    def test_encrypted_key(self, backend):
        """an encrypted key is refused, in both formats, and how to decrypt it is told"""
        keys = self.dir / "pkcs8.key", self.dir / "traditional.key"
        run(program("openssl"), "pkey", "-in", self.key("server-rsa"), "-aes256", "-passout", "pass:x", "-out", keys[0])
        run(program("openssl"), "rsa", "-in", self.key("server-rsa"), "-aes256", "-passout", "pass:x", "-traditional",
            "-out", keys[1])
        for path in keys:
            with self.subTest(path.name):
                self.assertIn("ENCRYPTED", path.read_text())
                result = self.unitls(backend, "serve", "--listen", "127.0.0.1:0", "--cert", self.cert("server-rsa"),
                                     "--key", path)
                self.named(result, path)
                self.assertRegex(result.err, r"encrypted")
                self.assertRegex(result.err, r"openssl pkey")

    @per_backend
    def test_other_files(self, backend):
        """--root that is no folder, --request that is missing or a folder"""
        self.named(self.unitls(backend, "serve", "--listen", "127.0.0.1:0", "--root", self.dir / "no"), self.dir / "no")
        self.named(self.unitls(backend, "connect", "127.0.0.1:1", "--ca", self.ca, "--request", self.dir / "no"),
                   self.dir / "no")
        self.named(self.unitls(backend, "connect", "127.0.0.1:1", "--ca", self.ca, "--request", self.dir), self.dir)


class ArgumentsTest(SystemTest):
    """The command line."""

    def test_wrong_arguments(self):
        """every wrong argument is exit 2 with a reason on standard error"""
        for arguments in ((), ("nonsense",), ("get",), ("get", "https://x/", "--nonsense"), ("info",),
                          ("connect",), ("connect", "host"), ("connect", "::1:443"), ("serve",),
                          ("serve", "--listen", "localhost:1"), ("serve", "--listen", "127.0.0.1"),
                          ("serve", "--listen", "127.0.0.1:0", "--key", "x"),
                          ("serve", "--listen", "127.0.0.1:0", "--ca", "x"),
                          ("serve", "--listen", "127.0.0.1:0", "--client-auth", "maybe", "--ca", "x"),
                          ("connect", "a:1", "--min", "1.1"), ("connect", "a:1", "--max", "2"),
                          ("connect", "a:1", "--sni", "a", "--no-sni"), ("connect", "a:1", "--option", "x"),
                          ("connect", "a:1", "--timeout", "0"), ("connect", "a:1", "--timeout", "x"),
                          ("connect", "a:99999"), ("matrix", "--bytes", "0")):
            if arguments == ("connect", "host"):  # port 443: no mistake
                continue
            with self.subTest(arguments):
                result = self.unitls(None, *arguments)
                self.assertEqual(result.code, EXIT_INPUT, str(result))
                self.assertNotEqual(result.err.strip(), "")

    def test_help(self):
        """--help of every command has examples"""
        for command in ((), ("list",), ("info",), ("get",), ("connect",), ("serve",), ("matrix",)):
            with self.subTest(command):
                result = self.accepted(self.unitls(None, *command, "--help"))
                self.assertIn("Examples:\n  unitls ", result.out)
        self.assertIn("Exit codes:", self.unitls(None, "--help").out)

    @per_backend
    def test_versions(self, backend):
        """--min 1.3 --max 1.2, and a version that the backend does not have, name the field"""
        self.refused(self.connect(backend, 1, "--min", "1.3", "--max", "1.2"), EXIT_INPUT, r"(min|max)_version")
        serve = ("serve", "--listen", "127.0.0.1:0", "--min", "1.3", "--max", "1.2")
        self.refused(self.unitls(backend, *serve), EXIT_INPUT, r"(min|max)_version")
        if "1.3" not in backend.versions:
            self.refused(self.connect(backend, 1, "--min", "1.3"), EXIT_INPUT, r"min_version")
            self.refused(self.unitls(backend, "serve", "--listen", "127.0.0.1:0", "--min", "1.3"), EXIT_INPUT,
                         r"min_version")

    @per_backend
    def test_options_of_another_backend(self, backend):
        """an option that the backend does not have names it"""
        for name in ("openssl.seclevel", "gnutls.priority", "nonsense"):
            if name.split(".")[0] == backend.id:
                continue
            with self.subTest(name):
                self.refused(self.connect(backend, 1, "--option", f"{name}=1"), EXIT_INPUT, rf"options\[{name}\]")
                self.refused(self.unitls(backend, "serve", "--listen", "127.0.0.1:0", "--option", f"{name}=1"),
                             EXIT_INPUT, rf"options\[{name}\]")

    @per_backend
    def test_names_that_are_none(self, backend):
        """an IP address as --sni, protocols that are too long"""
        self.refused(self.connect(backend, 1, "--sni", "127.0.0.1"), EXIT_INPUT, r"server_name")
        self.refused(self.connect(backend, 1, "--alpn", "x" * 256), EXIT_INPUT, r"alpn")


class SelectionTest(SystemTest):
    """UNITLS_BACKEND, --backend and UNITLS_REGISTRY."""

    def info(self, choice, *arguments, **env):
        return self.unitls(choice, *(arguments or ("connect", "127.0.0.1:1", "--ca", self.ca)), env=env)

    def answers(self, choice, *arguments, **env):
        """Which backend is used: told by a connection that nobody accepts."""
        server = TlsServer(server_context(self.cert("server"), self.key("server")),
                           answers(b"HTTP/1.0 200 OK\r\n\r\n"))
        request = self.write("request", "GET / HTTP/1.0\r\n\r\n")
        with server:
            result = self.connect(choice, server.port, "--json", "--request", request, *arguments, env=env)
        return json.loads(self.accepted(result).out)["backend"].split()[0]

    def test_unknown_backend(self):
        """a name that is unknown: exit 3, and what exists"""
        result = self.info("nonsense")
        self.refused(result, EXIT_BACKEND, r"nonsense")
        for backend in backends():
            self.assertIn(backend.id, result.err)
        self.assertIn("UNITLS_BACKEND", result.err)

    def test_no_silent_fallback(self):
        """a list falls back only to what it names"""
        first = backends()[0].id
        self.refused(self.info("nonsense,neither"), EXIT_BACKEND, r"nonsense")
        self.assertEqual(self.answers(f"nonsense,{first}"), first)
        self.assertIn(self.answers("nonsense,*"), [backend.id for backend in backends()])

    def test_every_backend_by_name(self):
        """each is chosen by its name, also first in a list"""
        for backend in backends():
            self.assertEqual(self.answers(backend.id), backend.id)
            self.assertEqual(self.answers(f"{backend.id},*"), backend.id)
        self.assertIn(self.answers("*"), [backend.id for backend in backends()])

    def test_texts_that_are_no_list(self):
        """blank, commas alone, paths, capitals: exit 3 with a reason"""
        for choice in (" ", ",", "openssl,,gnutls", "../openssl", "/usr/lib/x.so", "OpenSSL", "a" * 1000):
            with self.subTest(choice):
                self.refused(self.info(choice), EXIT_BACKEND, r"UNITLS_BACKEND")

    def test_help(self):
        """UNITLS_BACKEND=help prints what there is, and nothing is done"""
        result = self.info("help")
        self.assertEqual(result.code, EXIT_BACKEND, str(result))
        for backend in backends():
            self.assertIn(backend.id, result.err + result.out)

    def test_backend_option_insists(self):
        """--backend stands above UNITLS_BACKEND and never falls back"""
        for backend in backends():
            self.assertEqual(self.answers("nonsense", "--backend", backend.id), backend.id)
        self.refused(self.info(backends()[0].id, "get", "https://localhost:1/", "--backend", "nonsense"), EXIT_BACKEND,
                     r"nonsense")

    def test_explain(self):
        """explain tells files and decisions, names what was chosen, and says why nothing can be used"""
        for backend in backends():
            told = json.loads(self.accepted(self.info(backend.id, "explain", "--json")).out)
            self.assertEqual(told["selected"], backend.id)
            self.assertIn(f"UNITLS_BACKEND={backend.id}", "\n".join(told["lines"]))
            self.assertIn(backend.facts["path"], self.accepted(self.info(None, "explain", "--backend", backend.id)).out)
        refused = self.info("nonsense", "explain")
        self.refused(refused, EXIT_BACKEND, r"nonsense")
        self.assertIn("backends.toml", refused.out)

    def test_unknown_command(self):
        """a command that does not exist is named, with those that do"""
        self.refused(self.info(None, "frobnicate"), EXIT_INPUT, r'"frobnicate" is no command; there are .*explain.*serve')

    def test_info_of_an_unknown_backend(self):
        """info of a backend that does not exist"""
        self.refused(self.info(None, "info", "nonsense"), EXIT_BACKEND, r"nonsense")

    def test_empty_variables(self):
        """an empty variable is as good as none"""
        self.assertEqual(self.answers("", UNITLS_REGISTRY="", UNITLS_LAYERS=""), self.answers(None))

    def registry(self, text, name="registry.toml"):
        return str(self.write(name, text))

    def test_registries_that_are_none(self):
        """UNITLS_REGISTRY: missing, empty, garbled, relative, a folder: exit 3, the file and the position"""
        for name, text, pattern in (("empty", b"", r"format"), ("garbage", b"\x00\xff\x00", r":1:\d+"),
                                    ("broken", b"format = 1\nprefer = [\n", r":[23]:\d+"),
                                    ("wrong-type", b"format = 1\nprefer = 5\n", r":2:\d+"),
                                    ("future", b"format = 99\n", r"(:1:\d+.*|format.*)99|format"),
                                    ("twice", b"format = 1\nformat = 1\n", r":2:\d+")):
            with self.subTest(name):
                path = self.registry(text, name)
                result = self.info(None, UNITLS_REGISTRY=path)
                self.refused(result, EXIT_BACKEND, pattern)
                self.assertIn(path, result.err)
        for path in (str(self.dir / "missing"), str(self.dir), "relative.toml"):
            with self.subTest(path):
                result = self.info(None, UNITLS_REGISTRY=path)
                self.refused(result, EXIT_BACKEND, r"UNITLS_REGISTRY")
                self.assertIn(path, result.err)

    def test_registry_chooses(self):
        """prefer, priority and enabled of a registry file are obeyed"""
        folder = f'format = 1\nplugin_dirs = ["{PLUGINS}"]\n'
        for backend in backends():
            path = self.registry(folder + f'prefer = ["{backend.id}"]\n')
            self.assertEqual(self.answers(None, UNITLS_REGISTRY=path), backend.id)
            entry = f'[backend.{backend.id}]\nlibrary = "unitls-{backend.id}.so"\n'
            path = self.registry(folder + entry + "priority = 9\n")
            self.assertEqual(self.answers(None, UNITLS_REGISTRY=path), backend.id)
            path = self.registry(folder + entry + "enabled = false\n")
            self.refused(self.info(backend.id, UNITLS_REGISTRY=path), EXIT_BACKEND, r"disabled|enabled|switched off")
            if len(backends()) > 1:
                self.assertNotEqual(self.answers(None, UNITLS_REGISTRY=path), backend.id)

    def test_unknown_layer(self):
        """a layer that does not exist is not ignored, and those that do are named"""
        self.refused(self.info(None, UNITLS_LAYERS="nonsense"), EXIT_BACKEND, r"UNITLS_LAYERS=nonsense.*fault, trace")


class CandidatesTest(SystemTest):
    """A plugin folder with files that are no plugins."""

    def setUp(self):
        super().setUp()
        self.good = backends()[0]
        self.library = PLUGINS / f"unitls-{self.good.id}.so"
        self.folder = self.dir / "plugins"
        self.folder.mkdir()
        registry = self.write("r.toml", f'format = 1\nplugin_dirs = ["{self.folder}"]\n')
        self.environment = {"UNITLS_REGISTRY": str(registry)}

    def place(self, identifier, content):
        path = self.folder / f"unitls-{identifier}.so"
        path.write_bytes(content)
        return path

    def listed(self):
        return {item["id"]: item for item in json.loads(self.accepted(self.unitls(
            None, "list", "--json", env=self.environment)).out)}

    def is_bad(self, identifier, pattern=r"\S"):
        """It is listed with a reason, choosing it is refused with that reason, and the good one still works."""
        item = self.listed()[identifier]
        self.assertEqual(item["state"], "rejected", item)
        self.assertRegex(item["reason"], pattern)
        result = self.unitls(identifier, "get", "https://localhost:1/", env=self.environment)
        self.refused(result, EXIT_BACKEND, pattern)
        self.assertIn(f"unitls-{identifier}.so", result.err)

    def good_works(self):
        shutil.copy(self.library, self.folder)
        self.assertEqual(self.listed()[self.good.id]["state"], "found")
        server = self.start(UnitlsServer(self.good, "--cert", self.cert("server"), "--key", self.key("server"),
                                         env=self.environment))
        self.accepted(self.get(self.good, server.port, env=self.environment))

    def test_empty_folder(self):
        """nothing is there: list says so with 0, using one is exit 3"""
        self.assertEqual(self.listed(), {})
        self.assertIn("no plugin was found", self.unitls(None, "list", env=self.environment).out)
        self.refused(self.unitls(None, "get", "https://localhost:1/", env=self.environment), EXIT_BACKEND, r"\S")

    def test_truncated(self):
        """cut anywhere before the end of what is loaded: always a reason, never a signal"""
        whole = self.library.read_bytes()
        end = Elf(self.library).end_of_segments()
        lengths = {0, 1, 4, 15, 16, 63, 64, 65, 100, 500, 1000, 4095, 4096, 4097, end - 1}
        lengths |= {end * part // 32 for part in range(32)}
        for length in sorted(lengths):
            self.place(self.good.id, whole[:length])
            with self.subTest(length=length):
                self.is_bad(self.good.id)
        self.good_works()

    def test_folder_full_of_truncated_plugins(self):
        """all of them are listed with a reason, and the good one works"""
        whole = self.library.read_bytes()
        for part in range(16):
            self.place(f"cut{part}", whole[:len(whole) * part // 16])
        listed = self.listed()
        for part in range(16):
            self.assertEqual(listed[f"cut{part}"]["state"], "rejected")
            self.assertNotEqual(listed[f"cut{part}"]["reason"], "")
        self.good_works()

    def test_no_plugins(self):
        """a text, nothing, a folder, a FIFO, a link to nowhere, another library, a program"""
        self.place("text", b"#!/bin/sh\necho no\n")
        self.place("empty", b"")
        (self.folder / "unitls-folder.so").mkdir()
        os.mkfifo(self.folder / "unitls-fifo.so")
        (self.folder / "unitls-dangling.so").symlink_to("nowhere")
        shutil.copy(BUILD / "lib" / "libunitls.so", self.folder / "unitls-library.so")
        shutil.copy(UNITLS, self.folder / "unitls-program.so")
        for identifier in ("text", "empty", "folder", "fifo", "library", "program"):
            with self.subTest(identifier):
                self.is_bad(identifier)
        self.good_works()

    def test_renamed(self):
        """a good plugin under another name is refused, because the note has its own"""
        self.place("renamed", self.library.read_bytes())
        self.is_bad("renamed", rf"{self.good.id}")
        self.good_works()

    def test_other_architecture(self):
        """a library of another machine, and one of 32 bits"""
        other = bytearray(self.library.read_bytes())
        struct.pack_into("<H", other, E_MACHINE_OFFSET, 183)  # AArch64
        self.place("aarch64", bytes(other))
        self.is_bad("aarch64", r"machine|architecture")
        other = bytearray(self.library.read_bytes())
        other[4] = 1  # ELFCLASS32
        self.place("class32", bytes(other))
        self.is_bad("class32", r"32|class|machine|architecture")
        source = self.write("x.c", "int unitls_plugin_v1;\n")
        built = run(program("gcc"), "-m32", "-shared", "-fPIC", "-nostdlib", "-o", self.folder / "unitls-real32.so",
                    source)
        self.assertEqual(built.code, 0, f"{built}\ninstall the Debian package gcc-multilib")
        self.is_bad("real32", r"32|class|machine|architecture")
        self.good_works()

    def test_no_note_and_no_symbol(self):
        """a shared library that is no plugin"""
        source = self.write("x.c", "int anything(void) { return 0; }\n")
        run(program("gcc"), "-shared", "-fPIC", "-o", self.folder / "unitls-plain.so", source)
        self.is_bad("plain", r"note|plugin")

    def test_unreadable(self):
        """a plugin without permission to read, as another user than root"""
        path = self.place("secret", self.library.read_bytes())
        for folder in (self._folder, self.dir, self.folder):
            folder.chmod(0o755)
        path.chmod(0)
        if os.geteuid() != 0:
            self.is_bad("secret")
            return
        result = self.unitls(None, "list", "--json", env=self.environment,
                             prefix=as_another_user())
        reasons = {item["id"]: item["reason"] for item in json.loads(self.accepted(result).out)}
        self.assertRegex(reasons["secret"], r"\S")

    def test_executable_stack(self):
        """a library that would make the process's stack executable"""
        source = self.write("x.c", "int anything(void) { return 0; }\n")
        built = run(program("gcc"), "-shared", "-fPIC", "-Wl,-z,execstack", "-o", self.folder / "unitls-stack.so",
                    source)
        self.assertEqual(built.code, 0, str(built))
        self.is_bad("stack", r"stack")


class JsonTest(SystemTest):
    def test_list(self):
        """list --json has every backend with its facts"""
        found = json.loads(self.accepted(self.unitls(None, "list", "--json")).out)
        self.assertEqual({item["id"] for item in found}, {backend.id for backend in backends()})
        for item in found:
            self.assertTrue(pathlib.Path(item["path"]).is_file(), item)
            self.assertEqual(item["reason"], "")
            self.assertNotEqual(item["library"], "")

    def test_paths_that_are_no_utf8(self):
        """every command prints JSON, and text that a terminal can have, whatever a folder is called"""
        folder = os.fsencode(self.dir) + b"/\xff\x1b[2J"
        os.mkdir(folder)
        backend = backends()[0]
        shutil.copy(PLUGINS / f"unitls-{backend}.so", os.path.join(folder, f"unitls-{backend}.so".encode()))
        registry = os.path.join(folder, b"r.toml")
        with open(registry, "wb") as file:
            file.write(b'format = 1\nplugin_dirs = ["."]\n')
        env = {"UNITLS_REGISTRY": os.fsdecode(registry)}
        for command in (("list",), ("list", "--probe"), ("info", backend.id), ("explain",), ("env",)):
            with self.subTest(command):
                json.loads(self.accepted(self.unitls(None, *command, "--json", env=env)).out_bytes.decode())
                text = self.accepted(self.unitls(None, *command, env=env))
                self.assertNotIn(b"\x1b", text.out_bytes)
                text.out_bytes.decode()

    @per_backend
    def test_info(self, backend):
        """info and list agree"""
        facts = json.loads(self.accepted(self.unitls(None, "info", backend.id, "--json")).out)
        item = next(i for i in json.loads(self.unitls(None, "list", "--json").out) if i["id"] == backend.id)
        self.assertEqual(set(facts["capabilities"]), set(item["capabilities"]))
        self.assertTrue(facts["cipher_suites"])
        self.assertIn(backend.id, self.accepted(self.unitls(None, "info", backend.id)).out)

    def test_matrix(self):
        """matrix --json has every pair in both versions, and none failed"""
        cells = json.loads(self.accepted(self.unitls(None, "matrix", "--json", "--bytes", "100000", timeout=280)).out)
        have = {backend.id: backend.versions for backend in backends()}
        self.assertEqual(len(cells), len(have) ** 2 * 2)
        for cell in cells:
            with self.subTest(cell):
                version = cell["version"][-3:]
                both = version in have[cell["client"]] and version in have[cell["server"]]
                self.assertEqual(cell["result"], "ok" if both else "absent", cell)


if __name__ == "__main__":
    main()
