"""Calendar files after RFC 5545, 5546 and 7986. Pure: values in, bytes out; the one builder for downloads, feeds and
invitations by mail.

Times are written in UTC. Nothing personal is put in here by itself: callers pass what everybody with the link may read.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from icalendar import Alarm, Calendar, Event, Todo, vCalAddress, vDuration, vText, vUri

from dialogues.text import clean_line, clean_text

PRODUCT = "-//Doi thoai//Dialogues with the people//VI"
REFRESH = timedelta(hours=6)
"""How often programs that subscribed may ask again."""
DEFAULT_LENGTH = timedelta(hours=2)
"""For an event without a sensible end: some programs drop events that have none."""

REMINDS = timedelta(hours=15)
"""An alarm of a day rings so long before it begins: at nine in the morning of the day before."""
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
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class CalendarEvent:
    """One event: from `starts_at` to `ends_at` (aware), or the whole day `all_day_on`.

    `uid` never changes; `sequence` rises with every change of time, place or state. `url` is also written at the end of
    the description, because many programs do not show URL. `stamped_at`: when a mail with it was made (None: when the
    event was changed). `reminds`: with an alarm on the day before a whole day. Without `status` nothing is said of it,
    as RFC 5546 wants it for one guest who is taken off.
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
    reminds: bool = False


@dataclass(frozen=True)
class CalendarTask:
    """Something to be done by the end of `due_on`. `completed_at` (aware) goes with COMPLETED and nothing else;
    `reminds`: with an alarm on the day before."""

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
    reminds: bool = False


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
    frame = _frame(name, url, method)
    end = b"END:VCALENDAR\r\n"
    return b"".join([frame.removesuffix(end), *components, end])


@lru_cache(maxsize=256)
def _frame(name: str, url: str, method: str) -> bytes:
    """A calendar without components."""
    head = Calendar()
    head.add("prodid", PRODUCT)
    head.add("version", "2.0")
    head.add("calscale", "GREGORIAN")
    head.add("method", method)
    title = _escaped(clean_line(name))  # the library leaves commas and semicolons of these two as they are
    if title:
        head.add("name", title)
        head.add("x-wr-calname", title)
    if url:
        head.add("url", vUri(url))
        head.add("source", vUri(url), parameters={"VALUE": "URI"})
        head.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        head.add("x-published-ttl", vDuration(REFRESH))
    return bytes(head.to_ical())


@lru_cache(maxsize=4096)  # building the lines costs more than everything else in a feed
def component(entry: CalendarEvent | CalendarTask, organizer: Organizer, attendee: Attendee | None = None) -> bytes:
    """The lines of one event or task."""
    lines = _event(entry) if isinstance(entry, CalendarEvent) else _task(entry)
    lines.add("uid", entry.uid)
    lines.add("dtstamp", (getattr(entry, "stamped_at", None) or entry.changed).astimezone(UTC))
    lines.add("sequence", entry.sequence)
    lines.add("created", entry.created.astimezone(UTC))
    lines.add("last-modified", entry.changed.astimezone(UTC))
    lines.add("summary", clean_line(entry.summary) or NAMELESS)
    if entry.status is not None:
        lines.add("status", entry.status.value)
    description = clean_text("\n\n".join(part for part in (entry.description, entry.url) if part))
    if description:
        lines.add("description", description)
    if entry.url:
        lines.add("url", vUri(entry.url))
    lines.add("organizer", _person(organizer.name, organizer.address))
    if attendee is not None:
        guest = _person(attendee.name, f"mailto:{clean_line(attendee.email)}")
        guest.params["ROLE"] = attendee.role
        if attendee.answer:
            guest.params["PARTSTAT"] = attendee.answer
            guest.params["RSVP"] = "TRUE"
        lines.add("attendee", guest)
    if entry.reminds:
        lines.add_component(_alarm(entry))
    return bytes(lines.to_ical())


def _alarm(entry: CalendarEvent | CalendarTask) -> Alarm:
    """RFC 5545, 3.6.6: it is counted from the begin of an event, and of a task from its due day."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    related = {} if isinstance(entry, CalendarEvent) else {"RELATED": "END"}
    alarm.add("trigger", vDuration(-REMINDS), parameters=related)
    alarm.add("description", clean_line(entry.summary) or NAMELESS)
    return alarm


def _event(event: CalendarEvent) -> Event:
    lines = Event()
    if event.all_day_on is not None:
        lines.add("dtstart", event.all_day_on)
        lines.add("dtend", event.all_day_on + timedelta(days=1))
        lines.add("transp", "TRANSPARENT")
    elif event.starts_at is not None:
        ends_at = event.ends_at if event.ends_at and event.ends_at > event.starts_at else None
        lines.add("dtstart", event.starts_at.astimezone(UTC))
        lines.add("dtend", (ends_at or event.starts_at + DEFAULT_LENGTH).astimezone(UTC))
    else:
        raise ValueError("an event without a day")
    location = clean_line(event.location)
    if location:
        lines.add("location", location)
    return lines


def _task(task: CalendarTask) -> Todo:
    """RFC 5546, 3.4.1 wants a start and a priority too; the start must lie before the due day (RFC 5545, 3.8.2.3), and
    priority 0 is an undefined one."""
    if (task.completed_at is None) == (task.status is TaskStatus.COMPLETED):
        raise ValueError("what is completed has a time of it, and nothing else has")
    lines = Todo()
    lines.add("dtstart", min(task.starts_on, task.due_on - timedelta(days=1)))
    lines.add("due", task.due_on)
    lines.add("priority", 0)
    if task.completed_at is not None:
        lines.add("completed", task.completed_at.astimezone(UTC))
        lines.add("percent-complete", 100)
    return lines


def _person(name: str, address: str) -> vCalAddress:
    """Double quotes cannot stand in a parameter (RFC 5545, 3.2), and few programs read the circumflex of RFC 6868."""
    found = vCalAddress(address)
    found.params["CN"] = vText(clean_line(name).replace('"', "'").replace("^", " "))
    return found


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
