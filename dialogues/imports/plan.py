"""How a file is read: which sheets, which header, what each column means, when it was collected. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dialogues.imports import layout, values
from dialogues.imports.layout import Layout, Sheet
from dialogues.imports.rules import Column
from dialogues.imports.values import Window
from dialogues.questions.rules import IntakeChannel
from dialogues.text import fold

Remembered = Callable[[str], tuple[dict[int, Column], str] | None]
"""What the columns with these headers meant the last time, and how the rows came in."""


@dataclass(frozen=True)
class SheetPlan:
    """One sheet: read or not, with this layout."""

    is_read: bool
    layout: Layout
    is_remembered: bool = False


@dataclass(frozen=True)
class Plan:
    sheets: tuple[SheetPlan, ...]
    window: Window
    channel: IntakeChannel
    is_window_guessed: bool = False
    """Neither the file nor the dialogue says when questions were collected: its days do."""

    def as_json(self) -> dict[str, Any]:
        return {
            "sheets": [
                {
                    "is_read": one.is_read,
                    "first": one.layout.first,
                    "last": one.layout.last,
                    "columns": {str(c): meaning.value for c, meaning in one.layout.columns.items()},
                    "labels": list(one.layout.labels),
                    "is_remembered": one.is_remembered,
                }
                for one in self.sheets
            ],
            "window": [self.window.first.isoformat(), self.window.last.isoformat()],
            "channel": self.channel.value,
            "is_window_guessed": self.is_window_guessed,
        }

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Plan":
        sheets = tuple(
            SheetPlan(
                one["is_read"],
                Layout(
                    one["first"], one["last"], {int(c): Column(m) for c, m in one["columns"].items()},
                    tuple(one["labels"]),
                ),
                one["is_remembered"],
            )
            for one in kept["sheets"]
        )  # fmt: skip
        first, last = (date.fromisoformat(day) for day in kept["window"])
        return cls(sheets, Window(first, last), IntakeChannel(kept["channel"]), kept["is_window_guessed"])


NO_HEADER = Layout(0, -1, {}, ())


def guess(sheets: Sequence[Sheet], remembered: Remembered, dialogue: Window) -> Plan:
    """The program's own reading of a file: every sheet with a header is read."""
    found, channel = [], ""
    for sheet in sheets:
        one = layout.find(sheet)
        if one is None:
            found.append(SheetPlan(False, NO_HEADER))
            continue
        known = remembered(one.fingerprint)
        if known and set(known[0]) <= set(one.columns):
            one, channel = replace(one, columns={**one.columns, **known[0]}), channel or known[1]
        found.append(SheetPlan(True, one, known is not None))
    window, is_guessed = _window(sheets, found, dialogue)
    said = IntakeChannel(channel) if channel else _channel(found)
    return Plan(tuple(found), window, said, is_guessed)


def at_header(sheet: Sheet, row: int) -> Layout:
    """The layout with the header that a person names, from 1; 0: the sheet has none."""
    if row == 0:
        columns = dict.fromkeys(range(sheet.width), Column.NOTHING)
        if sheet.width:
            columns[max(columns, key=lambda c: sum(len(sheet.text(r, c)) for r in range(len(sheet.rows))))] = (
                Column.TEXT
            )
        return Layout(0, -1, columns, tuple("" for _ in columns))
    found = layout.find(sheet)
    if found and found.first + 1 <= row <= found.last + 1:
        return found
    return layout.layout_at(sheet, row - 1, row - 1)


def _channel(sheets: Sequence[SheetPlan]) -> IntakeChannel:
    """How rows came in that do not say it: a form on the web has questions for headers and a time stamp, a pile of
    paper the numbers of its sheets."""
    labels = [fold(label) for one in sheets if one.is_read for label in one.layout.labels]
    if any("phieu" in label for label in labels):
        return IntakeChannel.PAPER_FORM
    if any("dau thoi gian" in label or "timestamp" in label for label in labels) or sum("?" in la for la in labels) > 1:
        return IntakeChannel.PORTAL
    return IntakeChannel.VILLAGE_MEETING


def _window(sheets: Sequence[Sheet], plans: Sequence[SheetPlan], dialogue: Window) -> tuple[Window, bool]:
    """From when to when was collected: as a title says; else the time before the dialogue, unless the days of the file
    lie elsewhere."""
    titles = (line for sheet, one in zip(sheets, plans, strict=True) for line in layout.title_lines(sheet, one.layout))
    if written := values.window_written(titles):
        return written, False
    days = []
    for sheet, one in zip(sheets, plans, strict=True):
        cells = [
            row[column] for column in one.layout.of(Column.DAY) for row in sheet.rows[one.layout.last + 1 :]
            if column < len(row) and row[column] != ""
        ]  # fmt: skip
        is_month_first = values.is_month_first(cells, dialogue)
        with_year = [cell for cell in cells if not isinstance(cell, str) or len(cell) > 7]
        days += [day for cell in with_year if (day := values.read_day(cell, date(2100, 12, 31), is_month_first))]
    days.sort()
    if not days or sum(day in dialogue for day in days) * 2 >= len(days):
        return dialogue, False
    middle = days[len(days) // 2]
    near = [day for day in days if abs((day - middle).days) <= 75]
    return Window(near[0] - timedelta(days=7), near[-1] + timedelta(days=7)), True
