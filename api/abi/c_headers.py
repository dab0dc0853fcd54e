"""What the C headers declare: structs with their members, enumerators, types. They are plain C99, and read as such."""

import dataclasses
import re

# Of a program that includes all of them; insecure.h holds constants only.
HEADERS = ("types.h", "backend.h", "extensions.h", "insecure.h", "unitls.h")


class HeaderError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Member:
    name: str
    declaration: str  # "char field[UNITLS_ERROR_FIELD_SIZE]"


@dataclasses.dataclass(frozen=True)
class Declarations:
    structs: dict    # name -> list of Member
    constants: list  # names of enumerators
    types: dict      # name of a typedef -> what it stands for


def one_line(text):
    return " ".join(text.split())


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def without_preprocessor(text):
    return re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*$", "", text, flags=re.M)


def member_of(declaration):
    function = re.search(r"\(\s*UNITLS_CALL\s*\*\s*(\w+)\s*\)", declaration)
    value = re.search(r"(\w+)(?:\s*\[\w+\])?$", declaration)
    found = function or value
    if not found:
        raise HeaderError(f"cannot read the member '{declaration}'")
    return Member(found[1], declaration)


def read_structs(text):
    structs = {}
    for name, body in re.findall(r"^typedef struct (\w+) \{(.*?)^\} \1;", text, re.M | re.S):
        members = [one_line(part) for part in body.split(";")]
        structs[name] = [member_of(declaration) for declaration in members if declaration]
    begun = re.findall(r"\bstruct (\w+)\s*\{", text)
    if sorted(begun) != sorted(structs):
        raise HeaderError(f"read the structs {sorted(structs)}, although {sorted(begun)} are defined")
    return structs


def read_constants(text):
    names = []
    for body in re.findall(r"\benum\s*\{(.*?)\}", text, re.S):
        names += [one_line(part.split("=")[0]) for part in body.split(",") if part.strip()]
    wrong = [name for name in names if not re.fullmatch(r"UNITLS_\w+", name)]
    if wrong:
        raise HeaderError(f"cannot read the enumerators {wrong}")
    return names


def read_types(text):
    types = {}
    for result, name, parameters in re.findall(r"^typedef ([^;{(]*)\(\s*UNITLS_CALL \*(\w+)\)\((.*?)\);", text,
                                               re.M | re.S):
        types[name] = f"{one_line(result)}({one_line(parameters)})"
    for what, name in re.findall(r"^typedef ([^;{(]*?)(\w+);", text, re.M):
        types[name] = one_line(what)
    return types


def read_headers(folder, headers=HEADERS):
    """The declarations of the headers in FOLDER/unitls."""
    text = "\n".join((folder / "unitls" / header).read_text() for header in headers)
    code = without_preprocessor(without_comments(text))
    return Declarations(read_structs(code), read_constants(code), read_types(code))


def abi_version(folder):
    """(major, minor) as backend.h says."""
    text = without_comments((folder / "unitls" / "backend.h").read_text())
    found = [re.search(rf"\bUNITLS_ABI_{part} = (\d+)", text) for part in ("MAJOR", "MINOR")]
    if None in found:
        raise HeaderError("backend.h does not say UNITLS_ABI_MAJOR and UNITLS_ABI_MINOR")
    return tuple(int(each[1]) for each in found)
