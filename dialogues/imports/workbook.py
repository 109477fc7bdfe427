"""A file from outside as sheets of cells: read by `reading` in a process with limits, refused with what to do."""

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from threading import Semaphore
from typing import Any

from flask_babel import gettext as _

from dialogues.errors import RuleBroken
from dialogues.imports import reading
from dialogues.imports.layout import Sheet
from dialogues.imports.rules import MOST_BYTES
from dialogues.imports.values import Cell
from dialogues.language import number
from dialogues.text import clean_text

WAITS = 40
_two_at_a_time = Semaphore(2)


def sentence_for(code: str, values: dict[str, Any]) -> str:
    """What a person reads about a file that is refused."""
    said = {
        "empty": _("This file is empty. Choose the file with the questions."),
        "encrypted": _("This file is locked with a password. Open it in Excel, take the password off, save it, "
        "and choose it again."),
        "macros": _("This file holds macros (programs), which are not let in. Save it in Excel as “Excel "
        "Workbook (.xlsx)” and choose that one."),
        "bomb": _("This file unpacks into far too much. Copy the table into a new workbook, save it, and choose "
        "that one."),
        "entities": _("This file holds parts that spreadsheets do not need and that can do harm. Open it in "
        "Excel, save it as .xlsx, and choose that one."),
        "broken": _("This file is damaged or was not sent completely. Open it on your computer: if that works, "
        "save it as .xlsx and choose it again."),
        "picture": _("This file is a picture, whatever its name says. Choose the spreadsheet; pictures of paper "
        "forms are attached to a question."),
        "pdf": _("This file is a PDF. Choose the spreadsheet from which it was made (.xlsx, .xls, .ods or .csv)."),
        "document": _("This file is a text document. Copy its table into Excel, save it as .xlsx, and choose "
        "that one."),
        "archive": _("This file is an archive. Unpack it, and choose the spreadsheet in it."),
        "binary_workbook": _("This kind of workbook (.xlsb) cannot be read. Save it in Excel as .xlsx and "
        "choose that one."),
        "web_page": _("This file is a web page that is called a spreadsheet. Open it in Excel, save it as "
        ".xlsx, and choose that one."),
        "not_a_sheet": _("This file is no spreadsheet that can be read. Choose a file of the kind .xlsx, .xls, "
        ".ods or .csv."),
        "slow": _("Reading this file takes too long. Copy the table into a new workbook, save it, and choose "
        "that one."),
    }  # fmt: skip
    sheet, most = values.get("sheet", ""), values.get("most", 0)
    of_sheet = _("the sheet “%(name)s”", name=sheet) if sheet else _("the file")
    if code == "many_rows":
        return _(
            "There are more than %(most)s rows in %(sheet)s. Delete empty rows at the end, or split it into "
            "several files.",
            most=number(most), sheet=of_sheet,
        )  # fmt: skip
    if code == "many_columns":
        return _(
            "There are more than %(most)s columns in %(sheet)s. Delete the columns that are not needed.",
            most=number(most),
            sheet=of_sheet,
        )
    if code == "many_sheets":
        return _("This file has more than %(most)s sheets. Split it into several files.", most=most)
    if code in ("large_text", "large"):
        return too_large()
    return said.get(code, said["not_a_sheet"])


def too_large() -> str:
    """Of a file above the limit."""
    return _(
        "The file is larger than 10 MB. Delete pictures and sheets that are not needed, or split it into several files."
    )


def unpack(data: bytes) -> str:
    """The cells of a file as JSON, for the database; raises RuleBroken (field "file") with what to do."""
    if len(data) > MOST_BYTES:
        raise RuleBroken(too_large(), "file")
    with _two_at_a_time:
        try:
            done = subprocess.run(  # noqa: S603 (our own script; the file is its input)
                [sys.executable, "-I", str(Path(reading.__file__))], input=data, capture_output=True, timeout=WAITS
            )
        except subprocess.TimeoutExpired:
            raise RuleBroken(sentence_for("slow", {}), "file") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # it fell over its limits
        raise RuleBroken(sentence_for("slow" if done.returncode == -24 else "bomb", {}), "file") from None
    if "refused" in answer:
        raise RuleBroken(sentence_for(answer["refused"], answer["values"]), "file")
    return json.dumps(answer["sheets"], ensure_ascii=False, separators=(",", ":")).replace("\\u0000", "")


def sheets(cells: str) -> list[Sheet]:
    """The sheets out of what `unpack` gave."""
    return [_sheet(one) for one in json.loads(cells)]


def _sheet(one: dict[str, Any]) -> Sheet:
    rows = [[_cell(cell) for cell in row] for row in one["rows"]]
    merges = [(r1, c1, r2, c2) for r1, c1, r2, c2 in one["merges"]]
    unanswered = frozenset((row, column) for row, column in one.get("unanswered", []))
    return Sheet(
        clean_text(one["name"]), rows, merges, frozenset(one["hidden"]), one["is_hidden"], one["is_csv"], unanswered
    )


def _cell(cell: Any) -> Cell:
    if isinstance(cell, dict):
        return datetime.fromisoformat(cell["d"]).date() if "T" in cell["d"] else date.fromisoformat(cell["d"])
    return cell if isinstance(cell, int) else clean_text(str(cell))
