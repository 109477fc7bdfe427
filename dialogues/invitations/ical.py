"""Calendar files after RFC 5545, 5546 and 7986. Pure: values in, bytes out; the one builder for downloads, feeds and
invitations by mail.

Times are written in UTC. Nothing personal is put in here by itself: callers pass what everybody with the link may read.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, Event, vCalAddress, vDuration, vText, vUri
from icalendar.parser import Contentline

from dialogues.text import clean_line, clean_text

PRODUCT = "-//Doi thoai//Dialogues with the people//VI"
REFRESH = timedelta(hours=6)
"""How often programs that subscribed may ask again."""
DEFAULT_LENGTH = timedelta(hours=2)
"""For an event without a sensible end: some programs drop events that have none."""


class Status(enum.StrEnum):
    """RFC 5545, 3.8.1.11."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


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
    events: Iterable[CalendarEvent],
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
    head = Calendar()
    head.add("prodid", PRODUCT)
    head.add("version", "2.0")
    head.add("calscale", "GREGORIAN")
    head.add("method", method)
    if name:
        title = _escaped(clean_line(name))  # the library leaves commas and semicolons of these two as they are
        head.add("name", title)
        head.add("x-wr-calname", title)
    if url:
        head.add("url", vUri(url))
        head.add("source", vUri(url), parameters={"VALUE": "URI"})
        head.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        head.add("x-published-ttl", vDuration(REFRESH))
    frame = head.to_ical()
    end = b"END:VCALENDAR\r\n"
    lines = [_event(event, organizer) for event in events]
    if attendee is not None:
        lines = [_with(attendee, event) for event in lines]
    return b"".join([frame.removesuffix(end), *lines, end])


@lru_cache(maxsize=4096)
def _event(event: CalendarEvent, organizer: Organizer) -> bytes:
    """The lines of one event; kept, because building them costs more than everything else in a feed."""
    lines = Event()
    lines.add("uid", event.uid)
    lines.add("sequence", event.sequence)
    if event.status is not None:
        lines.add("status", event.status.value)
    lines.add("dtstamp", (event.stamped_at or event.changed).astimezone(UTC))
    lines.add("created", event.created.astimezone(UTC))
    lines.add("last-modified", event.changed.astimezone(UTC))
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
    lines.add("summary", clean_line(event.summary))
    if event.location:
        lines.add("location", clean_line(event.location))
    description = clean_text("\n\n".join(part for part in (event.description, event.url) if part))
    if description:
        lines.add("description", description)
    if event.url:
        lines.add("url", vUri(event.url))
    owner = vCalAddress(organizer.address)
    owner.params["CN"] = _parameter(organizer.name)
    lines.add("organizer", owner)
    return bytes(lines.to_ical())


def _with(attendee: Attendee, event: bytes) -> bytes:
    """The lines of an event, with its guest as the last one: 5,000 guests share the lines before."""
    person = vCalAddress(f"mailto:{attendee.email}")
    person.params["CN"] = _parameter(attendee.name)
    person.params["ROLE"] = vText(attendee.role)
    if attendee.answer:
        person.params["PARTSTAT"] = vText(attendee.answer)
        person.params["RSVP"] = vText("TRUE")
    line = Contentline.from_parts("ATTENDEE", person.params, person).to_ical()
    end = b"END:VEVENT\r\n"
    return event.removesuffix(end) + bytes(line) + b"\r\n" + end


def _parameter(text: str) -> vText:
    """The value of a parameter: double quotes cannot stand in one (RFC 5545, 3.2), and few programs read RFC 6868."""
    return vText(clean_line(text).replace('"', "'").replace("^", " "))


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
