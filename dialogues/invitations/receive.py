"""Calendar replies that come in by mail: read, judge, set the guest's answer, log.

How a real answer is told from a forged one. The UID is one for all guests, ORGANIZER and Reply-To are the commune's one
address (plus-addresses do not work everywhere), and calendar programs drop what they do not know, so no token of ours
comes back for sure. Therefore ATTENDEE, the sender (From) and an invited guest's address must be the same, SEQUENCE
must be one that this guest was sent, and the answer counts as proven only when one of two things shows that From is
real: our own mail server says so (Authentication-Results with the name set in MAIL_AUTH_SERVER, RFC 8601), or the mail
answers the Message-ID of a letter to this very guest. All else is recorded as "sender not verified", which the office
sees, and never in the place of an answer that is proven: that one stays, with a note beside it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import getaddresses

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock, formatting
from dialogues.extensions import db
from dialogues.invitations import itip, mail, replies
from dialogues.invitations.guest_models import Guest, ReceivedReply
from dialogues.invitations.guest_rules import TAKEN, Reply, ReplyWay, Verdict
from dialogues.invitations.itip import CalendarReply, NotAReply
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.post.models import Message as Letter
from dialogues.schedule.models import Dialogue
from dialogues.text import clean_line, clean_text
from dialogues.words import label

MOST_BYTES = 1_000_000
"""A mail with an answer; forwarded photos and the like are none."""
V = Verdict
_PROPERTY = re.compile(r"\b(dmarc|dkim)\s*=\s*([a-z]+)([^;]*)", re.I)
_COMMENTS = re.compile(r"\([^()]*\)")


class Refused(Exception):
    """This mail sets no answer, and why."""

    def __init__(self, verdict: Verdict, note: str = "", guest: Guest | None = None) -> None:
        super().__init__(verdict.value)
        self.verdict, self.note, self.guest = verdict, note, guest


@dataclass(frozen=True)
class _Sender:
    """Who a mail says it is from; `proof` is "pass", "fail" or "" (nobody says)."""

    email: str
    proof: str


def take(raw: bytes, *, is_cut: bool = False) -> Verdict:
    """One mail as it came in: set the answer or refuse it, and log it either way. `is_cut`: there was more of it."""
    head = _parsed(raw[:MOST_BYTES])
    dialogue: Dialogue | None = None
    guest: Guest | None = None
    try:
        if is_cut or len(raw) > MOST_BYTES:
            raise Refused(V.TOO_LARGE)
        if head is None:
            raise Refused(V.UNREADABLE)
        answer = _answer(head)
        dialogue = _dialogue(answer)
        guest = _guest(dialogue, answer, head)
        verdict, note = _record(guest, answer, head)
    except Refused as refused:
        verdict, note, guest = refused.verdict, refused.note, refused.guest or guest
    _log(head, verdict, note, dialogue, guest)
    return verdict


def has_calendar(message: Message) -> bool:
    """Whether a mail has a calendar part at all: the others in a shared box are nobody's business here."""
    return next(_calendar_parts(message), None) is not None


# -- reading ----------------------------------------------------------------------------------------------------------


def _parsed(raw: bytes) -> EmailMessage | None:
    try:
        return message_from_bytes(raw, policy=default)
    except Exception:  # the parser fails in many ways on forged mails; each means the same
        return None


def _calendar_parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number > 50:
            return
        try:
            kind = part.get_content_type()
            name = (part.get_filename() or "").lower()
        except Exception:  # noqa: S112 (a broken header makes this part unreadable, not the others)
            continue
        if kind in ("text/calendar", "application/ics") or name.endswith(".ics"):
            yield part


def _answer(message: EmailMessage) -> CalendarReply:
    """The calendar reply in it; several calendar parts (body and attachment) usually hold the same."""
    parts = list(_calendar_parts(message))
    if not parts:
        raise Refused(V.NO_CALENDAR)
    try:
        body = parts[0].get_payload(decode=True)
    except Exception:
        raise Refused(V.UNREADABLE) from None
    try:
        return itip.read_reply(body if isinstance(body, bytes) else b"")
    except NotAReply as error:
        raise Refused(error.verdict, error.found) from None


def _header(message: Message | None, name: str, most: int = 200) -> str:
    if message is None:
        return ""
    try:
        return clean_line(str(message.get(name, "")))[:most]
    except Exception:
        return ""


def _addresses(message: Message | None, *names: str) -> list[str]:
    found = []
    for name in names:
        try:
            values = [str(value) for value in (message.get_all(name, []) if message is not None else [])]
        except Exception:  # noqa: S112
            continue
        found += [address.strip().lower() for _name, address in getaddresses(values) if address]
    return found


# -- judging ----------------------------------------------------------------------------------------------------------


def _dialogue(answer: CalendarReply) -> Dialogue:
    found = db.session.scalar(
        sa.select(Dialogue).where(Dialogue.uid == answer.uid).options(joinedload(Dialogue.commune))
    )
    if found is None:
        raise Refused(V.UNKNOWN_DIALOGUE, answer.uid[:120])
    return found


def _guest(dialogue: Dialogue, answer: CalendarReply, message: EmailMessage) -> Guest:
    """The guest who speaks, if the mail comes from that address."""
    guest = db.session.scalar(sa.select(Guest).where(Guest.dialogue_id == dialogue.id, Guest.email == answer.email))
    if guest is None or guest.removed_at is not None or guest.says is None:
        raise Refused(V.UNKNOWN_GUEST, answer.email[:200])
    if _addresses(message, "From") != [guest.email]:
        raise Refused(V.OTHER_SENDER, answer.email[:200], guest)
    return guest


def _record(guest: Guest, answer: CalendarReply, message: EmailMessage) -> tuple[Verdict, str]:
    sender = _Sender(guest.email or "", proof(message, guest.email or "", _auth_server()))
    if sender.proof == "fail":
        raise Refused(V.FORGED, "", guest)
    answered = _answered_letter(message, guest)
    if replies.closed_because(guest, clock.now()) is not None:
        raise Refused(V.OVER, "", guest)
    lowest, newest = mail.held_sequences(guest)
    if answer.sequence > newest:
        raise Refused(V.NEVER_SENT, f"SEQUENCE {answer.sequence} > {newest}", guest)
    if itip.is_stale(answer.sequence, answer.stamped_at, lowest, guest.calendar_stamp):
        raise Refused(V.STALE, _older(answer, lowest, guest.calendar_stamp), guest)
    way = ReplyWay.CALENDAR if sender.proof == "pass" or answered else ReplyWay.CALENDAR_UNPROVEN
    with force_locale("vi"):
        if answer.reply is None:
            note = _proposal(guest.dialogue, answer)
            if way is ReplyWay.CALENDAR_UNPROVEN:
                warning = _("Nothing proves the sender of this mail. Please ask the guest.")
                note = clean_text(f"{note}\n{warning}")
            kept = guest.reply_note.replace(note, "")
            guest.reply_note = clean_text(f"{note}\n{kept}")[: itip.MOST_NOTE]
            replies.tell_trail(guest, None, note, "guest_proposed")
            verdict = V.NOTED
        elif way is ReplyWay.CALENDAR_UNPROVEN and replies.is_proven(guest) and answer.reply is not guest.reply:
            note = _doubtful(answer.reply)
            guest.reply_note = clean_text(f"{note}\n{guest.reply_note.replace(note, '')}")[: itip.MOST_NOTE]
            replies.tell_trail(guest, None, note)
            verdict = V.NOTED
        else:
            note = answer.note
            replies.record(guest=guest, reply=answer.reply, note=note, way=way)
            verdict = V.RECORDED
    if answer.stamped_at is not None:  # a clock that runs ahead must not shut out the answers after this one
        guest.calendar_stamp = min(answer.stamped_at, clock.now())
    db.session.flush()
    return verdict, note


def _older(answer: CalendarReply, lowest: int, before: datetime | None) -> str:
    """By which property an answer is older than what was told or answered since."""
    if answer.sequence < lowest or answer.stamped_at is None or before is None:
        return f"SEQUENCE {answer.sequence} < {lowest}"
    return f"DTSTAMP {answer.stamped_at:%d/%m/%Y %H:%M:%S} < {before:%d/%m/%Y %H:%M:%S} UTC"


def _proposal(dialogue: Dialogue, answer: CalendarReply) -> str:
    """A proposal of another time, in words."""
    if answer.proposed_start is None:
        proposal = _("Proposes a change.")
    else:
        start = clock.local(answer.proposed_start, dialogue.commune.time_zone)
        proposal = _("Proposes another time: %(moment)s.", moment=formatting.long_datetime(start, "vi"))
    return clean_text(f"{proposal} {answer.note}")


def _doubtful(reply: Reply) -> str:
    """What stands beside a sure answer when a mail that anybody may have written says otherwise."""
    said = label(reply)
    return _("A calendar mail says “%(answer)s”; nothing proves its sender. Please ask the guest.", answer=said)


def _auth_server() -> str:
    return str(current_app.config["SETTINGS"].mail_auth_server)


def proof(message: Message, email: str, server: str) -> str:
    """What our own mail server says of the sender: "pass" or "fail", "" without its word. Only the topmost line of this
    server counts: everything below, and every other name, the sender may have written (RFC 8601, 5)."""
    if not server:
        return ""
    for line in message.get_all("Authentication-Results", []):
        words = _COMMENTS.sub("", clean_line(str(line)))
        named = words.split(";")[0].split()
        if not named or named[0].lower() != server.lower():
            continue
        found = {method.lower(): (result.lower(), rest) for method, result, rest in _PROPERTY.findall(words)}
        if "dmarc" in found and found["dmarc"][0] in ("pass", "fail"):
            return found["dmarc"][0]
        result, rest = found.get("dkim", ("", ""))
        signer = re.search(r"header\.(?:d|i)=(?:[^@\s;]*@)?([a-z0-9.-]+)", rest, re.I)
        domain = email.rpartition("@")[2].lower()
        return "pass" if result == "pass" and signer and signer[1].lower() == domain else ""
    return ""


def _answered_letter(message: Message, guest: Guest) -> bool:
    """Whether the mail answers a letter to this guest; one to somebody else is refused."""
    named = re.findall(r"<[^<>\s]{3,200}>", f"{_header(message, 'In-Reply-To')} {_header(message, 'References', 4000)}")
    if not named:
        return False
    things = set(
        db.session.scalars(
            sa.select(Letter.thing).where(Letter.commune_id == guest.commune_id, Letter.message_id.in_(named[:40]))
        )
    )
    if not things:
        return False
    if mail.thing_of(guest) not in things:
        raise Refused(V.OTHER_INVITATION, "", guest)
    return True


# -- the log ----------------------------------------------------------------------------------------------------------


def _log(
    message: EmailMessage | None, verdict: Verdict, note: str, dialogue: Dialogue | None, guest: Guest | None
) -> None:
    commune_id = dialogue.commune_id if dialogue is not None else _commune_of(message)
    db.session.add(
        ReceivedReply(
            commune_id=commune_id,
            dialogue_id=dialogue.id if dialogue is not None else None,
            guest_id=guest.id if guest is not None else None,
            at=clock.now(),
            sender=", ".join(_addresses(message, "From"))[:200],
            subject=_header(message, "Subject"),
            verdict=verdict,
            note=clean_text(note)[:1000],
        )
    )
    db.session.flush()


def _commune_of(message: Message | None) -> int | None:
    """Whose office the mail was sent to."""
    addresses = _addresses(message, "To", "Cc", "Delivered-To", "X-Original-To")[:50]
    found = db.session.scalar(sa.select(Commune.id).where(sa.func.lower(Commune.office_email).in_(addresses)).limit(1))
    if found is not None:
        return found
    only = places.only_commune()
    return only.id if only is not None else None


def received(commune_id: int) -> sa.Select[tuple[ReceivedReply]]:
    """The log of a commune, newest first."""
    return (
        sa.select(ReceivedReply)
        .where(ReceivedReply.commune_id == commune_id)
        .options(joinedload(ReceivedReply.guest))
        .order_by(ReceivedReply.id.desc())
    )


def refused_count(commune_id: int) -> int:
    """How many calendar mails were refused in the last 7 days."""
    statement = sa.select(sa.func.count()).where(
        ReceivedReply.commune_id == commune_id,
        ReceivedReply.verdict.not_in(TAKEN),
        ReceivedReply.at >= clock.now() - timedelta(days=7),
    )
    return db.session.scalar(statement) or 0


def sweep() -> int:
    """Delete lines of the log that nobody needs any more: after half a year."""
    result = db.session.execute(sa.delete(ReceivedReply).where(ReceivedReply.at < clock.now() - timedelta(days=180)))
    return int(result.rowcount)  # type: ignore[attr-defined]
