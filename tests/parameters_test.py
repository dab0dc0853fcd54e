"""Cipher suites, groups and signature schemes by IANA's names: what is offered, and what OpenSSL and GnuTLS agree to."""

import json

from lib.build import program
from lib.case import EXIT_INPUT, EXIT_PEER, SystemTest, main, per_backend, per_version
from lib.hello import receive_hello
from lib.peers import GnutlsServer, NetworkNamespace, OpensslServer, UnitlsServer
from lib.process import run
from lib.tlspeer import RawServer

REQUEST = b"GET / HTTP/1.0\r\n\r\n"
# By version: our name, OpenSSL's, the part of a GnuTLS priority.
SUITES = {
    "1.2": [("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "AES-128-GCM"),
            ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES-256-GCM"),
            ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305", "CHACHA20-POLY1305")],
    "1.3": [("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "AES-128-GCM"),
            ("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "AES-256-GCM"),
            ("TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305")],
}
NUMBERS = {"TLS_AES_128_GCM_SHA256": 0x1301, "TLS_AES_256_GCM_SHA384": 0x1302, "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
           "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": 0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": 0xC02C,
           "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": 0xCCA9,
           "secp256r1": 23, "secp384r1": 24, "x25519": 29,
           "ecdsa_secp256r1_sha256": 0x0403, "ecdsa_secp384r1_sha384": 0x0503,
           "rsa_pkcs1_sha256": 0x0401, "rsa_pkcs1_sha384": 0x0501,
           "rsa_pss_rsae_sha256": 0x0804, "rsa_pss_rsae_sha384": 0x0805}
# Ours, and OpenSSL's.
GROUPS = [("secp384r1", "P-384"), ("x25519", "X25519"), ("secp256r1", "P-256")]
# mbedTLS has RSASSA-PSS in TLS 1.3 alone.
SCHEMES = {"1.2": ["rsa_pkcs1_sha384", "rsa_pkcs1_sha256"], "1.3": ["rsa_pss_rsae_sha384", "rsa_pss_rsae_sha256"]}
# Without this OpenSSL of TLS 1.2 goes on with finite fields when it finds no common curve.
CURVES_ALONE = ("-cipher", "ECDHE")


class ParametersTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(network := NetworkNamespace())
        cls.network = network

    def in_version(self, version):
        return "--min", version, "--max", version

    def ask(self, backend, port, *arguments, **how):
        """What `connect --json` says of an accepted connection."""
        result = self.connect(backend, port, "--request", self.write("request", REQUEST), "--json", *arguments, **how)
        return json.loads(self.accepted(result).out)

    def refused_by_the_peer(self, result):
        self.refused(result, EXIT_PEER, r"alert received: (40|47|70|71) ")

    def lacks_schemes(self, backend):
        """A backend without the capability refuses the list by its name."""
        lacking = "signature-schemes" not in backend.capabilities
        if lacking:
            result = self.connect(backend, 1, "--scheme", "rsa_pkcs1_sha256")
            self.refused(result, EXIT_INPUT, r"\(signature_schemes")
        return lacking

    def offered(self, backend, *arguments):
        """The hello of `connect`, which then is left alone."""
        hellos = []
        with RawServer(lambda connection: hellos.append(receive_hello(connection))) as server:
            result = self.connect(backend, server.port, *arguments)
            server.join()
        self.assertEqual(result.code, EXIT_PEER, str(result))
        self.assertEqual(len(hellos), 1, server.errors)
        return hellos[0]

    @per_version
    def test_offered_suites(self, backend, version):
        """exactly the list, as a set, and nothing that nobody asked for"""
        names = [ours for ours, _, _ in SUITES[version]]
        for given in ([names[0]], names[:2], names):
            with self.subTest(given):
                hello = self.offered(backend, *self.in_version(version), "--suite", ",".join(given))
                self.assertEqual(sorted(hello.suites), sorted(NUMBERS[name] for name in given))

    @per_backend
    def test_offered_suites_of_every_version(self, backend):
        """the lists of all versions at once; one name in each option is the same as commas"""
        names = [ours for version in backend.versions for ours, _, _ in SUITES[version]]
        hello = self.offered(backend, *(part for name in names for part in ("--suite", name)))
        self.assertEqual(sorted(hello.suites), sorted(NUMBERS[name] for name in names))

    @per_version
    def test_offered_groups(self, backend, version):
        """exactly these groups"""
        for given in (["secp384r1"], ["secp384r1", "secp256r1"], ["x25519", "secp384r1"]):
            with self.subTest(given):
                hello = self.offered(backend, *self.in_version(version), "--group", ",".join(given))
                self.assertEqual(sorted(hello.groups), sorted(NUMBERS[name] for name in given))

    @per_version
    def test_offered_schemes(self, backend, version):
        """exactly these signature schemes"""
        if self.lacks_schemes(backend):
            return
        for given in (["ecdsa_secp256r1_sha256", SCHEMES[version][1]], SCHEMES[version][:1]):
            with self.subTest(given):
                hello = self.offered(backend, *self.in_version(version), "--scheme", ",".join(given))
                self.assertEqual(sorted(hello.schemes), sorted(NUMBERS[name] for name in given))

    @per_version
    def test_suites_with_s_server(self, backend, version):
        """the server takes what is offered, and refuses when nothing is common"""
        option = "-ciphersuites" if version == "1.3" else "-cipher"
        for index, (ours, theirs, _) in enumerate(SUITES[version]):
            other = SUITES[version][index - 1][0]
            with self.subTest(ours), OpensslServer(self.cert("server"), self.key("server"), option, theirs,
                                                   version=version) as server:
                facts = self.ask(backend, server.port, "--suite", f"{other},{ours}")
                self.assertEqual(facts["cipher_suite"], ours)
                self.refused_by_the_peer(self.connect(backend, server.port, *self.in_version(version), "--suite", other))

    @per_version
    def test_groups_with_s_server(self, backend, version):
        """the server takes what is offered, and refuses when nothing is common"""
        for index, (ours, theirs) in enumerate(GROUPS):
            other = GROUPS[index - 1][0]
            with self.subTest(ours), OpensslServer(self.cert("server-rsa"), self.key("server-rsa"), "-groups", theirs,
                                                   *CURVES_ALONE, version=version) as server:
                facts = self.ask(backend, server.port, "--group", f"{other},{ours}")
                self.assertIn(facts["group"], (ours,) if "info-group" in backend.capabilities else (ours, None))
                self.refused_by_the_peer(self.connect(backend, server.port, "--group", other))

    @per_version
    def test_schemes_with_s_server(self, backend, version):
        """the server signs as it is asked to, and refuses when it may not"""
        if self.lacks_schemes(backend):
            return
        for index, ours in enumerate(SCHEMES[version]):
            with self.subTest(ours), OpensslServer(self.cert("server-rsa"), self.key("server-rsa"), "-sigalgs", ours,
                                                   version=version) as server:
                # The certificates of the path are signed in this one.
                more = "ecdsa_secp256r1_sha256"
                facts = self.ask(backend, server.port, *self.in_version(version), "--scheme", f"{ours},{more}")
                told = facts["signature_scheme"]
                self.assertIn(told, (ours,) if "info-signature-scheme" in backend.capabilities else (ours, None))
                self.refused_by_the_peer(self.connect(backend, server.port, *self.in_version(version), "--scheme",
                                                      f"{SCHEMES[version][index - 1]},{more}"))

    @per_version
    def test_gnutls_serv(self, backend, version):
        """GnuTLS's server agrees to the one suite that both have"""
        ours, _, cipher = SUITES[version][1]
        priority = f"NORMAL:-VERS-ALL:+VERS-TLS{version}:-CIPHER-ALL:+{cipher}"
        server = self.start(GnutlsServer(self.network, self.cert("server"), self.key("server"), "--priority", priority,
                                         "--disable-client-cert"))
        inside = {"prefix": self.network.inside}
        facts = self.ask(backend, server.port, "--suite", f"{SUITES[version][0][0]},{ours}", **inside)
        self.assertEqual(facts["cipher_suite"], ours)
        self.refused_by_the_peer(self.connect(backend, server.port, *self.in_version(version), "--suite",
                                              SUITES[version][0][0], **inside))

    def serve(self, backend, *arguments, name="server"):
        return self.start(UnitlsServer(backend, "--cert", self.cert(name), "--key", self.key(name), *arguments))

    def s_client(self, server, version, *arguments):
        return run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", self.ca,
                   "-verify_return_error", f"-tls1_{version[2]}", "-ign_eof", *arguments, data=REQUEST)

    def refused_client(self, result):
        self.assertNotEqual(result.code, 0, str(result))
        self.assertRegex(result.err, r"alert number (40|47)\b", str(result))

    @per_version
    def test_suites_of_a_server(self, backend, version):
        """s_client gets the suite of the list, and is refused without it"""
        option = "-ciphersuites" if version == "1.3" else "-cipher"
        for index, (ours, theirs, _) in enumerate(SUITES[version]):
            with self.subTest(ours):
                server = self.serve(backend, "--suite", ours)
                result = self.s_client(server, version)
                self.assertEqual(result.code, 0, str(result))
                self.assertRegex(result.out, rf"New, TLSv1\.\d, Cipher is {theirs}\n")
                self.refused_client(self.s_client(server, version, option, SUITES[version][index - 1][1]))

    @per_version
    def test_groups_of_a_server(self, backend, version):
        """s_client gets the group of the list, and is refused without it"""
        for index, (ours, theirs) in enumerate(GROUPS):
            with self.subTest(ours):
                server = self.serve(backend, "--group", ours, name="server-rsa")
                result = self.s_client(server, version)
                self.assertEqual(result.code, 0, str(result))
                shown = {"x25519": "X25519", "secp256r1": "ECDH, prime256v1", "secp384r1": "ECDH, secp384r1"}[ours]
                self.assertRegex(result.out, f"(Server|Peer) Temp Key: {shown}, ")  # before and since OpenSSL 3.5
                self.refused_client(self.s_client(server, version, "-groups", GROUPS[index - 1][1],
                                                  *CURVES_ALONE))

    @per_version
    def test_schemes_of_a_server(self, backend, version):
        """s_client gets a signature of the list, and is refused when it takes none of it"""
        if self.lacks_schemes(backend):
            return
        server = self.serve(backend, "--scheme", SCHEMES[version][0], name="server-rsa")
        result = self.s_client(server, version)
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("Peer signing digest: SHA384\n", result.out)
        names = "RSA-PSS|rsa_pss_rsae_sha384" if version == "1.3" else "RSA|rsa_pkcs1_sha384"  # the latter since 3.5
        self.assertRegex(result.out, f"Peer signature type: ({names})\n")
        others = "RSA-PSS+SHA256:ECDSA+SHA256:RSA+SHA256"
        self.refused_client(self.s_client(server, version, "-sigalgs", others))

    @per_version
    def test_gnutls_cli(self, backend, version):
        """gnutls-cli gets the suite of the list, and is refused without it"""
        ours, _, cipher = SUITES[version][1]
        server = self.serve(backend, "--suite", ours)
        for allowed, accepted in ((cipher, True), (SUITES[version][0][2], False)):
            result = run(program("gnutls-cli"), "--x509cafile", self.ca, "--verify-hostname", "localhost",
                         "--sni-hostname", "localhost", "--priority",
                         f"NORMAL:-VERS-ALL:+VERS-TLS{version}:-CIPHER-ALL:+{allowed}", "-p", server.port, "127.0.0.1",
                         data=REQUEST)
            self.assertEqual("Handshake was completed" in result.out, accepted, str(result))
            self.assertEqual(f"-({cipher})" in result.out, accepted, str(result))

    @per_backend
    def test_wrong_input(self, backend):
        """unknown names, doubles, and lists for a version that is out of range: the member is named"""
        cases = [(("--suite", "TLS_NO_SUCH_SUITE"), r'--suite "TLS_NO_SUCH_SUITE" is no name of IANA'),
                 (("--group", "prime256v1"), r'--group "prime256v1" is no name of IANA'),
                 (("--scheme", "RSA+SHA256"), r'--scheme "RSA\+SHA256" is no name of IANA'),
                 (("--group", "secp256r1,secp256r1"), r"\(groups"),
                 (("--max", "1.2", "--suite", "TLS_AES_128_GCM_SHA256"), r"\(tls13_cipher_suites")]
        if "1.3" in backend.versions:
            cases.append((("--min", "1.3", "--suite", SUITES["1.2"][0][0]), r"\(tls12_cipher_suites"))
        for arguments, sentence in cases:
            with self.subTest(arguments):
                self.refused(self.connect(backend, 1, *arguments), EXIT_INPUT, sentence)
                own = ("--cert", self.cert("server"), "--key", self.key("server"))
                self.refused(self.unitls(backend, "serve", "--listen", "127.0.0.1:0", *own, *arguments), EXIT_INPUT,
                             sentence)


if __name__ == "__main__":
    main()
