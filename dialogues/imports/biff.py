"""Hidden rows of an old workbook (.xls), which calamine does not tell. Runs in the process of `reading`: standard
library only. Nothing here refuses a file: what cannot be followed has no hidden rows.
"""

import struct

_FREE = 0xFFFFFFF0
"""Numbers of sectors from here on mean "no sector"."""
_BOF, _EOF, _ROW, _SHEET = 0x0809, 0x000A, 0x0208, 0x0085
_HIDDEN = 0x20


def hidden_rows(data: bytes) -> list[set[int]]:
    """The hidden rows (from 0) of each sheet, in the order of the workbook."""
    try:
        book = _workbook(data)
        return [_hidden_of(book, start) for start in _starts(book)]
    except (struct.error, IndexError, ValueError):
        return []


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook out of the compound file around it."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    def numbers(part: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(part) // 4}I", part)

    tables, following = list(numbers(data[76:512])), struct.unpack_from("<I", data, 68)[0]
    for _ in range(len(data) // size):
        if following >= _FREE:
            break
        *more, following = numbers(sector(following))
        tables += more
    links = [one for number in tables if number < _FREE for one in numbers(sector(number))]

    def chain(number: int) -> bytes:
        found: list[bytes] = []
        while number < _FREE and len(found) <= len(links):
            found.append(sector(number))
            number = links[number]
        return b"".join(found)

    folder = chain(struct.unpack_from("<I", data, 48)[0])
    for place in range(0, len(folder), 128):
        entry = folder[place : place + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(length - 2, 0)].decode("utf-16-le", "replace") in ("Workbook", "Book"):
            start, total = struct.unpack_from("<II", entry, 116)
            return chain(start)[:total] if total >= struct.unpack_from("<I", data, 56)[0] else b""
    return b""


def _starts(book: bytes) -> list[int]:
    """Where the sheets begin in the stream."""
    found: list[int] = []
    place = 0
    while place + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, place)
        if kind == _SHEET:
            found.append(struct.unpack_from("<I", book, place + 4)[0])
        elif kind == _EOF:
            break
        place += 4 + length
    return found


def _hidden_of(book: bytes, place: int) -> set[int]:
    """The hidden rows of the sheet that begins here; charts inside it are passed over."""
    found: set[int] = set()
    depth = 0
    while place + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, place)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if kind == _ROW and depth == 1 and length >= 14 and struct.unpack_from("<H", book, place + 16)[0] & _HIDDEN:
            found.add(struct.unpack_from("<H", book, place + 4)[0])
        place += 4 + length
    return found
