#!/usr/bin/env python3
"""Keeps the headers of the plugin ABI as an older program would have them: without the last members of some structs.

An old plugin under today's host, and today's plugin under an old host, are built from them. Of a frozen ABI they would
be the headers of 1.0; until then they are today's, cut here. See README.md.
"""

import argparse
import difflib
import pathlib
import re
import sys

from c_headers import HeaderError, abi_version, without_comments

HERE = pathlib.Path(__file__).resolve().parent
COMMAND = "api/abi/keep_headers.py --renew"
HEADERS = ("types.h", "backend.h")
# Struct -> the first member that is not kept. A REQUEST is whole: one that is smaller than its first version is refused
# (U-03), and until something is appended after the freeze the present version is the first.
CUTS = {
    "types.h": {"unitls_info": "server_name", "unitls_item": "reserved_0"},
    "backend.h": {"unitls_transport": "sendv", "unitls_backend": "verified_certificates", "unitls_plugin": "reserved_0"},
}
LICENSE = "/* SPDX-License-Identifier: Apache-2.0 OR MIT */\n"
ABOUT = ("/* Kept headers of ABI {version}: today's without their comments and without the last members of some structs. "
         "Made by\n * {command}; not to be edited. */\n")


def cut_struct(text, name, member):
    """Removes `member` of the struct and whatever follows it."""
    whole = re.search(rf"^typedef struct {name} \{{(.*?)^\}} {name};", text, re.M | re.S)
    if not whole:
        raise HeaderError(f"there is no struct {name} to cut")
    kept = []
    for declaration in whole[1].split(";")[:-1]:
        if re.search(rf"\b{member}\b(\)\(.*|\[\w+\])?$", declaration, re.S):
            break
        kept.append(declaration)
    else:
        raise HeaderError(f"{name} has no member {member} to cut at")
    return text[:whole.start(1)] + ";".join(kept) + ";\n" + text[whole.end(1):]


def cut_initialiser(text):
    """UNITLS_PLUGIN names every member of a descriptor, the one that was cut among them."""
    short, count = re.subn(r"\bopen,\s*\\\s*NULL\}", "open}", text)
    if count != 1:
        raise HeaderError("UNITLS_PLUGIN no longer ends with 'open, NULL}'")
    return short


def kept_text(folder, header):
    code = without_comments((folder / "unitls" / header).read_text())
    for name, member in CUTS[header].items():
        code = cut_struct(code, name, member)
    if header == "backend.h":
        code = cut_initialiser(code)
    lines = [line.rstrip() for line in code.splitlines()]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
    about = ABOUT.format(version="{}.{}".format(*abi_version(folder)), command=COMMAND)
    return LICENSE + about + text


def words(text):
    """White space is clang-format's."""
    return re.findall(r"\w+|[^\w\s]", text.replace("\\\n", " "))


def complaint(path, expected):
    if not path.exists():
        return f"{path} is missing: run {COMMAND} and commit its files"
    kept, wanted = words(path.read_text()), words(expected)
    if kept == wanted:
        return None
    changed = [each for each in difflib.ndiff(kept, wanted) if each[0] in "+-"]
    return f"{path} is not what today's header gives ({' '.join(changed[:12])}): run {COMMAND} and commit its files"


def main():
    parser = argparse.ArgumentParser(description="Compares the kept headers of the present ABI version with what today's "
                                     "headers give.")
    parser.add_argument("--renew", action="store_true", help="write them")
    parser.add_argument("--headers", type=pathlib.Path, default=HERE.parent / "include", help="the folder with unitls/*.h")
    parser.add_argument("--kept", type=pathlib.Path, default=HERE / "headers", help="the folder of the kept headers")
    chosen = parser.parse_args()
    complaints = []
    try:
        folder = chosen.kept / "{}.{}".format(*abi_version(chosen.headers)) / "unitls"
        for header in HEADERS:
            text, path = kept_text(chosen.headers, header), folder / header
            if chosen.renew:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            elif wrong := complaint(path, text):
                complaints.append(wrong)
    except (HeaderError, OSError) as fault:
        complaints.append(str(fault))
    for each in complaints:
        print(f"keep_headers: {each}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
