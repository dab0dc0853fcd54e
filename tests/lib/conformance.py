"""Runs of unitls-conformance whose reports the tests read."""

import functools
import json
import pathlib
import tempfile

from lib.build import BUILD
from lib.process import run

CONFORMANCE = BUILD / "bin" / "unitls-conformance"
# Its texts are markup in every language; its functions fail, crash and hang.
HOSTILE = BUILD / "tests" / "hostile" / "unitls-hostile.so"
# One case for each verdict that it can bring about.
VERDICTS = {"abi/note": "pass", "abi/list": "fail", "abi/unknown-tail": "crash", "abi/sink-stops": "timeout",
            "abi/copied-table": "skip"}
SEED = 4711
SECONDS = 4
NOTHING_RAN, LOST, PASSED = 77, 1, 0


@functools.lru_cache(maxsize=None)
def kept_certificates():
    """Made by the first run of a test program, removed at its end."""
    return tempfile.TemporaryDirectory(prefix="unitls-conformance-test-")


def repeat_of(name):
    """The command that a report of the hostile plugin gives for a case."""
    choices = f"--seed {SEED} --timeout {SECONDS}" if VERDICTS[name] == "timeout" else f"--reproduce {SEED}"
    return (f"unitls-conformance {HOSTILE} --certificates {kept_certificates().name}/made --filter {name} "
            f"{choices}")


def conformance(*arguments, **how):
    return run(CONFORMANCE, *arguments, timeout=how.pop("timeout", 200), **how)


def judge(*arguments, **how):
    return conformance(*arguments, "--certificates", f"{kept_certificates().name}/made", **how)


@functools.lru_cache(maxsize=None)
def hostile_report(form):
    """What is reported of the hostile plugin, as bytes."""
    with tempfile.TemporaryDirectory(prefix="unitls-report-") as folder:
        path = pathlib.Path(folder) / "report"
        filters = [f"--filter={name}" for name in VERDICTS]
        result = judge(HOSTILE, *filters, "--timeout", SECONDS, "--seed", SEED, "--format", form, "-o", path)
        if result.code != LOST or result.out:
            raise AssertionError(str(result))
        return path.read_bytes()


@functools.lru_cache(maxsize=None)
def listed(what):
    """--list or --clauses, as JSON."""
    result = conformance(what, "--format", "json")
    if result.code != PASSED:
        raise AssertionError(str(result))
    return json.loads(result.out)
