"""Cells of a spreadsheet file, read in a process of its own: run as a script, bytes in, JSON out.

A file from outside may be made to fill the memory or never to end. Here it can only bring this process down, which has
a limit of memory and of time. Hence nothing of the program is imported. What is refused is told by a short code, for
which `workbook` has a sentence.
"""

import codecs
import csv
import importlib.util
import io
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

MOST_ROWS = 6_000
"""Rows down to the last filled one, titles and blank ones included."""
MOST_COLUMNS = 200
MOST_SHEETS = 60
MOST_UNPACKED = 120_000_000
MOST_PARTS = 3_000
MOST_IN_A_CELL = 40_000
MOST_TEXT = 12_000_000
MEMORY, SECONDS = 900_000_000, 25

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = {
    b"\x89PNG": "picture", b"\xff\xd8\xff": "picture", b"GIF8": "picture", b"BM": "picture", b"RIFF": "picture",
    b"II*\x00": "picture", b"MM\x00*": "picture", b"%PDF": "pdf", b"{\\rtf": "not_a_sheet", b"MZ": "not_a_sheet",
    b"\x1f\x8b": "archive", b"Rar!": "archive", b"7z\xbc\xaf": "archive",
}  # fmt: skip

_OTHER_PACKAGES = {"xl/workbook.bin": "binary_workbook", "word/document.xml": "document"}

Merge = tuple[int, int, int, int]
Place = tuple[int, int]
"""Row and column of a cell, from 0."""


class Refused(Exception):
    """Cannot be read, or must not be: `code` and what the sentence needs."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def read(data: bytes) -> list[dict[str, Any]]:
    """The sheets: name, is_hidden, is_csv, rows (from row 1, column A on), merges, hidden (indices of rows)."""
    if not data.strip():
        raise Refused("empty")
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if data.startswith(b"PK"):
        raise Refused("broken")
    if data.startswith(_OLE):
        return _old_excel(data)
    for start, code in _OTHER_KINDS.items():
        if data.startswith(start) and (start != b"BM" or b"\x00" in data[:20]):
            raise Refused(code)
    if (
        data[:3000]
        .lstrip(b"\xef\xbb\xbf \r\n\t")
        .lower()
        .startswith((b"<html", b"<!doc", b"<table", b"<?xml", b"<meta"))
    ):
        raise Refused("web_page")
    return _csv(data)


# -- workbooks --------------------------------------------------------------------------------------------------------


def _zipped(data: bytes) -> list[dict[str, Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = _check_archive(archive)
            if "content.xml" in names:
                if b"opendocument.text" in archive.read("mimetype" if "mimetype" in names else "content.xml")[:80]:
                    raise Refused("document")
                merges, hidden = _scan_ods(archive)
                return _calamine(data, merges, hidden)
            if "xl/workbook.xml" not in names:
                raise Refused(next((code for part, code in _OTHER_PACKAGES.items() if part in names), "archive"))
            return _calamine(data, None, *_scan_xlsx(archive))
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        KeyError,
        NotImplementedError,
        expat.ExpatError,
        zipfile.LargeZipFile,
    ):
        raise Refused("broken") from None
    except RuntimeError:  # zipfile's word for a password
        raise Refused("encrypted") from None


def _check_archive(archive: zipfile.ZipFile) -> set[str]:
    """The names of its parts, after looking at their sizes and kinds."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused("bomb")
    if any(part.file_size > 20_000_000 and part.file_size > 400 * max(1, part.compress_size) for part in parts):
        raise Refused("bomb")
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names):
        raise Refused("macros")
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refused("encrypted")
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as file:
                start = file.read(4096).replace(b"\x00", b"").upper()
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise Refused("entities")
    return names


def _walk(archive: zipfile.ZipFile, name: str, parser: Any) -> None:
    """Feed a part to expat; what was refused inside ends it. Never more than the limit, whatever its size says."""

    def no_entities(*_: Any) -> None:
        raise Refused("entities")

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = no_entities
    read = 0
    with archive.open(name) as file:
        while chunk := file.read(262_144):
            read += len(chunk)
            if read > MOST_UNPACKED:
                raise Refused("bomb")
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _elements(archive: zipfile.ZipFile, name: str, *wanted: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def start(tag: str, more: dict[str, str]) -> None:
        if tag.split(":")[-1] in wanted:
            found.append(more)

    parser.StartElementHandler = start
    _walk(archive, name, parser)
    return found


def _scan_xlsx(archive: zipfile.ZipFile) -> tuple[list[set[int]], list[list[Place]]]:
    """The hidden rows of each sheet, and the cells with a formula of which no result is stored (a program wrote them
    and nobody opened the file since); refuses a sheet that is too large before anything makes room for its cells."""
    sheets = _elements(archive, "xl/workbook.xml", "sheet")
    if len(sheets) > MOST_SHEETS:
        raise Refused("many_sheets", most=MOST_SHEETS)
    targets = {
        one.get("Id"): one.get("Target", "") for one in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    hidden: list[set[int]] = []
    unanswered: list[list[Place]] = []
    for sheet in sheets:
        target = targets.get(next((v for k, v in sheet.items() if k.split(":")[-1] == "id"), None)) or ""
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        found = _scan_sheet(archive, path, sheet.get("name", "")) if "worksheets/" in path else (set(), [])
        hidden.append(found[0])
        unanswered.append(found[1])
    return hidden, unanswered


def _scan_sheet(archive: zipfile.ZipFile, path: str, name: str) -> tuple[set[int], list[Place]]:
    hidden: set[int] = set()
    unanswered: list[Place] = []
    at: dict[str, Any] = {"row": 0, "column": 0, "has_formula": False, "has_result": False, "in_result": False}
    parser = expat.ParserCreate()

    def start(tag: str, more: dict[str, str]) -> None:
        tag = tag.split(":")[-1]
        if tag == "row":
            at["row"] = int(more.get("r") or at["row"] + 1)
            at["column"] = 0
            if more.get("hidden") in ("1", "true"):
                hidden.add(at["row"] - 1)
        elif tag == "c":
            at.update(column=at["column"] + 1, has_formula=False, has_result=False)
            if place := re.match(r"([A-Z]{1,3})(\d{1,7})$", more.get("r", "")):
                at["column"] = 0
                for letter in place[1]:
                    at["column"] = at["column"] * 26 + ord(letter) - 64
                at["row"] = int(place[2])
        elif tag == "f":
            at["has_formula"] = True
        elif tag in ("v", "is"):
            at["in_result"] = True
            _check_place(name, at["row"], at["column"])

    def text(_: str) -> None:
        at["has_result"] |= at["in_result"]

    def end(tag: str) -> None:
        tag = tag.split(":")[-1]
        if tag in ("v", "is"):
            at["in_result"] = False
        elif tag == "c" and at["has_formula"] and not at["has_result"]:
            _check_place(name, at["row"], at["column"])
            unanswered.append((at["row"] - 1, at["column"] - 1))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    _walk(archive, path, parser)
    return hidden, unanswered


def _check_place(sheet: str, row: int, column: int) -> None:
    if row > MOST_ROWS:
        raise Refused("many_rows", sheet=sheet, most=MOST_ROWS)
    if column > MOST_COLUMNS:
        raise Refused("many_columns", sheet=sheet, most=MOST_COLUMNS)


def _scan_ods(archive: zipfile.ZipFile) -> tuple[list[list[Merge]], list[set[int]]]:
    """Merged cells and hidden rows of each sheet, which calamine does not tell of this kind."""
    merges: list[list[Merge]] = []
    hidden: list[set[int]] = []
    at: dict[str, Any] = {"name": "", "row": 0, "column": 0, "times": 1, "cell": 1, "in_cell": False}
    parser = expat.ParserCreate()

    def start(tag: str, more: dict[str, str]) -> None:
        if tag == "table:table":
            merges.append([])
            hidden.append(set())
            at.update(name=more.get("table:name", ""), row=0)
            if len(merges) > MOST_SHEETS:
                raise Refused("many_sheets", most=MOST_SHEETS)
        elif tag == "table:table-row" and hidden:
            at.update(column=0, times=int(more.get("table:number-rows-repeated", 1)))
            if more.get("table:visibility") in ("collapse", "filter") and at["times"] < MOST_ROWS:
                hidden[-1].update(range(at["row"], at["row"] + at["times"]))
        elif tag in ("table:table-cell", "table:covered-table-cell") and merges:
            at["cell"] = int(more.get("table:number-columns-repeated", 1))
            down, along = (
                int(more.get("table:number-rows-spanned", 1)),
                int(more.get("table:number-columns-spanned", 1)),
            )
            if down > 1 or along > 1:
                merges[-1].append((at["row"], at["column"], at["row"] + down - 1, at["column"] + along - 1))
            if "office:value-type" in more:
                _check_place(at["name"], at["row"] + at["times"], at["column"] + at["cell"])

    def end(tag: str) -> None:
        if tag == "table:table-row":
            at["row"] += at["times"]
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            at["column"] += at["cell"]

    parser.StartElementHandler, parser.EndElementHandler = start, end
    _walk(archive, "content.xml", parser)
    return merges, hidden


def _old_excel(data: bytes) -> list[dict[str, Any]]:
    """BIFF, or an encrypted .xlsx in the same wrapping. Names in its directory are UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("encrypted")
    if any(name.encode("utf-16-le") in data for name in ("_VBA_PROJECT", "Macros")):
        raise Refused("macros")
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise Refused("document" if "WordDocument".encode("utf-16-le") in data else "not_a_sheet")
    return _calamine(data, None, _neighbour("biff").hidden_rows(data))


def _neighbour(name: str) -> Any:
    """A module of this folder, found by its file: this process knows no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise Refused("broken")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _calamine(
    data: bytes,
    merges: list[list[Merge]] | None,
    hidden: list[set[int]] | None,
    unanswered: list[list[Place]] | None = None,
) -> list[dict[str, Any]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [_sheet(book, number, one, merges, hidden) for number, one in enumerate(book.sheets_metadata)]
    except python_calamine.PasswordError:
        raise Refused("encrypted") from None
    except (Refused, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in its Rust part is no Exception
        raise Refused("encrypted" if "password" in str(error).lower() else "broken") from None
    for sheet, cells in zip(sheets, unanswered or [], strict=False):
        sheet["unanswered"] = cells
    return sheets


def _sheet(book: Any, number: int, one: Any, merges: Any, hidden: Any) -> dict[str, Any]:
    shown = str(one.visible).rsplit(".", 1)[-1]
    found = {"name": one.name, "is_hidden": shown != "Visible", "is_csv": False, "rows": []}
    found |= {"merges": [], "hidden": [], "unanswered": []}
    if not str(one.typ).endswith("WorkSheet"):
        return found
    sheet = book.get_sheet_by_index(number)
    if sheet.end is None:
        return found
    _check_place(one.name, sheet.end[0] + 1, sheet.end[1] + 1)
    found["rows"] = [[_plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    if merges is not None:
        found["merges"] = merges[number] if number < len(merges) else []
    else:
        found["merges"] = [(r1, c1, r2, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or []]
    found["hidden"] = sorted(hidden[number]) if hidden is not None and number < len(hidden) else []
    return found


def _plain(cell: Any) -> Any:
    """A cell for JSON: a day as {"d": ...}, whole numbers without their .0."""
    if isinstance(cell, (datetime, date)):
        return {"d": cell.isoformat()}
    if isinstance(cell, (time, timedelta)):
        return str(cell)
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return cell[:MOST_IN_A_CELL] if isinstance(cell, str) else cell


# -- text files -------------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    """UTF-8, UTF-16 (also without mark), else Windows-1258, whose marks stand behind their letters."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data[: len(data) // 2 * 2 if name == "utf-16" else None].decode(name, "replace")
    start = data[:4000]
    if start.count(0) > len(start) // 5:
        is_little = start[1::2].count(0) >= start[0::2].count(0)
        return data[: len(data) // 2 * 2].decode("utf-16-le" if is_little else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    loose = data.decode("utf-8", "replace")
    if loose.count("\ufffd") <= 3 and len(re.findall("[\u1e00-\u1eff]", loose)) > 10:
        return loose
    try:
        return data.decode("cp1258")
    except UnicodeDecodeError:
        return data.decode("cp1258", "replace")


def _csv(data: bytes) -> list[dict[str, Any]]:
    text = _decoded(data)
    odd = len(re.findall("[\x00-\x08\x0e-\x1f\x7f\ufffd]", text[:20_000]))
    if odd > len(text[:20_000]) // 50 or len(text) > MOST_TEXT:
        raise Refused("not_a_sheet" if len(text) <= MOST_TEXT else "large_text")
    rows = _records(text.replace("\x00", ""))
    return [
        {"name": "", "is_hidden": False, "is_csv": True, "rows": rows, "merges": [], "hidden": [], "unanswered": []}
    ]


def _records(text: str) -> list[list[str]]:
    named = re.match(r"sep=(.)\r?\n", text, re.I)
    if named:
        return _split(text[named.end() :], named[1])
    return _split(text, max(";,\t|", key=lambda mark: _regularity(text[:60_000], mark)))


def _regularity(start: str, mark: str) -> float:
    """How much these records look like one table: the share of records with the usual number of cells, and that
    number. Commas in sentences come in all numbers."""
    counts = Counter(len(row) for row, _ in zip(_lines(start, mark), range(60), strict=False) if any(row))
    wide = Counter({cells: number for cells, number in counts.items() if cells > 1})
    if not wide:
        return 0.0
    cells, number = max(wide.items(), key=lambda one: (one[1], one[0]))
    return number / sum(counts.values()) * min(cells, 12)


def _lines(text: str, mark: str, quoting: Any = csv.QUOTE_MINIMAL) -> Iterator[list[str]]:
    csv.field_size_limit(MOST_TEXT)
    return csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=quoting)


def _split(text: str, mark: str) -> list[list[str]]:
    """The records; when a single quote swallowed half the file, the quotes are taken as plain marks."""
    rows: list[list[str]] = []
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        rows.clear()
        for row in _lines(text, mark, quoting):
            rows.append([cell[:MOST_IN_A_CELL] for cell in row[:MOST_COLUMNS]])
            _check_place("", len(rows), 1)
        if not any(cell.count("\n") > 150 for row in rows for cell in row):
            break
    return rows


# -- the process ------------------------------------------------------------------------------------------------------


def _limit() -> None:
    """Memory and time of this process, where the system knows such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main() -> None:
    """Standard input to standard output."""
    _limit()
    try:
        answer: dict[str, Any] = {"sheets": read(sys.stdin.buffer.read())}
    except Refused as refused:
        answer = {"refused": refused.code, "values": refused.values}
    except MemoryError:
        answer = {"refused": "bomb", "values": {}}
    except (csv.Error, RecursionError, ValueError, OverflowError):
        answer = {"refused": "broken", "values": {}}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
