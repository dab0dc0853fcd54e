"""Layers around real backends: what trace tells and what it must not, what fault breaks, and docs/layers.md."""

import base64
import json
import re
import time

from lib.build import BUILD, PLUGINS, SOURCE, UNITLS, clean_environment, program
from lib.case import EXIT_BACKEND, EXIT_DONE, EXIT_PEER, SystemTest, main, per_backend
from lib.peers import UnitlsServer
from lib.process import run

PAGE = "the page that is asked for " * 200


class LayersTest(SystemTest):
    def serve(self, backend, **variables):
        (self.dir / "www").mkdir(exist_ok=True)
        self.write("www/page", PAGE)
        return self.start(UnitlsServer(backend, "--cert", self.cert("server"), "--key", self.key("server"), "--root",
                                       self.dir / "www", env=variables)).port

    def fetch(self, backend, port, layers, *arguments, **variables):
        return self.get(backend, port, "/page", *arguments, env={"UNITLS_LAYERS": layers, **variables})

    def trace_to(self, name):
        """A file for JSON lines, and the environment that fills it."""
        file = self.dir / name
        registry = self.write("backends.toml", f"""format = 1
plugin_dirs = ["{BUILD}/lib/unitls"]
[layer.trace]
library = "unitls-layer-trace.so"
options = {{ to = "{file}" }}
""")
        return file, {"UNITLS_LAYERS": "trace:format=json", "UNITLS_REGISTRY": str(registry)}

    @per_backend
    def test_trace(self, backend):
        """tells every call of a connection, in JSON lines that only their owner reads, and changes nothing"""
        file, variables = self.trace_to("trace.jsonl")
        result = self.accepted(self.get(backend, self.serve(backend), "/page", env=variables))
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        self.assertEqual(result.out, PAGE)
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        calls = [line["call"] for line in lines]
        for each in ("capabilities", "client_context_create", "session_create", "handshake", "recv", "send",
                     "write", "read", "shutdown", "session_destroy", "context_destroy"):
            self.assertIn(each, calls)
        created = lines[calls.index("session_create")]
        self.assertEqual((created["context"], created["session"], created["status"], created["server_name"]),
                         (1, 1, "OK", "localhost"))
        self.assertGreaterEqual(sum(line["done"] for line in lines if line["call"] == "read"), len(PAGE))
        for line in lines:
            self.assertGreaterEqual(line["microseconds"], 0)

    def test_trace_every_call(self):
        """has a line for every member of the backend's table, for the transport's calls and for the extensions'"""
        header = (SOURCE / "api/include/unitls/backend.h").read_text()
        table = re.search(r"typedef struct unitls_backend \{.*?\n\} unitls_backend;", header, re.DOTALL).group()
        members = set(re.findall(r"UNITLS_CALL \*(\w+)\)", table))
        file = self.dir / "trace.jsonl"
        cases = ("capability/options", "capability/identifiers", "capability/key-mismatch", "certificate-info/leaf",
                 "verify-chain/path", "verified-chain/*", "auth/request-present", "close/both-ways", "io/pending",
                 "handshake/each-version")
        result = run(BUILD / "bin/unitls-conformance", PLUGINS / "unitls-openssl.so", "--in-process",
                     "--layer", f"{PLUGINS}/unitls-layer-trace.so:format=json,to={file}",
                     *(word for each in cases for word in ("--filter", each)))
        self.assertEqual(result.code, 0, result.out)
        calls = {json.loads(line)["call"] for line in file.read_text().splitlines()}
        self.assertEqual(calls, members | {"recv", "send", "verify_chain", "read_certificate"})

    @per_backend
    def test_trace_keeps_secrets(self, backend):
        """writes no plaintext, no certificate and no key"""
        file, variables = self.trace_to("trace.jsonl")
        port = self.serve(backend, **variables)
        self.assertEqual(self.accepted(self.get(backend, port, "/page")).out, PAGE)
        text = file.read_text()
        self.assertIn('"call": "server_context_create", "context": 1, "identities": 1', text)
        self.assertIn('"call": "read"', text)
        key = "".join(self.key("server").read_text().splitlines()[1:-1])
        for secret in ("the page that", "GET /page", key[:40], base64.b64decode(key)[:24].hex(), "BEGIN"):
            self.assertNotIn(secret, text)

    def test_trace_names_options_only(self):
        """of the options of a configuration it writes the names"""
        file, variables = self.trace_to("trace.jsonl")
        port = self.serve("openssl")
        self.accepted(self.connect("openssl", port, "--option", "openssl.cipher_string=HIGH:!aNULL", env=variables))
        self.assertIn('"options": ["openssl.cipher_string"]', file.read_text())
        self.assertNotIn("aNULL", file.read_text())

    def test_trace_in_the_log(self):
        """by itself it writes into the log, which UNITLS_DEBUG=io shows"""
        port = self.serve("openssl")
        silent = self.accepted(self.fetch("openssl", port, "trace"))
        self.assertEqual((silent.out, silent.err), (PAGE, ""))
        told = self.accepted(self.fetch("openssl", port, "trace", UNITLS_DEBUG="io"))
        self.assertEqual(told.out, PAGE)
        self.assertRegex(told.err, r"(?m)^unitls: io: trace: handshake: session 1, status OK, microseconds \d+$")

    @per_backend
    def test_faults_that_a_program_survives(self, backend):
        """short reads and would-blocks change nothing that a program sees, in any order of the layers"""
        port = self.serve(backend)
        for layers in ("fault:seed=7:short-read=1", "fault:short-read=3:want-read=2,trace",
                       "trace,fault:want-read=3"):
            with self.subTest(layers):
                result = self.accepted(self.fetch(backend, port, layers, UNITLS_DEBUG="io"))
                self.assertEqual(result.out, PAGE)
                self.assertRegex(result.err, "(?m)^unitls: io: fault: session 1: recv ")

    @per_backend
    def test_faults_that_end_a_connection(self, backend):
        """an end and errors after N bytes are what the program is told, and the log says who made them"""
        port = self.serve(backend)
        for option, sentence, told in (
                ("truncate-after=3000", "close_notify|cut short|ended", "the transport ends after 3000 bytes"),
                ("truncate-after=0", "ended|closed", "the transport ends after 0 bytes"),
                ("error-after=3000", "transport", "recv fails: 3000 bytes are the limit"),
                ("send-error-after=100", "transport", "send fails: 100 bytes are the limit")):
            with self.subTest(option):
                result = self.fetch(backend, port, f"fault:{option}", UNITLS_DEBUG="io")
                self.assertEqual(result.code, EXIT_PEER, str(result))
                self.assertRegex(result.err, rf"(?mi)^unitls: (?!io: ).*({sentence})", str(result))
                self.assertIn(f"fault: session 1: {told}", result.err)

    def test_delay(self):
        """a delay is one"""
        port = self.serve("openssl")
        begin = time.monotonic()
        result = self.accepted(self.fetch("openssl", port, "fault:send-delay=150", UNITLS_DEBUG="io"))
        delays = result.err.count("fault: session 1: send waits 150 ms")
        self.assertGreaterEqual(delays, 2)
        self.assertGreaterEqual(time.monotonic() - begin, 0.15 * delays)

    def test_a_seed_repeats(self):
        """the same seed cuts at the same places, another one elsewhere"""
        def cuts(seed):
            layers = f"fault:seed={seed}:short-read=9"
            result = run(BUILD / "bin" / "example-over_memory", self.ca, self.cert("server"), self.key("server"),
                         "localhost", env=clean_environment(UNITLS_BACKEND="openssl", UNITLS_LAYERS=layers,
                                                            UNITLS_DEBUG="io"))
            self.assertEqual((result.code, result.out), (EXIT_DONE, "hello\n"), str(result))
            return re.findall(r"session 1: recv of \d+ bytes is cut to (\d+)", result.err)[:100]
        self.assertEqual(cuts(5), cuts(5))
        self.assertNotEqual(cuts(5), cuts(6))

    def test_what_cannot_be_used(self):
        """an unknown layer and a wrong option end everything with a sentence that says what there is"""
        for layers, sentence in (
                ("tarce", r"UNITLS_LAYERS=tarce: the layer \"tarce\" .*layers that exist: fault, trace"),
                ("/tmp/x.so", r"cannot be the name of a layer"),
                ("fault:sed=7", r"options\[sed\]: the layer fault has no such option; it has: seed, short-read"),
                ("fault:seed=x", r"options\[seed\]: must be a number from 0 "),
                ("fault:want-read=1", r"options\[want-read\]: must be a number from 2 "),
                ("trace:format=xml", r"options\[format\]: must be text or json, not \"xml\""),
                ("trace:to=here", r"options\[to\]: must be log or an absolute path"),
                ("trace:to=/nowhere/x", r"options\[to\]: /nowhere/x cannot be opened: No such file")):
            with self.subTest(layers):
                result = self.unitls("openssl", "info", "openssl", env={"UNITLS_LAYERS": layers})
                self.refused(result, EXIT_BACKEND, sentence)

    def test_layers_are_no_backends(self):
        """no layer is listed as a backend, and a layer's id chooses none"""
        listed = self.accepted(self.unitls(None, "list", "--json"))
        ids = {each["id"] for each in json.loads(listed.out)}
        self.assertIn("openssl", ids)
        self.assertEqual([each for each in ids if "trace" in each or "fault" in each], [])
        self.refused(self.unitls(None, "info", "trace"), EXIT_BACKEND, "no backend of that name")
        with_layers = self.unitls(None, "info", "openssl", "--json", env={"UNITLS_LAYERS": "fault,trace"})
        without = self.unitls(None, "info", "openssl", "--json")
        self.assertEqual(json.loads(self.accepted(with_layers).out), json.loads(self.accepted(without).out))


class DocumentationTest(SystemTest):
    """docs/layers.md: what it shows is what there is."""

    def setUp(self):
        super().setUp()
        self.page = (SOURCE / "docs" / "layers.md").read_text()

    def commands(self, beginning):
        found = re.findall(rf"(?m)^{beginning}.*$", self.page)
        self.assertTrue(found, beginning)
        return [line.replace("BUILD", str(BUILD)) for line in found]

    def test_the_example(self):
        """the layer is built by the page's command, judged by the next one, and counts"""
        program("g++")
        build, = self.commands(r"g\+\+ ")
        file = self.dir / "unitls-layer-counting.so"
        result = run("sh", "-c", build.replace("-o unitls-layer-counting.so", f"-Wall -Wextra -Werror -o {file}"),
                     cwd=SOURCE, timeout=120)
        self.assertEqual(result.code, 0, str(result))
        self.assertIn(f"in {len((SOURCE / 'examples/layer/counting.cpp').read_text().splitlines())} lines", self.page)
        judge, = self.commands("unitls-conformance ")
        result = run("sh", "-c", f"{BUILD}/bin/{judge} --filter 'abi/*' --filter 'close/*'", cwd=self.dir, timeout=120)
        self.assertEqual(result.code, 0, str(result))
        self.assertRegex(result.out, "through counting|passed, 0 failed")
        registry = self.write("backends.toml", f"""format = 1
plugin_dirs = ["{BUILD}/lib/unitls"]
[layer.counting]
library = "{file}"
""")
        result = run(BUILD / "bin" / "example-over_memory", self.ca, self.cert("server"), self.key("server"), "localhost",
                     env=clean_environment(UNITLS_REGISTRY=str(registry), UNITLS_LAYERS="counting",
                                           UNITLS_DEBUG="info"))
        self.assertEqual((result.code, result.out), (0, "hello\n"), str(result))
        counts = re.findall(r"counting: received (\d+), sent (\d+)", result.err)
        self.assertEqual(len(counts), 2)
        self.assertEqual(counts[0], counts[1][::-1])

    def test_the_commands(self):
        """the commands that use layers work against a server"""
        with UnitlsServer("openssl", "--cert", self.cert("server"), "--key", self.key("server")) as server:
            for command in self.commands("UNITLS_LAYERS="):
                with self.subTest(command):
                    command = command.replace("8443", str(server.port)).replace(" unitls get", f" {UNITLS} get")
                    result = run("sh", "-c", f"{command} --ca {self.ca}")
                    self.assertEqual(result.code, EXIT_DONE, str(result))

    def test_every_option(self):
        """the page has every option of both layers, and no other"""
        for layer in ("trace", "fault"):
            result = self.unitls("openssl", "info", "openssl", env={"UNITLS_LAYERS": f"{layer}:x=1"})
            options = set(re.search(r"it has: ([\w, -]+)", result.err)[1].strip().split(", "))
            section = re.search(rf"(?s)### {layer}\n(.*?)(?=\n##)", self.page)[1]
            cells = " ".join(re.findall(r"(?m)^\| (`[^|]*) \|", section))
            self.assertEqual(set(re.findall(r"`([a-z-]+)(?:=\w+)?`", cells)), options)


if __name__ == "__main__":
    main()
