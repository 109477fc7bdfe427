"""The morning message: all reminders of a day for one person in one letter, the late ones first, and a link to report.

It is written once a working day (see nightly) and looked at again when it goes out: what is done, extended or withdrawn
meanwhile falls out of it, and a message with nothing left is not sent. A message that never left, because the mail
server was away, is taken up into the next one. In Vietnamese always: staff have no language.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from dialogues import clock
from dialogues.extensions import db, value
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED
from dialogues.followup.service import SHOWN
from dialogues.formatting import long_date, short_date
from dialogues.places.models import Commune
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind
from dialogues.post.service import Letter
from dialogues.reminders import links, reached
from dialogues.reminders.models import Reminder
from dialogues.reminders.rules import RemindedAs
from dialogues.staff.models import Staff
from dialogues.words import commune_title

MOST_LINES = 30
"""So many promises a message names; the page behind the link shows all."""
MOST_IN_TEXT = 3
"""So many a short text names."""
MOST_LETTERS = 120
"""Letters of a promise in a message."""


@dataclass(frozen=True)
class Line:
    """One promise in a message. `late` in days, negative before the due day; `who` when somebody else promised it."""

    id: int
    what: str
    due_on: date
    late: int
    who: str
    reminded_as: RemindedAs

    @property
    def when(self) -> str:
        """The due day in words, and how far it is."""
        day = long_date(self.due_on, "vi")
        if self.late > 0:
            said = ngettext("%(num)s day late", "%(num)s days late", self.late)
        elif self.late == 0:
            said = _("today")
        else:
            said = ngettext("%(num)s day left", "%(num)s days left", -self.late)
        return _("due %(day)s, %(far)s", day=day, far=said)


@dataclass(frozen=True)
class Asked:
    """A request for a later day that waits for this person's decision."""

    id: int
    commitment_id: int
    what: str
    who: str
    old_due_on: date
    new_due_on: date


@dataclass
class Contents:
    """What a message says: of the own promises, of those of others, and what waits for a decision."""

    lines: list[Line] = field(default_factory=list)
    total: int = 0
    asked: list[Asked] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lines or self.asked)

    def key(self, today: date) -> dict[str, Any]:
        """What the reader is told, to see at sending whether it is still the same."""
        lines = [[one.id, one.due_on.isoformat(), one.reminded_as.value] for one in self.lines]
        return {"day": today.isoformat(), "lines": lines, "asked": [one.id for one in self.asked]}


# -- what it says -----------------------------------------------------------------------------------------------------


@cache
def _lines() -> sa.Select[Any]:
    """The newest reminder of each promise that still holds, the longest late first, MOST_LINES for each person."""
    newest = (
        sa.select(
            Reminder.commitment_id,
            Reminder.staff_id,
            Reminder.reminded_as,
            sa.func.row_number()
            .over(
                partition_by=(Reminder.staff_id, Reminder.commitment_id), order_by=(Reminder.days.desc(), Reminder.id)
            )
            .label("rank"),
        )
        .join(Commitment, sa.and_(Commitment.id == Reminder.commitment_id, Commitment.due_on == Reminder.due_on))
        .where(
            Reminder.staff_id.in_(sa.bindparam("staff_ids", expanding=True)),
            Reminder.told_on >= value("since"),
            Reminder.told_on <= value("upto"),
        )
        .subquery()
    )
    responsible = aliased(Staff)
    in_order = {"partition_by": newest.c.staff_id, "order_by": (Commitment.due_on, Commitment.id)}
    ranked = (
        sa.select(
            newest.c.staff_id,
            Commitment.id,
            SHOWN.label("what"),
            Commitment.due_on,
            newest.c.reminded_as,
            Commitment.responsible_id,
            responsible.name,
            sa.func.row_number().over(**in_order).label("place"),  # type: ignore[arg-type]
            sa.func.count().over(partition_by=newest.c.staff_id).label("total"),
        )
        .join(Commitment, Commitment.id == newest.c.commitment_id)
        .join(responsible, responsible.id == Commitment.responsible_id)
        .where(
            newest.c.rank == 1,
            Commitment.state.in_(UNFINISHED),
            sa.or_(
                newest.c.reminded_as != RemindedAs.RESPONSIBLE,
                newest.c.staff_id.in_([responsible.id, responsible.deputy_id]),
                ~responsible.is_active,
            ),
        )
        .subquery()
    )
    return sa.select(ranked).where(ranked.c.place <= MOST_LINES).order_by(ranked.c.staff_id, ranked.c.place)


def contents_for(
    commune: Commune, staff_ids: Collection[int], since: date, upto: date, today: date
) -> dict[int, Contents]:
    """What the reminders of those days say to these people `today`; four queries, however many people."""
    found: dict[int, Contents] = defaultdict(Contents)
    rows = db.session.execute(_lines(), {"staff_ids": list(staff_ids), "since": since, "upto": upto})
    for staff_id, id_, what, due_on, who, responsible_id, name, _place, total in rows:
        late, other = (today - due_on).days, name if responsible_id != staff_id else ""
        found[staff_id].lines.append(Line(id_, _short(what), due_on, late, other, who))
        found[staff_id].total = total
    deciders = {id_: who for id_, who in reached.deciders(commune, today).items() if who in staff_ids}
    for one in _asked(list(deciders)) if deciders else []:
        found[deciders[one.id]].asked.append(one)
    return found


def _asked(request_ids: Sequence[int]) -> list[Asked]:
    r = ExtensionRequest
    rows = db.session.execute(
        sa.select(r.id, Commitment.id, SHOWN, Staff.name, r.old_due_on, r.new_due_on)
        .join(Commitment, Commitment.id == r.commitment_id)
        .join(Staff, Staff.id == Commitment.responsible_id)
        .where(r.id.in_(request_ids))
        .order_by(r.asked_at, r.id)
        .limit(MOST_LINES)
    )
    return [Asked(id_, of, _short(what), name, old, new) for id_, of, what, name, old, new in rows]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1].rstrip()}…"


# -- the letter -------------------------------------------------------------------------------------------------------


def letter(staff: Staff, said: Contents, day: date, today: date, link: str = "") -> Letter:
    """The message of `day`, as it reads today. The link is made when it goes out, so that it works for its full time
    and stands in no row before."""
    is_text = bool(staff.remind_phone and current_app.config["SETTINGS"].gateway_url)
    with force_locale("vi"):
        parts = _parts(said)
        title = commune_title(staff.commune)
        subject = _subject(said, today)
        return Letter(
            kind=Kind.MORNING,
            thing=thing(staff.id),
            recipient=staff.remind_phone if is_text else staff.email,
            version=day.toordinal(),
            channel=Channel.GATEWAY if is_text else Channel.MAIL,
            recipient_name=staff.name,
            subject=subject,
            text=_short_text(said, subject, link) if is_text else _text(staff, said, parts, link),
            html="" if is_text else _html(staff, said, parts, link),
            why=_("You get this message because you answer for promises to the people of %(commune)s.", commune=title),
            held={**said.key(today), "link": bool(link)},
        )


def thing(staff_id: int) -> str:
    """What the letter is about: the person."""
    return f"staff:{staff_id}"


def _subject(said: Contents, today: date) -> str:
    late = sum(one.late > 0 for one in said.lines)
    parts = []
    if late:
        parts.append(ngettext("%(num)s late", "%(num)s late", late))
    if len(said.lines) > late:
        parts.append(ngettext("%(num)s due soon", "%(num)s due soon", len(said.lines) - late))
    if said.asked:
        parts.append(ngettext("%(num)s waiting for your word", "%(num)s waiting for your word", len(said.asked)))
    return _("Promises on %(day)s: %(parts)s", day=short_date(today, "vi"), parts=", ".join(parts))


def _parts(said: Contents) -> list[tuple[str, list[Line]]]:
    """The lines under their headings: own ones first, the late first of all."""
    own = [one for one in said.lines if one.reminded_as is RemindedAs.RESPONSIBLE]
    found = [
        (_("Overdue"), [one for one in own if one.late > 0]),
        (_("Due today"), [one for one in own if one.late == 0]),
        (_("Due soon"), [one for one in own if one.late < 0]),
        (_("Of those for whom you answer"), [one for one in said.lines if one.reminded_as is RemindedAs.SUPERIOR]),
        (_("For your oversight"), [one for one in said.lines if one.reminded_as is RemindedAs.OVERSEER]),
    ]
    return [(title, lines) for title, lines in found if lines]


def _text(staff: Staff, said: Contents, parts: list[tuple[str, list[Line]]], link: str) -> str:
    out = [_("Dear %(name)s,", name=staff.name)]
    for title, lines in parts:
        out += ["", f"{title.upper()}"]
        out += [f"* {one.what}\n  {_with_who(one)}" for one in lines]
    if said.total > len(said.lines):
        out += ["", _and_more(said)]
    if said.asked:
        out += ["", _("Waiting for your decision: a later day is asked for").upper()]
        out += [f"* {one.what}\n  {_asked_for(one)}" for one in said.asked]
    if link:
        out += ["", _("Report or ask for a later day, on the phone too, without signing in:"), link, "", _link_note()]
    return "\n".join(out)


def _with_who(one: Line) -> str:
    return f"{one.who}: {one.when}" if one.who else one.when


def _asked_for(one: Asked) -> str:
    days = f"{short_date(one.old_due_on, 'vi')} → {short_date(one.new_due_on, 'vi')}"
    return f"{one.who}: {days}, {_base()}/office/commitments/{one.commitment_id}"


def _and_more(said: Contents) -> str:
    number = said.total - len(said.lines)
    return ngettext("And %(num)s more.", "And %(num)s more.", number)


def _link_note() -> str:
    return _("The link works for 7 days and only for you. Please do not pass this message on.")


def _short_text(said: Contents, subject: str, link: str) -> str:
    """For a phone: the first ones and the link."""
    first = "; ".join(f"{one.what[:60].rstrip()} ({one.when})" for one in said.lines[:MOST_IN_TEXT])
    return ". ".join(part.rstrip(".") for part in (subject, first, link) if part)


def _html(staff: Staff, said: Contents, parts: list[tuple[str, list[Line]]], link: str) -> str:
    return render_template(
        "mail/morning.html",
        name=staff.name,
        parts=parts,
        more=_and_more(said) if said.total > len(said.lines) else "",
        asked=[(one, _asked_for(one).rsplit(", ", 1)) for one in said.asked],
        link=link,
        link_note=_link_note(),
        office=_base(),
    )


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


# -- when it goes out -------------------------------------------------------------------------------------------------


def check(message: Message) -> str | None:
    """Asked at sending: what of it still holds? Puts the letter right, with a link, or says why it is not sent."""
    staff = db.session.get(Staff, int(message.thing.partition(":")[2]))
    with force_locale("vi"):
        if staff is None or not staff.is_active:
            return _("The account of the recipient was closed.")
        today, held = clock.today(staff.commune.time_zone), message.held or {}
        day = date.fromordinal(message.version)
        since = date.fromisoformat(held.get("since", day.isoformat()))
        said = contents_for(staff.commune, [staff.id], since, day, today).get(staff.id)
        if not said:
            return _("All of it was done, extended or withdrawn meanwhile.")
        if held == {**said.key(today), "link": True, **({"since": held["since"]} if "since" in held else {})}:
            return None
        again = letter(staff, said, day, today, links.make(staff))
        post.rewrite(message=message, letter=keeping_since(again, since, day))
    return None


def keeping_since(one: Letter, since: date, day: date) -> Letter:
    """A letter that also says what one of an earlier day, which never left, would have said."""
    return one if since == day else replace(one, held={**(one.held or {}), "since": since.isoformat()})
