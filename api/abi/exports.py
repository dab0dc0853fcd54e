#!/usr/bin/env python3
"""What libunitls.so exports, functions and the types that they reach, held against a baseline by libabigail.

    api/abi/exports.py LIBRARY            compares
    api/abi/exports.py --renew LIBRARY    writes the baseline anew

The library needs its debugging information. See README.md.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BASELINE = HERE / "exports.xml"
# Without places and paths, so that another folder and another line mean nothing.
DESCRIBE = ("abidw", "--exported-interfaces-only", "--drop-private-types", "--drop-undefined-syms", "--no-corpus-path",
            "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed", "--no-architecture",
            "--headers-dir", HERE.parent / "include", "--suppressions", HERE / "exports.abignore")
COMPARE = ("abidiff", "--no-show-locs")
# Bits of abidiff's exit status.
FAILED, WRONG_USE = 1, 2


class ExportsError(Exception):
    pass


def run(command):
    try:
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300)
    except FileNotFoundError:
        raise ExportsError(f"the program {command[0]} is missing: install the Debian package abigail-tools") from None


def describe(library, target):
    done = run([*DESCRIBE, "--out-file", target, library])
    if done.returncode != 0:
        raise ExportsError(f"abidw cannot read {library}: {done.stderr.strip()}")
    if "<class-decl name='unitls_error' size-in-bits=" not in target.read_text():
        raise ExportsError(f"{library} has no debugging information: build it as RelWithDebInfo or Debug")


def compare(baseline, library):
    """The report of what changed; None when nothing did."""
    with tempfile.TemporaryDirectory() as folder:
        present = pathlib.Path(folder) / "present.xml"
        describe(library, present)
        done = run([*COMPARE, baseline, present])
    if done.returncode & (FAILED | WRONG_USE):
        raise ExportsError(f"abidiff failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout.strip() if done.returncode else None


def main():
    parser = argparse.ArgumentParser(description="Compares what libunitls.so exports with the baseline.")
    parser.add_argument("--renew", action="store_true", help="write the baseline")
    parser.add_argument("--baseline", type=pathlib.Path, default=BASELINE)
    parser.add_argument("library", type=pathlib.Path, metavar="LIBRARY")
    chosen = parser.parse_args()
    try:
        if chosen.renew:
            describe(chosen.library, chosen.baseline)
            return 0
        report = compare(chosen.baseline, chosen.library)
    except (ExportsError, OSError) as fault:
        print(f"exports: {fault}", file=sys.stderr)
        return 1
    if report is None:
        return 0
    print(f"exports: what {chosen.library.name} exports has changed:\n{report}\n"
          "A program that was built before meets something else. If this is meant (and no function or member that was "
          "there is gone or different, once 1.0 is out),\nrun api/abi/exports.py --renew LIBRARY and commit the baseline.",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
