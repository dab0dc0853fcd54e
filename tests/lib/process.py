"""Programs: run to their end, or started and watched line by line. Nothing here waits for a fixed time."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time

from lib.build import UNITLS, clean_environment, program

PATIENCE = 30


class Result:
    """What a program that has ended left behind."""

    def __init__(self, arguments, code, out, err, seconds):
        self.arguments, self.code, self.seconds = [str(part) for part in arguments], code, seconds
        self.out_bytes, self.err_bytes = out, err
        self.out, self.err = out.decode(errors="replace"), err.decode(errors="replace")

    def __str__(self):
        return (f"{' '.join(self.arguments)}\nexit {self.code} after {self.seconds:.2f} s\n"
                f"stdout: {self.out[-3000:]}\nstderr: {self.err[-3000:]}")


def check_end(code, text, about):
    """A program that died from a signal, or that a sanitizer complained about, fails whatever else was expected."""
    if code < 0:
        raise AssertionError(f"died from {signal.Signals(-code).name}: {about}\n{text}")
    if "Sanitizer" in text or "runtime error:" in text:
        raise AssertionError(f"a sanitizer complains: {about}\n{text}")


def run(*arguments, data=b"", timeout=PATIENCE, env=None, **how):
    begin = time.monotonic()
    done = subprocess.run([str(part) for part in arguments], input=data, capture_output=True, timeout=timeout,
                          env=env or clean_environment(), **how)
    result = Result(arguments, done.returncode, done.stdout, done.stderr, time.monotonic() - begin)
    check_end(result.code, result.err, str(result))
    return result


def unitls(backend, *arguments, env=None, prefix=(), **how):
    """Runs unitls; `backend` is chosen by UNITLS_BACKEND, None leaves the choice to the registry."""
    chosen = {} if backend is None else {"UNITLS_BACKEND": str(backend)}
    return run(*prefix, UNITLS, *arguments, env=clean_environment(**chosen, **(env or {})), **how)


def as_another_user(user=65534):
    """What lets root run a program as a user who is in none of root's groups; nothing for who is not root."""
    if os.geteuid() != 0:
        return ()
    return program("setpriv"), f"--reuid={user}", f"--regid={user}", "--clear-groups"


class Process:
    """A program that goes on until it is stopped; its output is kept as lines."""

    def __init__(self, *arguments, env=None, **how):
        self.arguments = [str(part) for part in arguments]
        self.lines = []
        self._changed = threading.Condition()
        self._ended = False
        self.child = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      stdin=how.pop("stdin", subprocess.DEVNULL), env=env or clean_environment(), **how)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self.child.pid

    def _read(self):
        for line in self.child.stdout:
            with self._changed:
                self.lines.append(line.decode(errors="replace").rstrip("\r\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def text(self):
        return "\n".join(self.lines)

    def wait_for(self, pattern, count=1, start=0):
        """The `count`-th match of a pattern among the lines from `start`."""
        with self._changed:
            matches = []
            def found():
                matches[:] = [hit for hit in (re.search(pattern, line) for line in self.lines[start:]) if hit]
                return len(matches) >= count or self._ended
            self._changed.wait_for(found, timeout=PATIENCE)
            if len(matches) < count:
                raise AssertionError(f"no line like {pattern!r} from {' '.join(self.arguments)}:\n{self.text()}")
            return matches[count - 1]

    def type(self, data, until):
        """Writes to its standard input, and waits for a line that came after it."""
        start = len(self.lines)
        self.child.stdin.write(data)
        self.child.stdin.flush()
        return self.wait_for(until, start=start)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def stop(self, how=signal.SIGTERM):
        """Asks it to end; gives the exit code."""
        if self.child.poll() is None:
            self.child.send_signal(how)
        try:
            code = self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError(f"did not end on {how.name}: {' '.join(self.arguments)}\n{self.text()}")
        self._reader.join(PATIENCE)
        self.child.stdout.close()
        if self.child.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.child.stdin.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
