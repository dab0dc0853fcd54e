"""Writes old_plugin_facts.h: what the note of a plugin says, for the older plugin around it.

    plugin_facts.py PLUGIN.so HEADER WITHOUT...     WITHOUT: capabilities that an older header cannot keep
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from lib.elf import Elf  # noqa: E402  (the path comes first)

NOTE_PLUGIN = 1


def main(plugin, header, *without):
    notes = [text for name, kind, text in Elf(plugin).notes() if (name, kind) == ("unitls", NOTE_PLUGIN)]
    identifier, version, description, library, _, *capabilities = notes[0].rstrip(b"\0").decode().split("\0")
    lines = [f"#define OLD_{name} {json.dumps(text)}" for name, text in (
        ("FILE", plugin), ("ID", identifier), ("VERSION", version), ("DESCRIPTION", description), ("LIBRARY", library))]
    kept = " ".join(f"X({json.dumps(name)})" for name in capabilities if name not in without)
    lines.append(f"#define OLD_CAPABILITIES(X) {kept}")
    pathlib.Path(header).write_text("\n".join(lines) + "\n")


main(*sys.argv[1:])
