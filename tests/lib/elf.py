"""The parts of a 64-bit little-endian ELF file that the tests ask about."""

import pathlib
import struct

PT_LOAD, PT_DYNAMIC, PT_NOTE = 1, 2, 4
DT_NEEDED, DT_STRTAB, DT_SONAME = 1, 5, 14


class Elf:
    def __init__(self, path):
        self.bytes = pathlib.Path(path).read_bytes()
        if self.bytes[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path} is no 64-bit little-endian ELF file")
        table, = struct.unpack_from("<Q", self.bytes, 32)
        size, count = struct.unpack_from("<HH", self.bytes, 54)
        # type, flags, offset, address, physical address, size in the file, size in memory, alignment
        self.segments = [struct.unpack_from("<IIQQQQQQ", self.bytes, table + i * size) for i in range(count)]

    def end_of_segments(self):
        """What lies behind is for debuggers and linkers, not for the loader."""
        return max(offset + size for _, _, offset, _, _, size, _, _ in self.segments)

    def _offset(self, address):
        for kind, _, offset, start, _, size, _, _ in self.segments:
            if kind == PT_LOAD and start <= address < start + size:
                return offset + address - start
        raise ValueError(f"no segment holds {address:#x}")

    def _string(self, offset):
        return self.bytes[offset:self.bytes.index(b"\0", offset)].decode()

    def dynamic(self):
        """(tag, value) pairs."""
        pairs = []
        for kind, _, offset, _, _, size, _, _ in self.segments:
            if kind == PT_DYNAMIC:
                pairs += [struct.unpack_from("<QQ", self.bytes, offset + i) for i in range(0, size, 16)]
        return pairs

    def needed(self):
        """The libraries that it is linked to."""
        pairs = self.dynamic()
        names = [value for tag, value in pairs if tag == DT_STRTAB]
        return [self._string(self._offset(names[0]) + value) for tag, value in pairs if tag == DT_NEEDED]

    def notes(self):
        """(name, type, description) of every note."""
        found = []
        for kind, _, offset, _, _, size, _, alignment in self.segments:
            if kind != PT_NOTE:
                continue
            step, end = max(alignment, 4), offset + size
            while offset + 12 <= end:
                name_size, size_of_text, number = struct.unpack_from("<III", self.bytes, offset)
                begin = offset + 12
                text = begin + name_size + (-(12 + name_size) % step)
                found.append((self.bytes[begin:begin + name_size].rstrip(b"\0").decode(), number,
                              self.bytes[text:text + size_of_text]))
                offset = text + size_of_text + (-size_of_text % step)
        return found
