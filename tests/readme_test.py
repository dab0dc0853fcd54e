"""The README: its first program in a network of its own, and every command that it prints."""

import os
import re

from lib.build import BUILD, SOURCE, UNITLS, clean_environment, program
from lib.case import EXIT_DONE, SystemTest, main
from lib.process import Process, run

TEXT = (SOURCE / "README.md").read_text()
# Commands that are tests themselves.
RUN_ELSEWHERE = ("tools/demo", "tools/test")

# In a namespace of its own the program finds example.org on the loopback address, port 443.
IN_NAMESPACE = r"""
set -e
ip link set lo up
mount --bind "$HOSTS" /etc/hosts
"$UNITLS" serve --listen 127.0.0.1:443 --cert "$CERT" --key "$KEY" >"$LOG" &
serve=$!
for try in $(seq 500); do
  grep -q '^listening on ' "$LOG" && break
  kill -0 $serve
  sleep 0.02
done
status=0
SSL_CERT_FILE="$CA" "$FIRST" || status=$?
kill $serve
wait $serve || true
exit $status
"""


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def commands():
    """The lines of all blocks of shell commands, without their comments."""
    lines = [line.split(" #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith(RUN_ELSEWHERE)]


def here(command):
    """The README speaks of the release build."""
    return re.sub(r"(\$PWD/)?build/release", lambda _: str(BUILD), command)


class ReadmeTest(SystemTest):
    def shell(self, command, **more):
        return run("bash", "-c", here(command), cwd=SOURCE, timeout=300, env=clean_environment(**more))

    def compile_first_program(self):
        (self.dir / "first.cpp").write_text(blocks("cpp")[0])
        compilers = [command for command in commands() if command.startswith("g++ ")]
        self.assertEqual(len(compilers), 1)
        program("g++")
        command = compilers[0].replace("first.cpp -o first", f"{self.dir}/first.cpp -o {self.dir}/first")
        result = self.shell(command)
        self.assertEqual(result.code, EXIT_DONE, str(result))
        return self.dir / "first"

    def test_first_program(self):
        """the first program compiles by the command that is printed, and fetches https://example.org/"""
        if os.geteuid() != 0:
            self.fail("this test makes a network namespace: run it as root")
        first = self.compile_first_program()
        (self.dir / "hosts").write_text("127.0.0.1 localhost example.org\n")
        result = run(program("unshare"), "-n", "-m", "bash", "-c", IN_NAMESPACE, timeout=60, env=clean_environment(
            UNITLS=str(UNITLS), FIRST=str(first), HOSTS=str(self.dir / "hosts"), LOG=str(self.dir / "log"),
            CERT=str(self.cert("server")), KEY=str(self.key("server")), CA=str(self.ca)))
        self.assertEqual(result.code, EXIT_DONE, str(result))
        self.assertTrue(result.out.startswith("HTTP/1.1 200 OK\r\n"), str(result))

    def test_commands(self):
        """every other command runs as it is printed"""
        tried = 0
        for command in commands():
            if command.startswith("g++ ") or " serve " in command or "FILE" in command or ".pem" in command:
                continue
            with self.subTest(command):
                result = self.shell(command)
                self.assertEqual(result.code, EXIT_DONE, str(result))
            tried += 1
        self.assertGreaterEqual(tried, 5)

    def test_certificates(self):
        """inspect and verify, with a chain whose name is the one that is printed"""
        self.make("leaf", "--authority", self.pki, "--out", self.dir, "--name", "www.example.org", "--server")
        printed = [command for command in commands() if ".pem" in command]
        self.assertEqual(len(printed), 2)
        for command in printed:
            with self.subTest(command):
                command = command.replace("SERVER.pem", f"{self.dir}/leaf.pem").replace("CA.pem", str(self.ca))
                result = self.shell(command)
                self.assertEqual(result.code, EXIT_DONE, str(result))
                self.assertIn("CN=", result.out)

    def test_server_and_client(self):
        """the server that is printed serves the client that is printed"""
        serve, = (command for command in commands() if " serve " in command)
        get, = (command for command in commands() if "--ca FILE" in command)
        serve = serve.replace("127.0.0.1:8443", "127.0.0.1:0")
        server = self.start(Process("bash", "-c", "exec " + here(serve), cwd=SOURCE))
        port = server.wait_for(r"^listening on .*:(\d+)$").group(1)
        anchors = server.wait_for(r"--ca (\S+)").group(1)
        result = self.shell(get.replace("8443", port).replace("FILE", anchors))
        self.assertEqual(result.code, EXIT_DONE, str(result))
        self.assertIn("TLS", result.out)


if __name__ == "__main__":
    main()
