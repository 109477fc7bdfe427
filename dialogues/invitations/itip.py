"""Invitations and their answers between calendar programs (RFC 5546). Pure: values in, bytes out, and back.

One message names one guest only: nobody learns who else is invited. SEQUENCE counts for each guest's copy on its own
and never falls; see `next_sequence`. A postponed dialogue is taken out with CANCEL and comes back with the same UID:
programs would go on showing (and reminding of) a TENTATIVE event at the old hour, and many show nothing of STATUS. A
guest who is taken off gets a CANCEL without STATUS, as 3.2.5 asks for.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar

from dialogues.invitations.guest_rules import GuestRole, Reply, Verdict
from dialogues.invitations.ical import Attendee, CalendarEvent, Organizer, Status, calendar
from dialogues.text import clean_line, clean_text

REQUEST, CANCEL, REPLY, COUNTER = "REQUEST", "CANCEL", "REPLY", "COUNTER"
ROLES = {GuestRole.CHAIR: "CHAIR", GuestRole.REQUIRED: "REQ-PARTICIPANT", GuestRole.OPTIONAL: "OPT-PARTICIPANT"}
ANSWERS = {Reply.WAITING: "NEEDS-ACTION", Reply.YES: "ACCEPTED", Reply.NO: "DECLINED", Reply.MAYBE: "TENTATIVE"}
REPLIES = {"ACCEPTED": Reply.YES, "DECLINED": Reply.NO, "TENTATIVE": Reply.MAYBE}
MOST_BYTES = 256_000
"""A reply holds one event; the longest seen from a calendar program has 20 kB."""
MOST_PARTS = 40
MOST_NOTE = 1000


def next_sequence(of_dialogue: int, used: int) -> int:
    """SEQUENCE of the next message to a guest: as high as the dialogue's, and higher than all before to this guest."""
    return max(of_dialogue, used + 1)


# -- messages to a guest ----------------------------------------------------------------------------------------------


def request(event: CalendarEvent, organizer: Organizer, attendee: Attendee) -> bytes:
    """An invitation, or the newer version of one."""
    return calendar([event], "", organizer=organizer, method=REQUEST, attendee=attendee)


def cancel(event: CalendarEvent, organizer: Organizer, attendee: Attendee, *, for_all: bool) -> bytes:
    """Take the event out of the guest's calendar: it does not take place (`for_all`), or this guest is taken off."""
    gone = replace(event, status=Status.CANCELLED if for_all else None)
    return calendar([gone], "", organizer=organizer, method=CANCEL, attendee=replace(attendee, answer=""))


def method_of(off: str) -> str:
    """The method of a message about what is `off` ("postponed", "cancelled"), or takes place ("")."""
    return CANCEL if off else REQUEST


# -- answers of a guest -----------------------------------------------------------------------------------------------


class NotAReply(ValueError):
    """This is no answer that can be read: `verdict`, and the property that says so, for the log that the office reads
    in its own language."""

    def __init__(self, verdict: Verdict, found: str = "") -> None:
        super().__init__(verdict.value)
        self.verdict, self.found = verdict, found


@dataclass(frozen=True)
class CalendarReply:
    """An answer as a calendar program sent it. `reply` is None for a proposal of another time (COUNTER)."""

    uid: str
    email: str
    sequence: int
    stamped_at: datetime | None
    reply: Reply | None
    note: str
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None


def read_reply(body: bytes) -> CalendarReply:
    """Read METHOD:REPLY or METHOD:COUNTER; raises NotAReply for everything else, however it is built."""
    if len(body) > MOST_BYTES:
        raise NotAReply(Verdict.TOO_LARGE)
    if body.upper().count(b"BEGIN:") > MOST_PARTS:
        raise NotAReply(Verdict.TOO_LARGE)
    try:
        found = Calendar.from_ical(body)
        method = clean_line(str(found.get("METHOD", ""))).upper()
        events = found.walk("VEVENT")
    except Exception:  # whatever the library stumbles over, the sender must not stop the program
        raise NotAReply(Verdict.UNREADABLE) from None
    if method not in (REPLY, COUNTER):
        raise NotAReply(Verdict.NOT_A_REPLY, f"METHOD:{method[:20]}")
    if len(events) != 1:
        raise NotAReply(Verdict.NOT_A_REPLY, f"VEVENT × {len(events)}")
    try:
        return _read(events[0], method)
    except NotAReply:
        raise
    except Exception:  # the library reads properties late, and broken ones stumble only then
        raise NotAReply(Verdict.UNREADABLE) from None


def _read(event: Any, method: str) -> CalendarReply:
    people = event.get("ATTENDEE", [])
    people = people if isinstance(people, list) else [people]
    if len(people) != 1:
        raise NotAReply(Verdict.SEVERAL_GUESTS, f"ATTENDEE × {len(people)}")
    address = clean_line(str(people[0]))
    email = address[7:] if address.lower().startswith("mailto:") else ""
    answer = str(getattr(people[0], "params", {}).get("PARTSTAT", "")).upper()
    if method == REPLY and answer not in REPLIES:
        raise NotAReply(Verdict.NOT_A_REPLY, f"PARTSTAT={clean_line(answer)[:20]}")
    uid = event.get("UID", "")
    if not isinstance(uid, str) or not uid or not email:
        raise NotAReply(Verdict.NOT_A_REPLY, f"UID:{clean_line(str(uid))[:120]} ATTENDEE:{email[:120]}")
    try:
        sequence = int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        raise NotAReply(Verdict.NOT_A_REPLY, f"SEQUENCE:{clean_line(str(event.get('SEQUENCE')))[:20]}") from None
    return CalendarReply(
        uid=clean_line(uid),
        email=email.strip().lower(),
        sequence=sequence,
        stamped_at=_instant(event.get("DTSTAMP")),
        reply=REPLIES[answer] if method == REPLY else None,
        note=_comment(event.get("COMMENT")),
        proposed_start=_instant(event.get("DTSTART")) if method == COUNTER else None,
        proposed_end=_instant(event.get("DTEND")) if method == COUNTER else None,
    )


def _instant(value: Any) -> datetime | None:
    """An instant of these years; a day, a time without zone and nonsense are none."""
    moment = getattr(value, "dt", None)
    if not isinstance(moment, date) or not isinstance(moment, datetime) or moment.tzinfo is None:
        return None
    if not 2000 <= moment.year <= 2100:
        return None
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _comment(value: Any) -> str:
    found = value if isinstance(value, list) else [value]
    return clean_text("\n".join(str(one)[:MOST_NOTE] for one in found[:5] if one is not None))[:MOST_NOTE]


def is_stale(sequence: int, stamped_at: datetime | None, told: int, before: datetime | None) -> bool:
    """Whether an answer is older than the invitation (SEQUENCE), or than the answer that came before it from the
    calendar (DTSTAMP): RFC 5546, 2.1.5."""
    if sequence < told:
        return True
    return stamped_at is not None and before is not None and stamped_at < before
