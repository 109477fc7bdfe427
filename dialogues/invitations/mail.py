"""Invitations by mail: the first one, changes gathered into one, cancellations, reminders.

Letters are rows of the outbox, written in the transaction of their cause. A change waits GATHER; while it waits,
further changes rewrite it, always from what the guest surely holds to what is true now, and a change that was taken
back sends nothing. A cancellation goes at once. In Vietnamese always: a guest has no language.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape
from sqlalchemy.orm import joinedload

from dialogues import clock, formatting
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.invitations import itip
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import INVITING, GuestRole, Reply
from dialogues.invitations.ical import Attendee, CalendarEvent
from dialogues.invitations.itip import next_sequence
from dialogues.invitations.replies import outdate, renew, reply_url
from dialogues.invitations.service import dialogue_event, organizer
from dialogues.language import current_language
from dialogues.post import rules
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.post.service import Letter
from dialogues.schedule import told
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.schedule.told import OFF, Facts, facts_of
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.words import commune_title, label

GATHER = timedelta(minutes=5)
"""So long a change waits for further ones."""
SHORT_NOTICE = timedelta(hours=36)
"""A cancellation or move of something so near does not wait for the morning."""
KINDS = (Kind.INVITATION, Kind.INVITATION_CHANGE, Kind.INVITATION_CANCEL)
NO_ADDRESS = _l("The commune has no e-mail address that guests could answer. The administrator writes it on “Commune”.")
NOT_INVITING = _l("Invitations can only be sent for a dialogue that is still to come.")


# -- writing letters --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Text:
    """How a letter is called and how it begins."""

    kind: Kind
    subject: str
    lead: str
    asks: bool = True


def _text(dialogue: Dialogue, facts: Facts, before: Facts | None, event: str) -> _Text:
    """`event`: first, change, removed, reminder."""
    zone = dialogue.commune.time_zone
    moment = told.moment(facts.starts_at, zone, "vi")
    title = {"title": facts.title, "moment": moment}
    if event == "removed":
        return _Text(
            Kind.INVITATION_CANCEL,
            _("[Invitation withdrawn] %(title)s", title=facts.title),
            _("Our invitation to this dialogue is withdrawn; you need not come. We apologise for the trouble."),
            asks=False,
        )
    if facts.off:
        was = told.moment(before.starts_at if before else facts.starts_at, zone, "vi")
        title = {"title": facts.title, "moment": was}  # the day that the guest knows, also where a change never left
        if facts.off == DialogueState.CANCELLED:
            lead = _("This dialogue is cancelled. It does not take place on %(moment)s.", moment=was)
            return _Text(Kind.INVITATION_CANCEL, _("[CANCELLED] %(title)s, %(moment)s", **title), lead, asks=False)
        lead = _(
            "This dialogue is postponed. It does not take place on %(moment)s. "
            "As soon as the new day is fixed, you get a new invitation.",
            moment=was,
        )
        return _Text(Kind.INVITATION_CANCEL, _("[POSTPONED] %(title)s, %(moment)s", **title), lead, asks=False)
    if event == "reminder":
        lead = _("You are invited to this dialogue, and we do not know yet whether you will come. Please answer.")
        return _Text(Kind.INVITATION_REMINDER, _("Please answer: %(title)s, %(moment)s", **title), lead)
    if event == "change" and before is not None and before.off:
        lead = _("The new day of this dialogue is fixed. We invite you anew.")
        return _Text(Kind.INVITATION_CHANGE, _("[New day] %(title)s, %(moment)s", **title), lead)
    if event == "change":
        lead = _("The dialogue to which you are invited has changed. Please note what is new.")
        return _Text(Kind.INVITATION_CHANGE, _("[Changed] %(title)s, %(moment)s", **title), lead)
    who = _("The People's Committee of %(commune)s", commune=commune_title(dialogue.commune))
    lead = _("%(who)s respectfully invites you to this dialogue with the people.", who=who)
    return _Text(Kind.INVITATION, _("Invitation: %(title)s, %(moment)s", **title), lead)


def moment_of(dialogue: Dialogue) -> str:
    """When it takes place, in Vietnamese: for papers."""
    return told.hours(facts_of(dialogue), dialogue.commune.time_zone, "vi")


class Writer:
    """Letters about one dialogue: what all of them share is made once."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.now = clock.now().replace(microsecond=0)
        self.organizer = organizer(dialogue.commune)
        if not self.organizer.address.startswith("mailto:"):
            raise RuleBroken(NO_ADDRESS)
        self._events: dict[tuple[Facts, str], CalendarEvent] = {}
        self._letters: dict[tuple[object, ...], Letter] = {}
        self.marks = [f"own-{secrets.token_hex(12)}" for _number in range(3)]

    def letter(
        self, guest: Guest, facts: Facts, before: Facts | None, event: str, *, due_at: datetime | None = None
    ) -> Letter:
        """One letter to one guest. `facts.sequence` is that of this message; `before`: what the guest holds."""
        assert guest.email is not None  # noqa: S101 (callers look)
        with force_locale("vi"):
            shared = self._shared(guest, replace(facts, sequence=0), before and replace(before, sequence=0), event)
            calendar = self._calendar(guest, facts, event)
        own = {
            self.marks[0]: guest.name,
            self.marks[1]: ", ".join(part for part in (guest.post, guest.body) if part),
            self.marks[2]: reply_url(guest),
        }
        text, html = shared.text, shared.html
        for mark, words in own.items():
            text, html = text.replace(mark, words), html.replace(mark, str(escape(words)))
        return replace(
            shared,
            thing=thing_of(guest),
            recipient=guest.email,
            recipient_name=guest.name,
            version=self.now.toordinal() if event == "reminder" else facts.sequence,
            text=text,
            html=html,
            calendar=calendar,
            due_at=due_at,
        )

    def _shared(self, guest: Guest, facts: Facts, before: Facts | None, event: str) -> Letter:
        """The letter as all guests of this kind get it, with marks that nobody can guess where their own words go."""
        key = (facts, before, event, guest.role, guest.reply, bool(guest.post or guest.body))
        if key in self._letters:
            return self._letters[key]
        dialogue = self.dialogue
        text = _text(dialogue, facts, before, event)
        values = self._values(guest, facts, before, text)
        why = _(
            "You get this mail because %(commune)s invited you to this dialogue.",
            commune=commune_title(dialogue.commune),
        )
        self._letters[key] = Letter(
            kind=text.kind,
            thing="",
            recipient="",
            version=0,
            subject=text.subject,
            text=render_template("mail/invitation.txt", **values),
            html=render_template("mail/invitation.html", **values),
            method=itip.CANCEL if event == "removed" else itip.method_of(facts.off),
            reply_to=dialogue.commune.office_email,
            why=why,
            respects_quiet_hours=min(facts.starts_at, (before or facts).starts_at) - self.now > SHORT_NOTICE,
        )
        return self._letters[key]

    def _values(self, guest: Guest, facts: Facts, before: Facts | None, text: _Text) -> dict[str, Any]:
        d, zone = self.dialogue, self.dialogue.commune.time_zone
        roles = {GuestRole.CHAIR: _("as chair"), GuestRole.OPTIONAL: _("if you can arrange it")}
        shown = [
            (_("Dialogue"), facts.title),
            (_("Time"), told.hours(facts, zone, "vi") if not facts.off else ""),
            (_("Place"), facts.place if not facts.off else ""),
            (_("Online link"), facts.online_link if not facts.off else ""),
            (_("Content"), d.purpose if text.asks else ""),
            (_("Invited"), roles.get(guest.role, "") if text.asks else ""),
            (_("Reason"), d.state_reason if facts.off else ""),
        ]
        is_change = text.kind is Kind.INVITATION_CHANGE
        was_reset = text.asks and before is not None and not facts.is_same_time(before)
        return {
            "name": self.marks[0],
            "post": self.marks[1] if guest.post or guest.body else "",
            "lead": text.lead,
            "is_planned": text.asks and not facts.is_sure,
            "changes": told.changes(before, facts, zone, "vi") if before and is_change else [],
            "facts": [(term, value) for term, value in shown if value],
            "asks_again": was_reset,
            "reply_url": self.marks[2] if text.asks else "",
            "answer": label(guest.reply) if text.asks and guest.reply is not Reply.WAITING else "",
            "page_url": f"{current_app.config['SETTINGS'].base_url}/d/{d.code}" if d.announced_at else "",
            "office": f"UBND {commune_title(d.commune)}",
            "hotline": d.hotline or d.commune.hotline,
        }

    def _calendar(self, guest: Guest, facts: Facts, event: str) -> bytes:
        attendee = Attendee(guest.name, guest.email or "", itip.ROLES[guest.role], itip.ANSWERS[guest.reply])
        entry = self._event(facts, event)
        if event == "removed" or facts.off:
            return itip.cancel(entry, self.organizer, attendee, for_all=event != "removed")
        return itip.request(entry, self.organizer, attendee)

    def _event(self, facts: Facts, event: str) -> CalendarEvent:
        """The dialogue as everybody may read it, with this guest's SEQUENCE. No personal address in it: calendars are
        shared and passed on."""
        if (facts, event) in self._events:
            return self._events[facts, event]
        found = dialogue_event(self.dialogue, self.dialogue.commune)
        url = found.url if self.dialogue.announced_at else ""
        summary = _("[Invitation withdrawn] %(title)s", title=facts.title) if event == "removed" else found.summary
        found = replace(found, sequence=facts.sequence, stamped_at=self.now, url=url, summary=summary)
        self._events[facts, event] = found
        return found


def thing_of(guest: Guest) -> str:
    """How the outbox calls this guest."""
    return f"guest:{guest.id}"


# -- first invitations and reminders ----------------------------------------------------------------------------------


def check_inviting(dialogue: Dialogue) -> None:
    """Raises RuleBroken where no invitation may go out."""
    if dialogue.state not in INVITING or dialogue.starts_at <= clock.now():
        raise RuleBroken(NOT_INVITING)
    if not organizer(dialogue.commune).address.startswith("mailto:"):
        raise RuleBroken(NO_ADDRESS)


def night_is_over(dialogue: Dialogue) -> str:
    """When mails that are written now go out, if it is night; "" when they go at once."""
    now, commune = clock.now(), dialogue.commune
    wall = clock.local(now, commune.time_zone)
    until = rules.end_of_quiet(wall, commune.quiet_from, commune.quiet_to)
    if until is None or dialogue.starts_at - now <= SHORT_NOTICE:
        return ""
    return formatting.clock_time(until, current_language())


def invite(*, dialogue: Dialogue, guests: Iterable[Guest], actor: Staff) -> int:
    """Put the first invitation of these guests into the outbox; how many."""
    check_inviting(dialogue)
    writer, facts, letters = Writer(dialogue), facts_of(dialogue), []
    for guest in guests:
        if guest.email is None or guest.invited_at is not None or guest.removed_at is not None:
            continue
        guest.sequence = next_sequence(facts.sequence, guest.sequence)
        said = replace(facts, sequence=guest.sequence)
        guest.says, guest.told, guest.invited_at = said.to_json(), None, writer.now
        letters.append(writer.letter(guest, said, None, "first"))
    db.session.flush()
    if letters:
        post.put_many(commune=dialogue.commune, letters=letters)
        _tell(dialogue, actor, "guests_invited", str(len(letters)))
    return len(letters)


def remind(*, dialogue: Dialogue, guests: Iterable[Guest], actor: Staff) -> int:
    """Ask these guests once more; each at most once a day. The same version of the event comes with it, so that the
    buttons of a calendar program stand there again."""
    check_inviting(dialogue)
    writer, facts, letters = Writer(dialogue), facts_of(dialogue), []
    for guest in guests:
        if guest.email is None or guest.says is None or guest.reply is not Reply.WAITING:
            continue
        held = Facts.from_json(guest.says)
        if not held.is_same(facts):
            continue  # a mail about the change is on its way, and it asks too
        letters.append(writer.letter(guest, held, None, "reminder"))
        guest.reminded_at = writer.now
    db.session.flush()
    if not letters:
        return 0
    post.put_many(commune=dialogue.commune, letters=letters)
    _tell(dialogue, actor, "guests_reminded", str(len(letters)))
    return len(letters)


def _tell(dialogue: Dialogue, actor: Staff, action: str, note: str) -> None:
    trail.record(
        commune_id=dialogue.commune_id, actor=actor, thing="dialogue", thing_id=dialogue.id, action=action, note=note
    )


# -- changes ----------------------------------------------------------------------------------------------------------


def dialogue_changed(dialogue: Dialogue, _before: Mapping[str, object]) -> None:
    """Listener of `schedule.events`: tell every guest who was invited by mail what is new."""
    if dialogue.state not in INVITING | OFF:
        return
    guests = db.session.scalars(
        sa.select(Guest).where(
            Guest.dialogue_id == dialogue.id,
            Guest.removed_at.is_(None),
            Guest.invited_at.is_not(None),
            Guest.email.is_not(None),
        )
    ).all()
    if not guests:
        return
    facts, writer = facts_of(dialogue), Writer(dialogue)
    waiting = _waiting(dialogue.commune_id, guests)
    with db.session.no_autoflush:
        letters = [letter for guest in guests if (letter := _follow(writer, guest, facts, waiting))]
    db.session.flush()
    post.put_many(commune=dialogue.commune, letters=letters)


def _waiting(commune_id: int, guests: Iterable[Guest]) -> dict[tuple[str, Kind], Message]:
    """The letters of these guests that nobody tried to send yet and nobody takes now, by thing and kind."""
    found = post.waiting_among(commune_id, KINDS, [thing_of(guest) for guest in guests])
    return {(message.thing, Kind(message.kind)): message for message in found}


def _follow(writer: Writer, guest: Guest, new: Facts, waiting: Mapping[tuple[str, Kind], Message]) -> Letter | None:
    """Rewrite what waits for this guest, take it back, or give the letter to put."""
    first, changed, called_off = (waiting.get((thing_of(guest), kind)) for kind in KINDS)
    if first is not None:
        _follow_first(writer, guest, new, first)
        return None
    pending = changed or called_off
    if pending is None:
        guest.told = guest.says
    if guest.told is None:
        return None
    held = Facts.from_json(guest.told)
    if held.is_same(new):
        if pending is not None:
            _take_back(pending, _l("Changed back before it was sent."))
            guest.says = guest.told
            renew(guest)
        return None
    if not held.is_same_time(new):
        outdate(guest)
    guest.sequence = next_sequence(new.sequence, guest.sequence)
    said = replace(new, sequence=guest.sequence)
    guest.says = said.to_json()
    due_at = writer.now if new.off else writer.now + GATHER
    letter = writer.letter(guest, said, held, "change", due_at=due_at)
    if pending is not None and pending.kind == letter.kind:
        post.rewrite(message=pending, letter=letter)
        return None
    if pending is not None:
        _take_back(pending, _l("A newer one takes its place."))
    return letter


def _follow_first(writer: Writer, guest: Guest, new: Facts, first: Message) -> None:
    """The first invitation has not left yet: it says the newest, or is not sent at all."""
    if new.off:
        _take_back(first, _l("The dialogue was called off before the invitation was sent."))
        guest.says = guest.told = guest.invited_at = None
        return
    if guest.says is not None and Facts.from_json(guest.says).is_same(new):
        return
    guest.sequence = next_sequence(new.sequence, guest.sequence)
    said = replace(new, sequence=guest.sequence)
    guest.says = said.to_json()
    post.rewrite(message=first, letter=writer.letter(guest, said, None, "first"))


def _take_back(message: Message, reason: object) -> None:
    """Only this one: an older letter that was tried may have arrived, and is looked at again when it goes out."""
    with force_locale("vi"):
        post.take_back(message=message, reason=str(reason))


def dismiss(*, guest: Guest) -> None:
    """This guest is no longer invited (by this address): take back what waits, and cancel what was sent."""
    if guest.email is None or guest.invited_at is None or guest.says is None:
        guest.says = guest.told = guest.invited_at = None
        return
    dialogue = guest.dialogue
    waiting = _waiting(dialogue.commune_id, [guest])
    first, changed, called_off = (waiting.get((thing_of(guest), kind)) for kind in KINDS)
    for message in (first, changed):
        if message is not None:
            _take_back(message, _l("The guest was taken off the list."))
    holds = guest.told if changed or called_off else guest.says
    guest.says = guest.told = guest.invited_at = None
    if first is not None or holds is None or called_off is not None:
        return  # never saw it, or hears of the cancellation anyway
    held = Facts.from_json(holds)
    if held.off or held.ends_at <= clock.now():
        return
    guest.sequence = next_sequence(dialogue.sequence, guest.sequence)
    writer = Writer(dialogue)
    letter = writer.letter(guest, replace(held, sequence=guest.sequence), held, "removed", due_at=writer.now)
    post.put(commune=dialogue.commune, letter=letter)


def held_sequences(guest: Guest) -> tuple[int, int]:
    """From which SEQUENCE to which an answer of this guest can be: of what surely was sent, of what may have been."""
    if guest.says is None:
        return (0, -1)
    newest = Facts.from_json(guest.says).sequence
    if guest.told is not None and _waiting(guest.commune_id, [guest]):
        return (Facts.from_json(guest.told).sequence, newest)
    return (newest, newest)


# -- asked again at sending -------------------------------------------------------------------------------------------


def reason_not_to_send(message: Message) -> str | None:
    """Why an invitation, change or reminder would be wrong by now; None when it may go. Cancellations always go."""
    guest = _guest_of(message.thing)
    if guest is None:
        return _("The guest is no longer on the list.")
    if message.kind in KINDS and _has_newer(message):
        return _("A newer one takes its place.")
    if message.method == itip.CANCEL:
        return None
    if guest.removed_at is not None or guest.email != message.recipient:
        return _("The guest is no longer invited by this address.")
    if guest.dialogue.state in OFF:
        return _("The dialogue was called off meanwhile.")
    if guest.dialogue.ends_at <= clock.now():
        return _("This dialogue is over.")
    if message.kind == Kind.INVITATION_REMINDER and guest.reply is not Reply.WAITING:
        return _("The guest has answered meanwhile.")
    return None


def _has_newer(message: Message) -> bool:
    """Whether a later letter to the same address says more than this one that was held up."""
    later = sa.select(Message.id).where(
        Message.commune_id == message.commune_id,
        Message.thing == message.thing,
        Message.recipient == message.recipient,
        Message.kind.in_(KINDS),
        Message.state != MessageState.DROPPED,
        Message.id > message.id,
    )
    return db.session.scalar(later.limit(1)) is not None


def _guest_of(thing: str) -> Guest | None:
    kind, _colon, raw = thing.partition(":")
    if kind != "guest" or not raw.isdigit():
        return None
    return db.session.scalar(sa.select(Guest).where(Guest.id == int(raw)).options(joinedload(Guest.dialogue)))


def listen() -> None:
    """Bind to the changes of dialogues and to the worker that sends."""
    from dialogues.schedule import events

    events.on_change(dialogue_changed)
    for kind in (*KINDS, Kind.INVITATION_REMINDER):
        post.register_check(kind, reason_not_to_send)
