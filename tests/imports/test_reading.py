"""Files of every kind, encoding and malice: cells come out, or a sentence that says what to do."""

import io
import json
import struct
import unicodedata
import zipfile

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from dialogues.imports import layout, reading, workbook
from dialogues.imports.reading import Refused
from dialogues.imports.rules import Column
from tests.imports.office import FOLDER

HEADER = ["STT", "Họ và tên", "Địa chỉ", "Nội dung kiến nghị", "Ngày"]
LINES = [HEADER, ["1", "Trần Thị Hoè", "Thôn Bãi", "Đường lầy, cống tắc; xin sửa.\nGấp.", "29/10/2025"]]


def as_text(mark, encoding, quote=True):
    rows = [mark.join(f'"{cell}"' if quote else cell for cell in line) for line in LINES]
    return ("\r\n".join(rows) + "\r\n").encode(encoding)


def as_1258():
    """As Windows' own keyboard writes it: the tone behind its letter."""
    decomposed = "".join(
        one
        if one in "âăêôơưđÂĂÊÔƠƯĐ"
        else unicodedata.normalize("NFD", one)
        if unicodedata.normalize("NFD", one)[0] not in "âăêôơư"
        else one
        for one in as_text(";", "utf-8").decode()
    )
    circumflexed = []
    for one in decomposed:
        parts = unicodedata.normalize("NFD", one)
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in "\u0300\u0301\u0303\u0309\u0323"))
        circumflexed.append(base + "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323"))
    text = unicodedata.normalize("NFD", "".join(circumflexed))
    for letter in "âăêôơưÂĂÊÔƠƯ":
        text = text.replace(unicodedata.normalize("NFD", letter), letter)
    return _tones_last(text).encode("cp1258")


def _tones_last(text):
    """Letters that kept a mark below their hat: hat first, tone behind it."""
    found = []
    for one in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", one)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        found.append(unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones)) + tones)
    return "".join(found)


@pytest.mark.parametrize(
    "data",
    [as_text(mark, code) for mark in ",;\t" for code in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le")] + [as_1258()],
)
def test_text_files_of_every_encoding_and_separator_hold_the_same(data):
    sheet = workbook._sheet(json.loads(json.dumps(reading.read(data)[0])))
    assert [[workbook.clean_text(str(cell)) for cell in row] for row in sheet.rows] == LINES


def made_xlsx(change=lambda sheet: None):
    book = openpyxl.Workbook()
    for line in LINES:
        book.active.append(line)
    change(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def made_xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Tổng hợp")
    for row, line in enumerate(LINES):
        for column, cell in enumerate(line):
            sheet.write(row, column, cell)
    sheet.write_merge(3, 4, 1, 1, "Hai dòng")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def made_ods():
    book = OpenDocumentSpreadsheet()
    table = Table(name="Tổng hợp")
    for number, line in enumerate(LINES):
        row = TableRow(**({"visibility": "collapse"} if number else {}))
        for cell in line:
            row.addElement(made := TableCell(valuetype="string"))
            for part in cell.split("\n"):
                made.addElement(P(text=part))
        table.addElement(row)
    merged = TableRow()
    merged.addElement(made := TableCell(valuetype="string", numbercolumnsspanned=3, numberrowsspanned=1))
    made.addElement(P(text="I. Lĩnh vực giao thông"))
    merged.addElement(CoveredTableCell())
    table.addElement(merged)
    book.spreadsheet.addElement(table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("data", [made_xlsx(), made_xls(), made_ods()], ids=["xlsx", "xls", "ods"])
def test_workbooks_of_every_kind_hold_the_same(data):
    rows = reading.read(data)[0]["rows"]
    assert [row[:5] for row in rows[:2]] == LINES


def test_merged_cells_and_hidden_rows_are_told():
    assert (3, 1, 4, 1) in reading.read(made_xls())[0]["merges"]
    ods = reading.read(made_ods())[0]
    assert (ods["merges"], ods["hidden"]) == ([(2, 0, 2, 2)], [1])

    def hide(sheet):
        sheet.merge_cells("A5:C5")
        sheet.row_dimensions[2].hidden = True

    xlsx = reading.read(made_xlsx(hide))[0]
    assert (xlsx["merges"], xlsx["hidden"]) == ([(4, 0, 4, 2)], [1])


def rezipped(data, change):
    """A workbook with parts that were changed: name -> new bytes, or None to leave it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()}
        for name, content in {**parts, **change(parts)}.items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
)
HOSTILE = {
    "empty": (b"", "empty"),
    "blank": (b" \r\n\t ", "empty"),
    "picture called csv": (b"\x89PNG\r\n\x1a\n" + bytes(500), "picture"),
    "pdf": (b"%PDF-1.7\n", "pdf"),
    "noise": (bytes(range(256)) * 40, "not_a_sheet"),
    "web page called xls": (b"\xef\xbb\xbf<html><table><tr><td>STT</td></tr></table></html>", "web_page"),
    "macros": (rezipped(made_xlsx(), lambda _: {"xl/vbaProject.bin": b"x"}), "macros"),
    "bomb": (rezipped(made_xlsx(), lambda _: {"xl/media/a.xml": bytes(21_000_000)}), "bomb"),
    "entities": (rezipped(made_xlsx(), lambda _: {SHEET: ENTITIES}), "entities"),
    "late entities": (
        rezipped(made_xlsx(), lambda p: {SHEET: b"<!--" + b" " * 9000 + b"-->" + ENTITIES[21:]}), "entities"
    ),
    "one cell far away": (
        rezipped(made_xlsx(), lambda p: {SHEET: p[SHEET].replace(b"</row></sheetData>", FAR)}), "many_rows"
    ),
    "cut off": (made_xlsx()[:3000], "broken"),
    "only its start": (b"PK\x03\x04", "broken"),
    "locked": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "document"),
    "half an old workbook": (made_xls()[:2000], "not_a_sheet"),
    "200,000 lines": (b"STT;H\xe1\xbb\x8d t\xc3\xaan;C\xc3\xa2u h\xe1\xbb\x8fi\n" + b"1;A;B\n" * 200_000, "many_rows"),
    "packed": (struct.pack("<HH", 0x8B1F, 8) + bytes(50), "archive"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused_by_its_kind(app, name):
    data, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        reading.read(data)
    assert refused.value.code == code
    with app.test_request_context():
        assert len(workbook.sentence_for(code, refused.value.values)) > 30


def test_a_file_that_fills_the_memory_brings_down_only_its_own_process(app, monkeypatch):
    """Allowed: 900 MB. This reader wants more, and is told apart from one that is merely wrong."""
    from dialogues.errors import RuleBroken

    greedy = FOLDER.parent / "imports" / "greedy.py"
    monkeypatch.setattr(reading, "__file__", str(greedy))
    with app.test_request_context(), pytest.raises(RuleBroken):
        workbook.unpack(b"x")


def test_a_quote_that_is_never_closed_does_not_swallow_the_file():
    lines = ["STT;Họ tên;Nội dung"] + [f"{n};Người {n};Đường số {n} hỏng" for n in range(400)]
    lines[3] = '2;Người 2;"Hải béo nói to'
    rows = reading.read("\n".join(lines).encode())[0]["rows"]
    assert len(rows) == 401


def test_hidden_rows_of_an_old_workbook_are_told():
    book = xlwt.Workbook()
    first, second = book.add_sheet("Tờ 1"), book.add_sheet("Tờ 2")
    for number in range(40):
        for sheet in (first, second):
            sheet.write(number, 0, f"Dòng {number} " + "x" * 100)
    first.row(3).hidden = second.row(7).hidden = second.row(39).hidden = True
    out = io.BytesIO()
    book.save(out)
    assert [sheet["hidden"] for sheet in reading.read(out.getvalue())] == [[3], [7, 39]]


@pytest.mark.parametrize("cut", [80, 600, 3000, 9000])
def test_an_old_workbook_that_is_cut_off_has_no_hidden_rows_and_is_refused(cut):
    with pytest.raises(Refused):
        reading.read(made_xls()[: cut if cut < len(made_xls()) else -200])


def test_a_formula_of_which_the_file_holds_no_result_is_told_and_not_lost():
    """Written by a program that works nothing out; a formula with its result is an ordinary cell."""

    def change(sheet):
        sheet.append(["2", "Lê Văn Tư", "Thôn Bãi", '=CONCATENATE("Xin ","đèn đường")', "29/10/2025"])
        sheet.append([None, None, None, "=D2", None])
        sheet.append(["3", "Lê Văn Sáu", "=C2", "Xin thùng rác", "29/10/2025"])
        sheet.append(["Tổng cộng", None, None, "=COUNTA(D2:D5)", None])

    sheet = workbook.sheets(workbook.unpack(made_xlsx(change)))[0]
    found = layout.rows(sheet, layout.find(sheet), lambda words: False)
    assert [(row.number, row.is_unanswered, Column.TEXT in row.cells) for row in found] == [
        (2, False, True),
        (3, True, False),
        (4, True, False),
        (5, False, True),
    ]
