"""Calendar files after RFC 5545, 5546 and 7986. Pure: values in, bytes out; the one builder for downloads, feeds and
invitations by mail.

Times are written in UTC. Nothing personal is put in here by itself: callers pass what everybody with the link may read.
The lines are written here and not by a library: a feed of 1,000 events takes a library most of a second.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from dialogues.text import clean_line, clean_text

PRODUCT = "-//Doi thoai//Dialogues with the people//VI"
REFRESH = "PT6H"
"""How often programs that subscribed may ask again."""
DEFAULT_LENGTH = timedelta(hours=2)
"""For an event without a sensible end: some programs drop events that have none."""

NAMELESS = "–"
"""libical drops what has a name without a letter, and then the whole entry breaks the rules."""


class Status(enum.StrEnum):
    """RFC 5545, 3.8.1.11, for events."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


class TaskStatus(enum.StrEnum):
    """RFC 5545, 3.8.1.11, for tasks."""

    NEEDS_ACTION = "NEEDS-ACTION"
    IN_PROCESS = "IN-PROCESS"
    COMPLETED = "COMPLETED"


@dataclass(frozen=True)
class CalendarEvent:
    """One event: from `starts_at` to `ends_at` (aware), or the whole day `all_day_on`.

    `uid` never changes; `sequence` rises with every change of time, place or state. `url` is also written at the end of
    the description, because many programs do not show URL. `stamped_at`: when a mail with it was made (None: when the
    event was changed). Without `status` nothing is said of it, as RFC 5546 wants it for one guest who is taken off.
    """

    uid: str
    sequence: int
    status: Status | None
    summary: str
    created: datetime
    changed: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day_on: date | None = None
    location: str = ""
    description: str = ""
    url: str = ""
    stamped_at: datetime | None = None


@dataclass(frozen=True)
class CalendarTask:
    """Something to be done by the end of `due_on`. `completed_at` (aware) goes with COMPLETED and nothing else."""

    uid: str
    sequence: int
    status: TaskStatus
    summary: str
    created: datetime
    changed: datetime
    starts_on: date
    due_on: date
    completed_at: datetime | None = None
    description: str = ""
    url: str = ""


@dataclass(frozen=True)
class Attendee:
    """The one guest of an invitation (RFC 5545, 3.8.4.1). `role` and `answer` are values of ROLE and PARTSTAT;
    `answer` "" where nothing is asked any more."""

    name: str
    email: str
    role: str
    answer: str = "NEEDS-ACTION"


@dataclass(frozen=True)
class Organizer:
    """Who holds the events: an office, never a person. `address` is a mailto: or https: address."""

    name: str
    address: str


def calendar(
    entries: Iterable[CalendarEvent | CalendarTask],
    name: str,
    *,
    organizer: Organizer,
    url: str = "",
    method: str = "PUBLISH",
    attendee: Attendee | None = None,
) -> bytes:
    """A whole calendar file. `url`: where the newest version of a feed is ("" for a single download). A message to one
    `attendee` has another method, and no name: it is no calendar of its own."""
    if (attendee is None) != (method == "PUBLISH"):
        raise ValueError("what is published has no attendees, and every other message has one")
    return framed((component(entry, organizer, attendee) for entry in entries), name, url=url, method=method)


def framed(components: Iterable[bytes], name: str, *, url: str = "", method: str = "PUBLISH") -> bytes:
    """A whole calendar file of components that were built before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    title = _escaped(clean_line(name))
    if title:
        lines += [f"NAME:{title}", f"X-WR-CALNAME:{title}"]
    if url:
        lines += [
            f"URL:{url}", f"SOURCE;VALUE=URI:{url}",
            f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}",
        ]  # fmt: skip
    return b"".join([_folded(lines), *components, b"END:VCALENDAR\r\n"])


def component(entry: CalendarEvent | CalendarTask, organizer: Organizer, attendee: Attendee | None = None) -> bytes:
    """The lines of one event or task."""
    kind, own = ("VEVENT", _event(entry)) if isinstance(entry, CalendarEvent) else ("VTODO", _task(entry))
    stamped_at = getattr(entry, "stamped_at", None) or entry.changed
    lines = [
        f"BEGIN:{kind}",
        f"UID:{_escaped(entry.uid)}",
        f"DTSTAMP:{_instant(stamped_at)}",
        f"SEQUENCE:{entry.sequence}",
        f"CREATED:{_instant(entry.created)}",
        f"LAST-MODIFIED:{_instant(entry.changed)}",
        f"SUMMARY:{_escaped(clean_line(entry.summary) or NAMELESS)}",
        *own,
    ]
    if entry.status is not None:
        lines.append(f"STATUS:{entry.status.value}")
    description = clean_text("\n\n".join(part for part in (entry.description, entry.url) if part))
    if description:
        lines.append(f"DESCRIPTION:{_escaped(description)}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    lines.append(_organizer(organizer))
    if attendee is not None:
        asked = f";PARTSTAT={attendee.answer};RSVP=TRUE" if attendee.answer else ""
        lines.append(
            f"ATTENDEE;CN={_quoted(attendee.name)};ROLE={attendee.role}{asked}:mailto:{clean_line(attendee.email)}"
        )
    lines.append(f"END:{kind}")
    return _folded(lines)


def _event(event: CalendarEvent) -> list[str]:
    if event.all_day_on is not None:
        after = event.all_day_on + timedelta(days=1)
        lines = [f"DTSTART;{_day(event.all_day_on)}", f"DTEND;{_day(after)}", "TRANSP:TRANSPARENT"]
    elif event.starts_at is not None:
        ends_at = event.ends_at if event.ends_at and event.ends_at > event.starts_at else None
        ends_at = ends_at or event.starts_at + DEFAULT_LENGTH
        lines = [f"DTSTART:{_instant(event.starts_at)}", f"DTEND:{_instant(ends_at)}"]
    else:
        raise ValueError("an event without a day")
    location = clean_line(event.location)
    if location:
        lines.append(f"LOCATION:{_escaped(location)}")
    return lines


def _task(task: CalendarTask) -> list[str]:
    """RFC 5546, 3.4.1 wants a start and a priority too; the start must lie before the due day (RFC 5545, 3.8.2.3), and
    priority 0 is an undefined one."""
    if (task.completed_at is None) == (task.status is TaskStatus.COMPLETED):
        raise ValueError("what is completed has a time of it, and nothing else has")
    starts_on = min(task.starts_on, task.due_on - timedelta(days=1))
    lines = [f"DTSTART;{_day(starts_on)}", f"DUE;{_day(task.due_on)}", "PRIORITY:0"]
    if task.completed_at is not None:
        lines += [f"COMPLETED:{_instant(task.completed_at)}", "PERCENT-COMPLETE:100"]
    return lines


def _instant(moment: datetime) -> str:
    """DATE-TIME in UTC; the year in four digits (`strftime` writes the year 900 with three)."""
    m = moment.astimezone(UTC)
    return f"{m.year:04}{m.month:02}{m.day:02}T{m.hour:02}{m.minute:02}{m.second:02}Z"


def _day(day: date) -> str:
    return f"VALUE=DATE:{day.year:04}{day.month:02}{day.day:02}"


@lru_cache(maxsize=256)
def _organizer(organizer: Organizer) -> str:
    return f"ORGANIZER;CN={_quoted(organizer.name)}:{organizer.address}"


def _quoted(text: str) -> str:
    """The value of a parameter: double quotes cannot stand in one (RFC 5545, 3.2), and few programs read RFC 6868."""
    return '"' + clean_line(text).replace('"', "'").replace("^", " ") + '"'


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


_PIECES = re.compile(rb".{1,74}(?![\x80-\xbf])", re.DOTALL)
_FIRST = re.compile(rb".{1,75}(?![\x80-\xbf])", re.DOTALL)


def _folded(lines: Iterable[str]) -> bytes:
    """Lines of at most 75 octets, folded between letters (RFC 5545, 3.1)."""
    return b"".join(_one_folded(line.encode()) for line in lines)


def _one_folded(line: bytes) -> bytes:
    if len(line) <= 75:
        return line + b"\r\n"
    first = _FIRST.match(line)
    cut = first.end() if first else 75
    return b"\r\n ".join([line[:cut], *_PIECES.findall(line, cut)]) + b"\r\n"
