"""Programs that read calendar files, each with its own code, and what each of them understands.

Others read with one of these and are not asked again: khal and vdirsyncer (icalendar), Nextcloud and Thunderbird
(ical.js), GNOME (libical), Radicale (vobject; only what it gives back over CalDAV is tested).
"""

from __future__ import annotations

import ctypes
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar

VENDOR = Path(__file__).parents[1] / "vendor"
LIBICAL = "libical.so.3"
NO_LIBICAL = "libical was not found: install the Debian package libical3 (apt install libical3) to run these tests."


@dataclass(frozen=True)
class Entry:
    """One event or task as a program understands it. Instants are aware and in UTC, days are dates."""

    kind: str
    uid: str
    sequence: int
    status: str
    summary: str
    location: str
    description: str
    start: datetime | date
    end: datetime | date
    completed: datetime | None = None


Read = Callable[[bytes], list[Entry]]


def in_utc(when: Any) -> Any:
    return when.astimezone(UTC) if isinstance(when, datetime) else when


# -- icalendar (Python) -----------------------------------------------------------------------------------------------


def with_icalendar(body: bytes) -> list[Entry]:
    def entry(one: Any) -> Entry:
        def text(name: str) -> str:
            return str(one.get(name, ""))

        end = one["DTEND"] if one.name == "VEVENT" else one["DUE"]
        completed = one.get("COMPLETED")
        return Entry(
            one.name, text("UID"), int(one["SEQUENCE"]), text("STATUS"), text("SUMMARY"), text("LOCATION"),
            text("DESCRIPTION"), in_utc(one["DTSTART"].dt), in_utc(end.dt), completed and in_utc(completed.dt),
        )  # fmt: skip

    read = icalendar.Calendar.from_ical(body)
    assert not read.errors
    return [entry(one) for one in read.subcomponents if one.name in ("VEVENT", "VTODO")]


# -- vobject (Python) -------------------------------------------------------------------------------------------------


def with_vobject(body: bytes) -> list[Entry]:
    import vobject

    def entry(one: Any) -> Entry:
        def value(name: str, default: Any = "") -> Any:
            return getattr(one, name).value if hasattr(one, name) else default

        return Entry(
            one.name, value("uid"), int(value("sequence")), value("status"), value("summary"), value("location"),
            value("description"), in_utc(value("dtstart")),
            in_utc(value("dtend" if one.name == "VEVENT" else "due")), in_utc(value("completed", None)),
        )  # fmt: skip

    read = vobject.readOne(body.decode())
    read.validate(raiseException=True)
    return [entry(one) for one in read.components() if one.name in ("VEVENT", "VTODO")]


# -- ical (Python; Home Assistant's) ----------------------------------------------------------------------------------


def with_ical(body: bytes) -> list[Entry]:
    from ical.calendar_stream import IcsCalendarStream

    def entry(one: Any, kind: str, end: Any, completed: Any = None) -> Entry:
        return Entry(
            kind, one.uid, one.sequence, one.status.value if one.status else "", one.summary, one.location or "",
            one.description or "", in_utc(one.dtstart), in_utc(end), in_utc(completed),
        )  # fmt: skip

    read = IcsCalendarStream.calendar_from_ics(body.decode())
    events = [entry(one, "VEVENT", one.dtend) for one in read.events]
    return events + [entry(one, "VTODO", one.due, one.completed) for one in read.todos]


# -- libical (C) ------------------------------------------------------------------------------------------------------


class _Time(ctypes.Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_dst")),
        ("zone", ctypes.c_void_p),
    ]


class LibIcal:
    """The parser of GNOME and KDE, by its own functions."""

    _TEXTS = "uid", "summary", "location", "description"
    _TIMES = "dtstart", "dtend", "due"

    def __init__(self) -> None:
        """OSError where the library is missing."""
        self.c = ctypes.CDLL(LIBICAL)
        pointer = ctypes.c_void_p
        for name in ("icalparser_parse_string", "icalcomponent_get_first_component", "icalcomponent_get_next_component",
                     "icalcomponent_get_first_property"):  # fmt: skip
            getattr(self.c, name).restype = pointer
        self.c.icalproperty_status_to_string.restype = ctypes.c_char_p
        for name in self._TEXTS:
            getattr(self.c, f"icalcomponent_get_{name}").restype = ctypes.c_char_p
        for name in self._TIMES:
            getattr(self.c, f"icalcomponent_get_{name}").restype = _Time
        self.c.icalproperty_get_completed.restype = _Time
        self.c.icaltime_is_utc.argtypes = [_Time]

    def __call__(self, body: bytes) -> list[Entry]:
        with self.parsed(body) as root:
            assert self.c.icalcomponent_count_errors(root) == 0
            return [entry for kind in ("VEVENT", "VTODO") for entry in self._entries(root, kind)]

    @contextmanager
    def parsed(self, body: bytes) -> Iterator[ctypes.c_void_p]:
        root = ctypes.c_void_p(self.c.icalparser_parse_string(body))
        assert root, "libical reads no calendar in it"
        try:
            yield root
        finally:
            self.c.icalcomponent_free(root)

    def keeps_the_rules(self, body: bytes) -> bool:
        """Whether it holds what RFC 5545 and, for its METHOD, RFC 5546 ask of each component."""
        with self.parsed(body) as root:
            return bool(self.c.icalrestriction_check(root)) and self.c.icalcomponent_count_errors(root) == 0

    def _entries(self, root: ctypes.c_void_p, name: str) -> Iterator[Entry]:
        kind = self.c.icalcomponent_string_to_kind(name.encode())
        found = self.c.icalcomponent_get_first_component(root, kind)
        while found:
            yield self._entry(ctypes.c_void_p(found), name)
            found = self.c.icalcomponent_get_next_component(root, kind)

    def _entry(self, one: ctypes.c_void_p, kind: str) -> Entry:
        texts = {name: (getattr(self.c, f"icalcomponent_get_{name}")(one) or b"").decode() for name in self._TEXTS}
        end = self.c.icalcomponent_get_dtend(one) if kind == "VEVENT" else self.c.icalcomponent_get_due(one)
        status = self.c.icalcomponent_get_status(one)
        done = self.c.icalcomponent_get_first_property(one, self.c.icalproperty_string_to_kind(b"COMPLETED"))
        return Entry(
            kind=kind,
            sequence=self.c.icalcomponent_get_sequence(one),
            status=(self.c.icalproperty_status_to_string(status) or b"").decode() if status else "",
            start=self._when(self.c.icalcomponent_get_dtstart(one)),
            end=self._when(end),
            completed=self._when(self.c.icalproperty_get_completed(ctypes.c_void_p(done))) if done else None,
            **texts,
        )

    def _when(self, time: _Time) -> Any:
        if time.is_date:
            return date(time.year, time.month, time.day)
        assert self.c.icaltime_is_utc(time)
        return datetime(time.year, time.month, time.day, time.hour, time.minute, time.second, tzinfo=UTC)


# -- ical.js (JavaScript) ---------------------------------------------------------------------------------------------

_IN_BROWSER = """text => {
  const root = new ICAL.Component(ICAL.parse(text));
  const when = value => value && {day: value.isDate, text: value.toJSDate().toISOString(),
                                  wall: [value.year, value.month, value.day], zone: value.zone.tzid};
  return root.getAllSubcomponents().map(one => {
    const value = name => one.getFirstPropertyValue(name);
    return {kind: one.name.toUpperCase(), uid: value("uid"), sequence: value("sequence"), status: value("status") || "",
            summary: value("summary"), location: value("location") || "", description: value("description") || "",
            start: when(value("dtstart")), end: when(value(one.name === "vevent" ? "dtend" : "due")),
            completed: when(value("completed"))};
  });
}"""


class IcalJs:
    """The parser of Thunderbird and Nextcloud, in Chromium."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.add_script_tag(path=VENDOR / "ical.js")

    def __call__(self, body: bytes) -> list[Entry]:
        return [self._entry(one) for one in self.page.evaluate(_IN_BROWSER, body.decode())]

    @classmethod
    def _entry(cls, one: dict[str, Any]) -> Entry:
        return Entry(**{**one, **{name: cls._when(one[name]) for name in ("start", "end", "completed")}})

    @staticmethod
    def _when(value: dict[str, Any] | None) -> Any:
        if value is None:
            return None
        if value["day"]:
            return date(*value["wall"])
        assert value["zone"] == "UTC"
        return datetime.fromisoformat(value["text"])


@contextmanager
def chromium_page(program: str, arguments: list[str]) -> Iterator[Any]:
    """An empty page, for scripts that need nothing else."""
    from playwright.sync_api import sync_playwright

    with warnings.catch_warnings(), sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser.new_page()
        finally:
            browser.close()
