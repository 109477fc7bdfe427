"""From the cells of a row to what would be imported, and what has to be said of it. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from dialogues.imports import values
from dialogues.imports.layout import Layout, Row, Sheet, title_lines
from dialogues.imports.rules import QUIET, Column, Mark, Notice, Reason
from dialogues.imports.values import Window, as_text, is_blank
from dialogues.imports.villages import Doubt, Gazetteer
from dialogues.places.rules import Field
from dialogues.questions.rules import MAX_TEXT, IntakeChannel
from dialogues.text import clean_text

C = Column
VILLAGE_REASONS = {Doubt.UNKNOWN: Reason.UNKNOWN_VILLAGE, Doubt.AMBIGUOUS: Reason.AMBIGUOUS_VILLAGE}


@dataclass(frozen=True)
class Entry:
    """One row as it would come in, and what was written where it was not understood."""

    text: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    village_id: int | None = None
    village_written: str = ""
    doubt: str = ""
    field: str = ""
    fields: tuple[str, ...] = ()
    channel: str = ""
    day: str = ""
    day_written: str = ""
    publish_name: bool = False
    message: bool = False
    contact: bool = False
    reply_by: str = ""
    number: str = ""
    unit: str = ""
    note: str = ""
    notices: tuple[str, ...] = ()
    """What reading found; a row that a clerk saved has only those that still hold."""

    def as_json(self) -> dict[str, Any]:
        """For the database: what is empty is left out."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items() if v}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Entry":
        values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in kept.items()}
        return cls(**values)


@dataclass(frozen=True)
class Reading:
    """What the cells of a file are read with."""

    gazetteer: Gazetteer
    window: Window
    today: date
    channel: IntakeChannel
    """How rows came in that do not say it."""
    field_words: Sequence[tuple[str, Field]] = ()
    channel_words: Sequence[tuple[str, IntakeChannel]] = ()
    kept: dict[str, Any] = field(default_factory=dict)

    def fields(self, written: str) -> tuple[list[Field], bool]:
        key = f"f:{written}"
        if key not in self.kept:
            self.kept[key] = values.read_fields(written, self.field_words)
        found: tuple[list[Field], bool] = self.kept[key]
        return found

    def channel_of(self, written: str) -> IntakeChannel | None:
        key = f"c:{written}"
        if key not in self.kept:
            self.kept[key] = values.read_channel(written, self.channel_words)
        found: IntakeChannel | None = self.kept[key]
        return found

    def is_section_word(self, text: str) -> bool:
        """Whether these words name a field, a village or a channel of ours."""
        return bool(self.fields(text)[0]) or isinstance(self.gazetteer.find(text), int)


def read_sheet(
    sheet: Sheet, layout: Layout, reading: Reading, rows: Callable[..., list[Row]]
) -> Iterator[tuple[Row, Entry]]:
    """All rows of a sheet, one after the other."""
    found = rows(sheet, layout, reading.is_section_word)
    is_month_first = values.is_month_first((row.cells.get(C.DAY, "") for row in found), reading.window)
    usual = (
        None if layout.of(C.VILLAGE) or layout.of(C.NAME_AND_VILLAGE) else village_of(sheet, layout, reading.gazetteer)
    )
    for row in found:
        yield row, _entry(row, reading, is_month_first, usual)


def village_of(sheet: Sheet, layout: Layout, gazetteer: Gazetteer) -> int | None:
    """The village of a whole sheet: its name says it, or a line above the header ("Thôn: Đồng")."""
    lines = [sheet.name, *(line.replace(":", " ") for line in title_lines(sheet, layout) if len(line) < 60)]
    return next((found for line in lines if isinstance(found := gazetteer.find(line), int)), None)


def _line(row: Row, column: Column) -> str:
    return " ".join(as_text(row.cells.get(column, "")).split())


def _entry(row: Row, reading: Reading, is_month_first: bool, usual: int | None) -> Entry:
    notices: list[Notice] = []
    text = clean_text(as_text(row.cells.get(C.TEXT, "")))
    text = "" if is_blank(text) else text
    name, place = _person(row)
    phone = values.read_phone(row.cells.get(C.PHONE, ""))
    email = values.read_email(_line(row, C.EMAIL))
    reply_by = _line(row, C.REPLY_BY)
    message = values.is_yes(_line(row, C.MESSAGE)) or values.wants_message(reply_by)
    found = Entry(
        text=text,
        name=values.read_name(name)[:120],
        phone=phone.number,
        email=email[:200],
        publish_name=values.is_yes(_line(row, C.PUBLISH_NAME)) and bool(values.read_name(name)),
        message=message,
        contact=values.wants_call(reply_by),
        reply_by=reply_by[:200],
        number=_line(row, C.NUMBER)[:20],
        unit=_line(row, C.UNIT)[:200],
        note=_line(row, C.NOTE)[:500],
    )
    found = _placed(found, place, row, reading, usual, notices)
    found = _sorted_in(found, row, reading, notices)
    found = _dated(found, row, reading, is_month_first, notices)
    notices += [phone.notice] if phone.notice else []
    notices += [Notice.EMAIL_ODD] if "@" in _line(row, C.EMAIL) and not email else []
    notices += [Notice.NO_REACH] if message and not (phone.number or email) else []
    notices += [Notice.HIDDEN_ROW] if row.is_hidden else []
    notices += [Notice.FORMULA_WITHOUT_RESULT] if row.is_unanswered else []
    notices += [Notice.PERSON_FROM_ABOVE] if row.from_above else []
    return replace(found, notices=tuple(dict.fromkeys([*(one.value for one in notices), *values.hints(text)])))


def _person(row: Row) -> tuple[str, str]:
    """Name and place as written; from one cell where they share it."""
    if C.NAME_AND_VILLAGE not in row.cells:
        return _line(row, C.NAME), _line(row, C.VILLAGE)
    both = clean_text(as_text(row.cells[C.NAME_AND_VILLAGE]))
    name, place = values.name_and_place(both)
    return name, place or _line(row, C.VILLAGE)


def _placed(entry: Entry, place: str, row: Row, reading: Reading, usual: int | None, notices: list[Notice]) -> Entry:
    found = reading.gazetteer.find(place)
    if found is Doubt.NOT_WRITTEN:
        above = [hit for one in row.sections if isinstance(hit := reading.gazetteer.find(one), int)]
        village_id = above[-1] if above else usual
        if village_id is None:
            notices.append(Notice.NO_VILLAGE)
        return replace(entry, village_id=village_id, village_written=place[:200])
    if isinstance(found, Doubt):
        return replace(entry, village_written=place[:200], doubt=VILLAGE_REASONS[found].value)
    return replace(entry, village_id=found, village_written=place[:200])


def _sorted_in(entry: Entry, row: Row, reading: Reading, notices: list[Notice]) -> Entry:
    """Field and channel: from the cell, else from the sections above."""
    written = as_text(row.cells.get(C.FIELD, ""))
    fields, is_understood = reading.fields(written) if not is_blank(written) else ([], True)
    if not fields and is_blank(written):
        for section in reversed(row.sections):
            fields, _ = reading.fields(section)
            if fields:
                fields = fields[:1]
                break
        else:
            is_understood = not row.sections
    if not fields:
        notices.append(Notice.NO_FIELD if is_understood else Notice.UNKNOWN_FIELD)
    elif len(fields) > 1:
        notices.append(Notice.SEVERAL_FIELDS)
    channel, said = reading.channel, _line(row, C.CHANNEL)
    if said:
        known = reading.channel_of(said)
        channel = known or channel
        notices += [] if known else [Notice.UNKNOWN_CHANNEL]
    elif row.has_channels:
        notices.append(Notice.NO_CHANNEL)
    names = tuple(one.value for one in fields)
    return replace(entry, field=names[0] if names else "", fields=names, channel=channel.value)


def _dated(entry: Entry, row: Row, reading: Reading, is_month_first: bool, notices: list[Notice]) -> Entry:
    cell = row.cells.get(C.DAY, "")
    written = _line(row, C.DAY)
    if is_blank(written):
        notices.append(Notice.NO_DAY)
        return entry
    day = values.read_day(cell, reading.window.last, is_month_first)
    if day is None:
        notices.append(Notice.UNREADABLE_DAY)
    elif day > reading.today:
        notices.append(Notice.STILL_TO_COME)
    elif day not in reading.window:
        notices.append(Notice.OUTSIDE_WINDOW)
    return replace(entry, day=day.isoformat() if day else "", day_written=written[:100])


def reason_of(entry: Entry, is_double: bool) -> Reason | None:
    """Why it cannot come in; the first of the list that holds."""
    if not entry.text:
        return Reason.MISSING_CONTENT
    if entry.doubt:
        return Reason(entry.doubt)
    if len(entry.text) > MAX_TEXT:
        return Reason.CONTENT_TOO_LONG
    return Reason.DUPLICATE_ROW if is_double else None


def mark_of(reason: Reason | None, notices: Sequence[str], is_seen: bool) -> Mark:
    """What becomes of it. A row that a person saved needs no second look."""
    if reason:
        return Mark.REFUSED
    loud = [one for one in notices if Notice(one) not in QUIET]
    return Mark.LOOK if loud and not is_seen else Mark.READY


def key_of(entry: Entry) -> str:
    """What makes two rows the same (see `values.same_key`)."""
    return values.same_key(entry.name, entry.village_id, entry.text)
