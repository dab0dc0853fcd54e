#!/usr/bin/env python3
"""The layout of every struct and the value of every constant of the C headers, held against golden files.

The compilers say what they are, for each data model: LP64 and ILP32 by gcc, LLP64 by mingw-w64's gcc. See README.md.
"""

import argparse
import dataclasses
import pathlib
import re
import subprocess
import sys

from c_headers import HEADERS, HeaderError, abi_version, read_headers

HERE = pathlib.Path(__file__).resolve().parent
COMMAND = "api/abi/layout.py --renew"
# The compiler of each data model and the Debian package that has it. Nothing is linked and no header of a C library is
# needed beyond those of the language.
MODELS = {
    "lp64": (("gcc", "-m64"), "gcc"),
    "ilp32": (("gcc", "-m32", "-ffreestanding"), "gcc"),
    "llp64": (("x86_64-w64-mingw32-gcc",), "gcc-mingw-w64-x86-64-win32"),
}


class LayoutError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class PlacedMember:
    name: str
    offset: int
    size: int
    declaration: str


@dataclasses.dataclass(frozen=True)
class PlacedStruct:
    name: str
    size: int
    alignment: int
    members: tuple


@dataclasses.dataclass(frozen=True)
class Layout:
    version: tuple
    structs: dict    # name -> PlacedStruct
    constants: dict  # name -> value
    types: dict      # name -> text


# ------------------------------------------------------------------------------------- asking a compiler ----

def question(declarations):
    """A program whose assembler text has the answers: nothing needs to be linked or run."""
    lines = [f"#include <unitls/{header}>" for header in HEADERS]
    lines.append("void answer(void) {")
    ask = '  __asm__ volatile("\\n-> {text}" : : {values});'

    def add(text, *values):
        places = " ".join(f"%c{i}" for i in range(len(values)))
        lines.append(ask.format(text=f"{text} {places}", values=", ".join(f'"i"({value})' for value in values)))

    for name, members in declarations.structs.items():
        add(f"struct {name}", f"sizeof({name})", f"_Alignof({name})")
        for member in members:
            add(f"member {name} {member.name}", f"offsetof({name}, {member.name})",
                f"sizeof((({name} *)0)->{member.name})")
    for name in declarations.constants:
        add(f"constant {name}", name)
    return "\n".join(lines + ["}", ""])


def compile_question(model, folder, text):
    command, package = MODELS[model]
    arguments = [*command, "-std=c11", "-O0", "-S", f"-I{folder}", "-x", "c", "-o", "-", "-"]
    try:
        done = subprocess.run(arguments, input=text, capture_output=True, text=True, timeout=60)
    except FileNotFoundError:
        raise LayoutError(f"{model}: the compiler {command[0]} is missing: install the Debian package {package}") from None
    if done.returncode != 0:
        raise LayoutError(f"{model}: {' '.join(arguments)} failed:\n{done.stderr}")
    return re.findall(r"^-> (.*)$", done.stdout, re.M)


def check_cover(model, struct):
    """Every byte belongs to one member: nothing was overlooked, and there is no implicit padding."""
    end = 0
    for member in struct.members:
        if member.offset != end:
            raise LayoutError(f"{model}: {struct.name}.{member.name} is at {member.offset}, although the member before it "
                              f"ends at {end}: implicit padding, or a member that this program cannot read")
        end += member.size
    if end != struct.size:
        raise LayoutError(f"{model}: the members of {struct.name} end at {end}, its size is {struct.size}: implicit padding")


def measure(model, folder):
    """The layout of the headers in FOLDER/unitls."""
    declarations = read_headers(folder)
    sizes, places, constants = {}, {}, {}
    for line in compile_question(model, folder, question(declarations)):
        kind, *words = line.split()
        if kind == "struct":
            sizes[words[0]] = (int(words[1]), int(words[2]))
        elif kind == "member":
            places[words[0], words[1]] = (int(words[2]), int(words[3]))
        else:
            constants[words[0]] = int(words[1])
    structs = {}
    for name, members in declarations.structs.items():
        placed = tuple(PlacedMember(member.name, *places[name, member.name], member.declaration) for member in members)
        structs[name] = PlacedStruct(name, *sizes[name], placed)
        check_cover(model, structs[name])
    return Layout(abi_version(folder), structs, constants, declarations.types)


# ------------------------------------------------------------------------------------------ golden files ----

def text_of(model, layout):
    lines = [f"# Made by {COMMAND}; not to be edited.", "abi {}.{}".format(*layout.version), f"model {model}"]
    for struct in layout.structs.values():
        lines += ["", f"struct {struct.name} size {struct.size} alignment {struct.alignment}"]
        lines += [f"{member.offset:6} {member.size:4}  {member.name}: {member.declaration}" for member in struct.members]
    lines += ["", *(f"constant {name} {value}" for name, value in layout.constants.items())]
    lines += ["", *(f"type {name}: {text}" for name, text in layout.types.items()), ""]
    return "\n".join(lines)


def parse(text):
    """What text_of made."""
    version, open_struct, structs, constants, types = None, None, {}, {}, {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith(("#", "model ")):
            continue
        if found := re.fullmatch(r"abi (\d+)\.(\d+)", line):
            version = (int(found[1]), int(found[2]))
        elif found := re.fullmatch(r"struct (\w+) size (\d+) alignment (\d+)", line):
            open_struct = PlacedStruct(found[1], int(found[2]), int(found[3]), ())
            structs[found[1]] = open_struct
        elif open_struct and (found := re.fullmatch(r" +(\d+) +(\d+)  (\w+): (.*)", line)):
            member = PlacedMember(found[3], int(found[1]), int(found[2]), found[4])
            open_struct = dataclasses.replace(open_struct, members=(*open_struct.members, member))
            structs[open_struct.name] = open_struct
        elif found := re.fullmatch(r"constant (\w+) (-?\d+)", line):
            constants[found[1]] = int(found[2])
        elif found := re.fullmatch(r"type (\w+): (.*)", line):
            types[found[1]] = found[2]
        else:
            raise LayoutError(f"line {number} is none of a golden file: '{line}'")
    if version is None:
        raise LayoutError("there is no line 'abi MAJOR.MINOR'")
    return Layout(version, structs, constants, types)


def read_golden(folder, model):
    """None when there is no golden file yet."""
    path = folder / f"{model}.txt"
    if not path.exists():
        return None
    try:
        return parse(path.read_text())
    except LayoutError as fault:
        raise LayoutError(f"{path}: {fault}") from None


# -------------------------------------------------------------------------------------------- comparison ----

@dataclasses.dataclass(frozen=True)
class Difference:
    text: str
    # Something new beside the old, which nobody who knows only the old can meet.
    is_addition: bool = False


def member_differences(old, new):
    before = {member.name: member for member in old.members}
    after = {member.name: member for member in new.members}
    for name, member in before.items():
        now = after.get(name)
        where = f"{old.name}.{name}"
        if now is None:
            yield Difference(f"{where} is gone")
            continue
        if now.offset != member.offset:
            yield Difference(f"{where} moved from offset {member.offset} to {now.offset}")
        if now.size != member.size:
            yield Difference(f"{where} had size {member.size} and has {now.size}")
        if now.declaration != member.declaration:
            yield Difference(f"{where} was '{member.declaration}' and is '{now.declaration}'")
    for name, member in after.items():
        if name not in before:
            yield Difference(f"{old.name}.{name} is new, at offset {member.offset}")


def struct_differences(old, new):
    for name, struct in old.items():
        if name not in new:
            yield Difference(f"struct {name} is gone")
            continue
        now = new[name]
        yield from member_differences(struct, now)
        if (struct.size, struct.alignment) != (now.size, now.alignment):
            yield Difference(f"{name} had size {struct.size} and alignment {struct.alignment}, and has "
                             f"{now.size} and {now.alignment}")
    for name in new:
        if name not in old:
            yield Difference(f"struct {name} is new", is_addition=True)


def word_differences(kind, old, new):
    for name, value in old.items():
        if name not in new:
            yield Difference(f"{kind} {name} is gone")
        elif new[name] != value:
            yield Difference(f"{kind} {name} was {value} and is {new[name]}")
    for name in new:
        if name not in old:
            yield Difference(f"{kind} {name} is new", is_addition=True)


# Its change is what makes another change deliberate.
VERSION_CONSTANTS = {"UNITLS_ABI_MAJOR", "UNITLS_ABI_MINOR"}


def differences(old, new):
    def known(layout):
        return {name: value for name, value in layout.constants.items() if name not in VERSION_CONSTANTS}
    return [*struct_differences(old.structs, new.structs), *word_differences("constant", known(old), known(new)),
            *word_differences("type", old.types, new.types)]


def version_text(version):
    return "{}.{}".format(*version)


def refusal(model, golden, measured):
    """Why a golden file may not be replaced by what was measured; None when it may."""
    found = differences(golden, measured)
    changes = [each.text for each in found if not each.is_addition]
    if measured.version < golden.version:
        return (f"{model}: backend.h says ABI {version_text(measured.version)}, and the golden layout is already of "
                f"{version_text(golden.version)}")
    if changes and measured.version == golden.version:
        return "\n".join([f"{model}: the layout of ABI {version_text(golden.version)} has changed:",
                          *(f"  {each}" for each in changes),
                          "A plugin that was built before would read and write the wrong places. If this is meant, raise "
                          f"UNITLS_ABI_MINOR and UNITLS_PRIVATE_ABI_MINOR in backend.h, then run {COMMAND} and commit "
                          "its files."])
    return None


def complaint(model, golden, measured):
    """What is wrong with the tree; None when the golden file tells what was measured."""
    if golden is None:
        return f"{model}: there is no golden layout: run {COMMAND} and commit its files"
    refused = refusal(model, golden, measured)
    if refused:
        return refused
    found = differences(golden, measured)
    if found or golden.version != measured.version:
        return "\n".join([f"{model}: the golden layout is out of date (ABI {version_text(golden.version)}, backend.h says "
                          f"{version_text(measured.version)}):", *(f"  {each.text}" for each in found),
                          f"Run {COMMAND} and commit its files."])
    return None


def main():
    parser = argparse.ArgumentParser(description="Compares the layout of the C headers' structs and the values of their "
                                     "constants with the golden files in api/abi/layout.")
    parser.add_argument("--renew", action="store_true", help="write the golden files; a changed layout needs a raised "
                        "UNITLS_ABI_MINOR")
    parser.add_argument("--headers", type=pathlib.Path, default=HERE.parent / "include", help="the folder with unitls/*.h")
    parser.add_argument("--golden", type=pathlib.Path, default=HERE / "layout", help="the folder of the golden files")
    parser.add_argument("--model", action="append", choices=MODELS, help="only this data model; repeatable")
    chosen = parser.parse_args()
    complaints = []
    try:
        for model in chosen.model or MODELS:
            golden, measured = read_golden(chosen.golden, model), measure(model, chosen.headers)
            wrong = refusal(model, golden, measured) if chosen.renew and golden else complaint(model, golden, measured)
            if chosen.renew and (golden is None or not wrong):
                (chosen.golden / f"{model}.txt").write_text(text_of(model, measured))
            elif wrong:
                complaints.append(wrong)
    except (LayoutError, HeaderError, OSError) as fault:
        complaints.append(str(fault))
    for each in complaints:
        print(f"layout: {each}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
