"""A strict reader of TAP version 14, as far as one program's plain results go: no subtests, no pragmas."""

import json
import re

TEST = re.compile(r"(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])*?)(?: # (SKIP|TODO)(?: ((?:[^#\\]|\\[#\\])*))?)?")
SCALAR = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\nt])*"|-?\d+(?:\.\d+)?')


class Malformed(Exception):
    pass


def plain(text):
    return re.sub(r"\\([#\\])", r"\1", text) if text is not None else None


def scalar(text):
    if not SCALAR.fullmatch(text):
        raise Malformed(f"no scalar: {text!r}")
    return json.loads(text)  # these escapes are those of JSON, too


def read_block(lines):
    """A YAML mapping of scalars and lists of scalars, after its `---`; the lines up to `...` are taken."""
    block, key = {}, None
    while lines:
        line = lines.pop(0)
        if line == "  ...":
            return block
        entry = re.fullmatch(r"  ([a-z]+):(?: (.*))?", line)
        item = re.fullmatch(r"    - (.*)", line)
        if entry:
            key = entry[1]
            if key in block:
                raise Malformed(f"twice: {key}")
            block[key] = [] if entry[2] is None else scalar(entry[2])
        elif item and isinstance(block.get(key), list):
            block[key].append(scalar(item[1]))
        else:
            raise Malformed(f"no YAML of ours: {line!r}")
    raise Malformed("a block has no end")


def read(data):
    """A list of results: ok, number, description, directive, reason, block. Comments are dropped."""
    text = data.decode()
    if not text.endswith("\n"):
        raise Malformed("the last line has no end")
    lines = text[:-1].split("\n")
    if lines.pop(0) != "TAP version 14":
        raise Malformed("no version line")
    plan, results = None, []
    while lines:
        line = lines.pop(0)
        test = TEST.fullmatch(line)
        if re.fullmatch(r"1\.\.\d+", line):
            if plan is not None:
                raise Malformed("two plans")
            plan = int(line[3:])
        elif test:
            block = {}
            if lines and lines[0] == "  ---":
                lines.pop(0)
                block = read_block(lines)
            results.append({"ok": not test[1], "number": int(test[2]), "description": plain(test[3]),
                            "directive": test[4], "reason": plain(test[5]), "block": block})
        elif not line.startswith("# "):
            raise Malformed(f"unknown: {line!r}")
    if [each["number"] for each in results] != list(range(1, len(results) + 1)) or plan != len(results):
        raise Malformed(f"the plan is {plan}, and there are {len(results)} results")
    return results
