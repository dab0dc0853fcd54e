"""[policy] of a machine's registry: what it does with real libraries, and what it says."""

import os
import re
import shutil

from lib.build import PLUGINS, SOURCE, backends, clean_environment, program
from lib.case import EXIT_BACKEND, EXIT_DONE, EXIT_PEER, EXIT_REJECTED, main, per_backend, per_version
from lib.hello import receive_hello
from lib.installation import InstalledTest
from lib.process import Process, run
from lib.tlspeer import RawServer, TlsServer, answers, server_context

TEXT = (SOURCE / "docs/policy.md").read_text()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
# Where nobody listens: whoever gets this far was not stopped by a policy.
NOWHERE = "localhost:1"
SUITES = {"TLS_AES_256_GCM_SHA384": 0x1302, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": 0xC02C,
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": 0xC030}
CIPHERS = f"cipher_suites = {list(SUITES)}".replace("'", '"')


class PolicyTest(InstalledTest):
    """Layer 5 is the folder beside libunitls.so."""

    def policy(self, *lines, text=None):
        """Writes the machine's registry; the first of `lines` is its third."""
        self.file.write_text(text or "\n".join(("format = 1", "[policy]", *lines, "")))

    def try_out(self, backend, *arguments, **how):
        """A connection to nowhere."""
        return self.here(backend, "connect", NOWHERE, *arguments, **how)

    def get(self, backend, port, *arguments, **how):
        return self.here(backend, "get", f"https://localhost:{port}/", "--resolve", f"localhost:{port}:127.0.0.1",
                         *arguments, **how)

    def get_with_ca(self, backend, port):
        return self.get(backend, port, "--ca", self.ca)

    def forbidden(self, result, sentence, line=3):
        """Refused with the file, the line and the sentence."""
        self.refused(result, EXIT_BACKEND, re.escape(f"{self.file}:{line}:") + r"\d+: ")
        self.assertIn(sentence, result.err)

    def passes(self, result):
        """Stopped by nothing but the lack of a server."""
        self.refused(result, EXIT_PEER, "localhost")

    def told(self, env, prefix=()):
        """What the loader did, and why."""
        return self.accepted(self.here(None, "list", env={"UNITLS_DEBUG": "search,warn", **env}, prefix=prefix)).err

    def server(self, version=None):
        context = server_context(self.cert("server"), self.key("server"), version)
        return self.start(TlsServer(context, answers(OK)))

    def serve(self, backend, *arguments, **environment):
        return Process(self.program, "serve", "--listen", "127.0.0.1:0", "--cert", self.cert("server"), "--key",
                       self.key("server"), *arguments, env=clean_environment(UNITLS_BACKEND=str(backend), **environment))

    def port_of(self, server):
        return int(server.wait_for(r"^listening on .*:(\d+)$")[1])

    # ---- what a silent configuration becomes

    @per_backend
    def test_minimum_is_raised(self, backend):
        """min_version = 1.3: servers of TLS 1.2 are refused, or the backend says that it cannot"""
        self.policy('min_version = "1.3"')
        result = self.get_with_ca(backend, self.server("1.2").port)
        if "1.3" not in backend.versions:
            return self.forbidden(result, "[policy] min_version = \"1.3\" cannot be kept by this backend")
        self.refused(result, EXIT_PEER, r"\S")
        self.accepted(self.get_with_ca(backend, self.server("1.3").port))
        self.forbidden(self.try_out(backend, "--min", "1.2"), 'min_version = "1.3" forbids TLS 1.2')

    @per_backend
    def test_suites_are_tightened(self, backend):
        """the design's own list: clients offer these suites alone, and servers take no other"""
        self.policy(CIPHERS)
        hellos = []
        with RawServer(lambda connection: hellos.append(receive_hello(connection))) as server:
            self.get_with_ca(backend, server.port)
            server.join()
        offered = {number for number in hellos[0].suites if number not in (0x00FF, 0x5600)}
        expected = set(SUITES.values()) - (set() if "1.3" in backend.versions else {0x1302})
        self.assertEqual(offered, expected)
        for version in backend.versions:
            self.accepted(self.get_with_ca(backend, self.server(version).port))

    @per_backend
    def test_suite_lists(self, backend):
        """an explicit list with one forbidden suite is refused; an allowed one is not"""
        self.policy(CIPHERS)
        one = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
        self.forbidden(self.try_out(backend, "--max", "1.2", "--suite", f"{one},TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
                       "cipher_suites forbids TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (tls12_cipher_suites[1])")
        self.passes(self.try_out(backend, "--max", "1.2", "--suite", one))

    @per_backend
    def test_version_without_suites_is_off(self, backend):
        """suites of one version alone switch the other off"""
        self.policy('cipher_suites = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",',
                    '                 "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]')
        self.accepted(self.get_with_ca(backend, self.server("1.2").port))
        self.refused(self.get_with_ca(backend, self.server("1.3").port), EXIT_PEER, r"\S")
        self.policy('cipher_suites = ["TLS_AES_256_GCM_SHA384"]')
        result = self.get_with_ca(backend, self.server("1.3").port)
        if "1.3" in backend.versions:
            self.accepted(result)
        else:
            self.forbidden(result, "cipher_suites forbids every cipher suite that this backend has")

    @per_backend
    def test_servers(self, backend):
        """`serve` is bound like a client"""
        self.policy('min_version = "1.3"')
        serve = ("serve", "--listen", "127.0.0.1:0", "--cert", self.cert("server"), "--key", self.key("server"))
        self.forbidden(self.here(backend, *serve, "--max", "1.2"), 'min_version = "1.3" forbids TLS 1.2 (max_version)')

    @per_version
    def test_servers_take_no_other_suite(self, backend, version):
        """a server under cipher_suites agrees with a client that has one of them, and with no other"""
        self.policy(CIPHERS)
        port = self.port_of(self.start(self.serve(backend)))
        allowed, forbidden = {"1.2": ("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384", "ECDHE+AES128"),
                              "1.3": ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")}[version]
        option, only = {"1.2": ("-cipher", "-tls1_2"), "1.3": ("-ciphersuites", "-tls1_3")}[version]
        client = (program("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", self.ca, only)
        self.assertEqual(run(*client, option, allowed).code, 0)
        self.assertEqual(run(*client, option, forbidden).code, 1)

    def test_lists_that_a_library_cannot_express(self):
        """GnuTLS shares ciphers between the versions: a list that would need them apart is refused, not widened"""
        if "gnutls" not in [backend.id for backend in backends()]:
            self.fail("there is no backend gnutls")
        self.policy('cipher_suites = ["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]')
        self.forbidden(self.try_out("gnutls"), "[policy] cipher_suites cannot be kept by this backend: GnuTLS")

    # ---- what a configuration must not say

    @per_backend
    def test_weakness(self, backend):
        """allow_insecure = false"""
        self.policy("allow_insecure = false")
        for flag in ("--insecure-no-name-check", "--insecure-no-verification"):
            self.forbidden(self.try_out(backend, flag), "allow_insecure = false forbids to weaken the verification")
        self.passes(self.try_out(backend))

    @per_backend
    def test_trust(self, backend):
        """trust = system: no anchors of the program, of the environment, or for a verdict without a connection"""
        self.policy('trust = "system"')
        port = self.server().port
        self.forbidden(self.get_with_ca(backend, port), 'trust = "system" forbids other anchors')
        result = self.get(backend, port, env={"SSL_CERT_FILE": str(self.ca)})
        self.refused(result, EXIT_REJECTED, "unknown issuer")
        verify = ("verify", "--chain", self.cert("server"), "--name", "localhost")
        self.forbidden(self.here(backend, *verify, "--ca", self.ca), 'trust = "system" forbids other anchors')

    @per_version
    def test_no_keys_are_written(self, backend, version):
        """SSLKEYLOGFILE: no library writes the keys of a session there, as client or server, with a policy or without"""
        file = self.dir / "keys"
        environment = {"SSLKEYLOGFILE": str(file)}
        port = self.server(version).port
        for rules in ("[policy]\nallow_key_log = false\n", "[policy]\nallow_insecure = false\n", ""):
            with self.subTest(rules or "no policy"):
                self.policy(text="format = 1\n" + rules)
                self.accepted(self.get(backend, port, "--ca", self.ca, env=environment))
                with self.serve(backend, "--min", version, "--max", version, **environment) as server:
                    self.accepted(self.get(backend, self.port_of(server), "--ca", self.ca))
                self.assertFalse(file.exists(), "the keys of a session were written")

    # ---- how one would get around it

    def test_options(self):
        """options that can change what a rule fixes, given by the program or by the registry"""
        self.policy(CIPHERS)
        fixed = "cipher_suites forbids options that can change versions or cipher suites"
        self.forbidden(self.try_out("openssl", "--option", "openssl.cipher_string=ALL"), fixed)
        self.forbidden(self.try_out("gnutls", "--option", "gnutls.priority=NORMAL"), fixed)
        self.policy("allow_insecure = false")
        self.forbidden(self.try_out("openssl", "--option", "openssl.seclevel=0"),
                       "allow_insecure = false forbids options that can change verification")
        self.passes(self.try_out("openssl", "--option", "openssl.cipher_string=HIGH"))
        self.policy(CIPHERS, "[backend.openssl]", 'library = "unitls-openssl.so"',
                    'options = {"openssl.seclevel" = "0"}')
        self.forbidden(self.try_out("openssl"), "options[openssl.seclevel]")

    def test_a_file_that_cannot_be_read(self):
        """list and connect name the place of the mistake, and nothing that is no cause of it"""
        self.policy(text="format = 1\n[policy\n")
        sentence = f"{self.file}:2:8: "
        listed = self.accepted(self.here(None, "list"))
        self.assertRegex(listed.err, "^unitls: warning: " + re.escape(sentence))
        self.assertRegex(listed.err, "(?m)^unitls: no context may be made: " + re.escape(sentence))
        shutil.move(self.plugins, self.plugins.with_name("elsewhere"))
        self.addCleanup(shutil.move, self.plugins.with_name("elsewhere"), self.plugins)
        self.file.parent.mkdir()
        self.addCleanup(shutil.rmtree, self.plugins)
        self.policy(text="format = 1\n[policy\n")
        self.forbidden(self.try_out(None), "(a policy in it could not be read)", line=2)
        self.assertNotIn("no plugin was found", self.try_out(None).err)

    def test_other_backends(self):
        """nothing but `backends` can be loaded, whoever asks for it"""
        self.policy('backends = ["openssl"]')
        sentence = 'backends forbids the backend "gnutls"'
        for result in (self.try_out("gnutls"), self.try_out(None, "--backend", "gnutls")):
            self.forbidden_in_a_table(result, sentence)
        self.passes(self.try_out("gnutls,openssl"))
        self.passes(self.try_out(None))

    def forbidden_in_a_table(self, result, sentence):
        self.refused(result, EXIT_BACKEND, re.escape(f"{self.file}:3:1: [policy] {sentence}"))

    def test_an_allowed_id_of_another_file(self):
        """a user's file or UNITLS_REGISTRY cannot put another library under an allowed id"""
        self.policy('backends = ["openssl"]')
        stolen = shutil.copy2(PLUGINS / "unitls-gnutls.so", self.dir / "unitls-openssl.so")
        text = f'format = 1\n[backend.openssl]\nlibrary = "{stolen}"\n'
        (self.dir / "config/unitls").mkdir(parents=True)
        users, named = self.write("config/unitls/backends.toml", text), self.write("named.toml", text)
        prefix = self.as_a_person()  # root has no file of his own
        for file, environment in ((users, {"XDG_CONFIG_HOME": str(self.dir / "config")}),
                                  (named, {"UNITLS_REGISTRY": str(named)})):
            with self.subTest(str(file)):
                told = self.told(env=environment, prefix=prefix)
                ours = re.escape(f"{self.plugins}/unitls-openssl.so")
                self.assertRegex(told, rf"candidate openssl: (found|loaded), {ours}")
                self.assertRegex(told, rf"candidate openssl: masked.*{re.escape(str(file))}:2.*"
                                       r"\[policy\] backends takes \"openssl\" from the machine's own registry alone")
                self.passes(self.try_out("openssl", env=environment, prefix=prefix))
        self.policy('min_version = "1.2"', "allow_insecure = false")
        result = self.try_out("openssl", "--insecure-no-verification", env={"UNITLS_REGISTRY": str(named)})
        self.assertEqual(result.code, EXIT_BACKEND, str(result))

    def test_unitls_registry(self):
        """UNITLS_REGISTRY replaces entries and no rule"""
        self.policy("allow_insecure = false")
        named = self.write("named.toml", f'format = 1\nplugin_dirs = ["{self.plugins}"]\n'
                                         '[policy]\nallow_insecure = true\n')
        environment = {"UNITLS_REGISTRY": str(named)}
        self.forbidden(self.try_out("openssl", "--insecure-no-verification", env=environment), "allow_insecure")
        self.assertIn(f"{named}:3:2: [policy] is ignored", self.told(env=environment))

    def test_layers(self):
        """allow_layers decides about UNITLS_LAYERS, and what is allowed lies above the policy"""
        self.policy('allow_layers = ["trace"]', "allow_insecure = false")
        result = self.try_out("openssl", env={"UNITLS_LAYERS": "fault"})
        self.forbidden_in_a_table(result, 'allow_layers forbids the layer "fault"')
        self.passes(self.try_out("openssl", env={"UNITLS_LAYERS": "trace"}))
        result = self.try_out("openssl", "--insecure-no-verification", env={"UNITLS_LAYERS": "trace"})
        self.assertEqual(result.code, EXIT_BACKEND, str(result))
        self.assertIn(f"{self.file}:4:1: [policy] allow_insecure = false forbids", result.err)

    # ---- a bad file

    def closed(self, pattern, **how):
        """Nothing is possible, and the reason is said."""
        result = self.try_out("openssl", **how)
        self.refused(result, EXIT_BACKEND, re.escape(str(self.file)) + pattern)

    def test_bad_files(self):
        """not TOML, an unknown format, a misspelt key, a bad value, a folder"""
        for text, pattern in (("format = 1\n[policy\n", r":2:\d+: "), ("", ':1:1: "format = 1" is missing'),
                              ("format = 2\n", ":1:10: format 2 is not known here"),
                              ("format = 1\n[policy]\nmin_verison = '1.3'\n", ":3:1: .* has no key .min_verison"),
                              ("format = 1\n[policy]\nmin_version = '1.4'\n", ':3:15: "min_version" must be')):
            with self.subTest(text):
                self.policy(text=text or " ")
                self.closed(pattern)
                self.closed(pattern, env={"UNITLS_REGISTRY": str(self.write("named.toml", "format = 1\n"))})
        self.file.unlink()
        self.file.mkdir()
        self.addCleanup(self.file.rmdir)
        self.closed(": ")

    def test_unreadable_file(self):
        """a file without permission to read (as another user than root)"""
        self.policy('min_version = "1.2"')
        self.file.chmod(0)
        self.addCleanup(self.file.unlink)
        self.closed(": no permission to read it", prefix=self.as_a_person())

    def test_a_file_that_others_may_change(self):
        """a policy that others may write, or of another user, or below a folder of theirs, allows nothing"""
        self.policy('min_version = "1.2"')
        self.addCleanup(self.file.unlink)
        self.passes(self.try_out("openssl"))
        for path, mode in ((self.file, 0o664), (self.file, 0o646), (self.plugins, 0o777)):
            with self.subTest(f"{path} {mode:o}"):
                good = path.stat().st_mode
                path.chmod(mode)
                self.closed(rf": others may change it, by mode 0{mode:o}; chmod go-w {re.escape(str(path))}")
                path.chmod(good)
                self.passes(self.try_out("openssl"))
        way = (self._folder, self.root, self.root / "lib", self.plugins, self.file)
        good = [path.stat().st_mode for path in way]
        for path in way:
            path.chmod(0o775)
        result = self.try_out("openssl")  # the command has no room, and no part of it is told
        self.refused(result, EXIT_BACKEND, f"^unitls: `unitls explain` tells what mends it: {re.escape(str(self.file))}: ")
        self.assertNotIn("chmod", result.err.splitlines()[0])
        self.assertIn("chmod go-w " + " ".join(map(str, way)), self.here(None, "explain").out)
        for path, mode in zip(way, good):
            path.chmod(mode)
        if os.geteuid() != 0:
            self.fail("only root can make a file of another user: run this as root")
        os.chown(self.file, 65533, -1)
        closed = rf": user 65533 may change it, as an owner \(mode 0644\); chown root {re.escape(str(self.file))}"
        self.closed(closed)
        self.closed(closed, prefix=self.as_a_person())
        os.chown(self.file, 65534, -1)
        self.passes(self.try_out("openssl", prefix=self.as_a_person()))

    # ---- docs/policy.md

    def test_page(self):
        """under each policy of docs/policy.md its commands say what is printed"""
        blocks = re.findall(r"```(toml|console)\n(.*?)```", TEXT, re.DOTALL)
        ran = 0
        shutil.copy(self.ca, self.dir / "my-ca.pem")
        path = f"{self.root / 'bin'}:{os.environ['PATH']}"
        for kind, block in blocks:
            if kind == "toml":
                text = block
                continue
            strict = 'min_version = "1.3"' in block
            self.policy(text="format = 1\n\n[policy]\nmin_version = \"1.3\"\n" if strict else text)
            for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                if "--backend mbedtls2" in command and "mbedtls2" not in map(str, backends()):
                    continue  # a machine that has one mbedTLS has no library without TLS 1.3
                result = run("bash", "-c", command, cwd=self.dir, env=clean_environment(PATH=path))
                self.assertEqual(result.code, EXIT_DONE if command.endswith("explain") else EXIT_BACKEND, str(result))
                for line in expected.splitlines():
                    self.assertIn(line.replace("/etc/unitls/backends.toml", str(self.file)), result.out + result.err)
                ran += 1
        self.assertGreaterEqual(ran, 8)


if __name__ == "__main__":
    main()
