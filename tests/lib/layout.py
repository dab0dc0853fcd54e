"""The C headers' structs for ctypes, made from the golden layout of this machine's data model."""

import ctypes
import functools
import re
import sys

from lib.build import SOURCE

sys.path.insert(0, str(SOURCE / "api/abi"))
import layout as golden_layout  # noqa: E402  (the path comes first)

SCALARS = {
    "uint8_t": ctypes.c_uint8, "uint16_t": ctypes.c_uint16, "uint32_t": ctypes.c_uint32, "uint64_t": ctypes.c_uint64,
    "int32_t": ctypes.c_int32, "int64_t": ctypes.c_int64, "size_t": ctypes.c_size_t, "char": ctypes.c_char,
    "unitls_status": ctypes.c_int32, "unitls_verify_flags": ctypes.c_uint64,
}


def golden():
    """Of the data model that python itself was built for."""
    pointer, long = ctypes.sizeof(ctypes.c_void_p), ctypes.sizeof(ctypes.c_long)
    model = {(8, 8): "lp64", (4, 4): "ilp32", (8, 4): "llp64"}[pointer, long]
    return golden_layout.read_golden(SOURCE / "api/abi/layout", model)


def member_type(declaration, layout):
    if re.fullmatch(r"const char \*\w+", declaration):
        return ctypes.c_char_p
    if "*" in declaration or re.match(r"unitls_\w+_function\b", declaration):
        return ctypes.c_void_p
    kind, _, array = re.fullmatch(r"(\w+) (\w+)(?:\[(\w+)\])?", declaration).groups()
    value = SCALARS.get(kind) or structure(kind)
    return value * layout.constants[array] if array else value


@functools.lru_cache(maxsize=None)
def structure(name):
    """A ctypes.Structure of that struct of the headers. Where its members lie is ctypes' own opinion."""
    layout = golden()
    fields = [(member.name, member_type(member.declaration, layout)) for member in layout.structs[name].members]
    return type(name, (ctypes.Structure,), {"_fields_": fields})


def make(name, **members):
    """One of these, zeroed but for the members; struct_size is set where there is one."""
    kind = structure(name)
    if kind._fields_[0][0] == "struct_size":
        members.setdefault("struct_size", ctypes.sizeof(kind))
    return kind(**members)
