"""Who is invited to a dialogue: adding, changing, removing, lists and counts. The mails are made in `mail`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import load_only

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.invitations import guest_list, mail
from dialogues.invitations.guest_list import MOST_LINES, Entry
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import INVITING, GuestRole, Reply, Standing, standing
from dialogues.invitations.replies import new_reply_key, outdate, tell_trail
from dialogues.places.models import Commune
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.schedule.told import OFF, Facts, facts_of
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.text import fold, name_key

PROBLEMS: dict[str, object] = {
    "address": _l("the e-mail address is not complete"),
    "two_addresses": _l("two e-mail addresses on one line"),
    "name": _l("no name"),
    "long": _l("the line is too long"),
}
SOON = timedelta(days=14)
CHANGEABLE = INVITING | {DialogueState.POSTPONED}
"""States in which the list of guests may be changed."""


@dataclass(frozen=True)
class Added:
    """What became of a list: how many are new, how many stood there already, which lines could not be read."""

    new: int
    known: int
    broken: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Person:
    """What a form says about one guest."""

    name: str
    post: str = ""
    body: str = ""
    email: str | None = None
    role: GuestRole = GuestRole.REQUIRED
    staff_id: int | None = None


# -- lists ------------------------------------------------------------------------------------------------------------


def may_see(dialogue: Dialogue, staff: Staff) -> bool:
    """The office sees the guests of every dialogue; others of those that they chair, co-chair or write for."""
    return Role.OFFICE in staff.roles or (
        bool(staff.roles & {Role.LEADER, Role.OVERSEER})
        and staff.id in (dialogue.chair_id, dialogue.co_chair_id, dialogue.secretary_id)
    )


def active(dialogue_id: int) -> sa.Select[tuple[Guest]]:
    """The guests of a dialogue, without those who were removed, by role and name."""
    return (
        sa.select(Guest)
        .where(Guest.dialogue_id == dialogue_id, Guest.removed_at.is_(None))
        .order_by(_by_role(), Guest.sort_name, Guest.id)
    )


def _by_role() -> sa.Case[int]:
    return sa.case({GuestRole.CHAIR: 0, GuestRole.REQUIRED: 1}, value=Guest.role, else_=2)


def with_standing(statement: sa.Select[tuple[Guest]], wanted: Standing | None) -> sa.Select[tuple[Guest]]:
    """Only those who stand there; all without `wanted`."""
    if wanted is None:
        return statement
    if wanted in (Standing.YES, Standing.NO, Standing.MAYBE):
        return statement.where(Guest.reply == Reply(wanted.value))
    is_invited = Guest.invited_at.is_not(None)
    statement = statement.where(Guest.reply == Reply.WAITING)
    if wanted is Standing.WAITING:
        return statement.where(is_invited)
    has_email = Guest.email.is_not(None)
    return statement.where(~is_invited, has_email if wanted is Standing.NOT_INVITED else ~has_email)


def standing_of(guest: Guest) -> Standing:
    """Where this guest stands."""
    return standing(guest.reply, is_invited=guest.invited_at is not None, has_email=guest.email is not None)


def counts(dialogue_id: int) -> dict[Standing, int]:
    """How many guests stand where; one query."""
    is_invited, has_email = Guest.invited_at.is_not(None), Guest.email.is_not(None)
    rows = db.session.execute(
        sa.select(Guest.reply, is_invited, has_email, sa.func.count())
        .where(Guest.dialogue_id == dialogue_id, Guest.removed_at.is_(None))
        .group_by(Guest.reply, is_invited, has_email)
    )
    found = dict.fromkeys(Standing, 0)
    for reply, invited, email, number in rows:
        found[standing(reply, is_invited=bool(invited), has_email=bool(email))] += number
    return found


def to_invite(dialogue_id: int) -> sa.Select[tuple[Guest]]:
    """Guests with an e-mail address who were not invited yet."""
    return active(dialogue_id).where(Guest.email.is_not(None), Guest.invited_at.is_(None))


def to_remind(dialogue_id: int) -> sa.Select[tuple[Guest]]:
    """Invited guests with an e-mail address who have not answered and were not reminded today."""
    today = clock.now() - timedelta(hours=20)
    return active(dialogue_id).where(
        Guest.email.is_not(None),
        Guest.invited_at.is_not(None),
        Guest.reply == Reply.WAITING,
        sa.or_(Guest.reminded_at.is_(None), Guest.reminded_at < today),
    )


def on_paper(dialogue_id: int) -> sa.Select[tuple[Guest]]:
    """Guests without e-mail address."""
    return active(dialogue_id).where(Guest.email.is_(None))


def number_of(statement: sa.Select[tuple[Guest]]) -> int:
    """How many guests a statement finds."""
    rows = statement.order_by(None).with_only_columns(Guest.id).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def is_paper_outdated(guest: Guest, dialogue: Dialogue) -> bool:
    """Whether the paper that was handed over says something else than what is true now."""
    return (
        guest.email is None and guest.says is not None and not Facts.from_json(guest.says).is_same(facts_of(dialogue))
    )


@dataclass(frozen=True)
class Waiting:
    """A dialogue to come whose guests have not all answered: for the page of today."""

    dialogue_id: int
    title: str
    starts_at: datetime
    unanswered: int
    not_invited: int


def not_answered(commune_id: int, now: datetime, within: timedelta = SOON) -> list[Waiting]:
    """Dialogues of the next days with guests who have not answered or were not invited yet; one query."""
    unanswered = sa.func.sum(sa.case((Guest.invited_at.is_not(None), 1), else_=0))
    not_invited = sa.func.sum(sa.case((Guest.invited_at.is_(None), 1), else_=0))
    rows = db.session.execute(
        sa.select(Dialogue.id, Dialogue.title, Dialogue.starts_at, unanswered, not_invited)
        .join(Guest, Guest.dialogue_id == Dialogue.id)
        .where(
            Dialogue.commune_id == commune_id,
            Dialogue.state.in_(INVITING),
            Dialogue.starts_at > now,
            Dialogue.starts_at < now + within,
            Guest.removed_at.is_(None),
            Guest.reply == Reply.WAITING,
        )
        .group_by(Dialogue.id, Dialogue.title, Dialogue.starts_at)
        .order_by(Dialogue.starts_at)
    )
    return [Waiting(id_, title, at, int(late or 0), int(new or 0)) for id_, title, at, late, new in rows]


@dataclass(frozen=True)
class Source:
    """An earlier dialogue whose guests can be taken over."""

    id: int
    title: str
    starts_at: datetime
    guests: int


def sources(dialogue: Dialogue, most: int = 20) -> list[Source]:
    """Other dialogues of the commune with guests, those before this one first, the last one on top; one query."""
    later = sa.case((Dialogue.starts_at <= dialogue.starts_at, 0), else_=1)
    rows = db.session.execute(
        sa.select(Dialogue.id, Dialogue.title, Dialogue.starts_at, sa.func.count(Guest.id))
        .join(Guest, Guest.dialogue_id == Dialogue.id)
        .where(Dialogue.commune_id == dialogue.commune_id, Dialogue.id != dialogue.id, Guest.removed_at.is_(None))
        .group_by(Dialogue.id, Dialogue.title, Dialogue.starts_at)
        .order_by(later, Dialogue.starts_at.desc())
        .limit(most)
    )
    return [Source(*row) for row in rows]


def staff_to_invite(dialogue: Dialogue) -> list[Staff]:
    """Active people of the commune who are not on the list yet, by name; one query."""
    there = sa.select(Guest.staff_id).where(
        Guest.dialogue_id == dialogue.id, Guest.removed_at.is_(None), Guest.staff_id.is_not(None)
    )
    return list(
        db.session.scalars(
            sa.select(Staff)
            .where(Staff.commune_id == dialogue.commune_id, Staff.is_active, Staff.id.not_in(there))
            .order_by(Staff.sort_name, Staff.id)
            .options(load_only(Staff.name, Staff.post, Staff.email), sa.orm.noload(Staff.role_rows))
        )
    )


# -- adding -----------------------------------------------------------------------------------------------------------


def add(*, dialogue: Dialogue, person: Person, actor: Staff) -> Guest:
    """One more guest; raises RuleBroken when the person is on the list already."""
    found = _add_all(dialogue, [person], actor)
    if not found.new:
        raise RuleBroken(_l("%(name)s is on the list already.", name=person.name), "email" if person.email else "name")
    key = (
        Guest.email == person.email.lower()
        if person.email
        else sa.and_(Guest.name == person.name, Guest.email.is_(None))
    )
    guest = db.session.scalar(active(dialogue.id).where(key).order_by(None).order_by(Guest.id.desc()).limit(1))
    assert guest is not None  # noqa: S101 (just written)
    return guest


def add_list(*, dialogue: Dialogue, text: str, actor: Staff) -> Added:
    """Everybody on a pasted list, in one transaction: good lines are kept, broken ones are named."""
    number = guest_list.count(text)
    if not number:
        raise RuleBroken(_l("Paste the list: one guest a line."), "text")
    if number > MOST_LINES:
        raise RuleBroken(
            _l(
                "This list has %(number)s lines; at most %(most)s can be read at once. Please split it.",
                number=number,
                most=MOST_LINES,
            ),
            "text",
        )
    entries = list(guest_list.read(text))
    good = [Person(e.name, e.post, e.body, e.email, e.role) for e in entries if not e.problem]
    found = _add_all(dialogue, good, actor)
    return Added(found.new, found.known, [entry for entry in entries if entry.problem])


def add_staff(*, dialogue: Dialogue, staff_ids: Iterable[int], actor: Staff) -> Added:
    """People of the commune; chair and co-chair of the dialogue are invited as such."""
    wanted = set(staff_ids)
    leads = {dialogue.chair_id, dialogue.co_chair_id}
    people = [
        Person(
            one.name, one.post, "", one.email or None,
            GuestRole.CHAIR if one.id in leads else GuestRole.REQUIRED, one.id,
        )
        for one in staff_to_invite(dialogue)
        if one.id in wanted
    ]  # fmt: skip
    return _add_all(dialogue, people, actor)


def copy_from(*, dialogue: Dialogue, source_id: int, actor: Staff) -> Added:
    """The guests of another dialogue of the commune, as they stand there; chairs of that one come as required guests
    unless they chair this one too."""
    if source_id not in {source.id for source in sources(dialogue, 200)}:
        raise RuleBroken(_l("Choose one of the list."), "source")
    leads = {dialogue.chair_id, dialogue.co_chair_id} - {None}
    rows = db.session.scalars(active(source_id))
    people = []
    for one in rows:
        role = one.role
        if one.staff_id is not None:
            role = (
                GuestRole.CHAIR if one.staff_id in leads else (GuestRole.REQUIRED if role is GuestRole.CHAIR else role)
            )
        people.append(Person(one.name, one.post, one.body, one.email, role, one.staff_id))
    return _add_all(dialogue, people, actor)


def _check_open(dialogue: Dialogue) -> None:
    if dialogue.state not in CHANGEABLE:
        raise RuleBroken(_l("The guests of a dialogue that was held or cancelled cannot be changed any more."))


def _add_all(dialogue: Dialogue, people: Sequence[Person], actor: Staff) -> Added:
    """Insert those who are new (in bulk); one who was removed comes back on the old row, so that SEQUENCE goes on."""
    _check_open(dialogue)
    rows = db.session.execute(
        sa.select(Guest.id, Guest.email, Guest.name, Guest.post, Guest.removed_at).where(
            Guest.dialogue_id == dialogue.id
        )
    ).all()
    known: dict[object, tuple[int, bool]] = {}
    for row in sorted(rows, key=lambda row: row.removed_at is None):  # one who is there counts before one who was
        known[_key(row.email, row.name, row.post)] = (row.id, row.removed_at is not None)
    new: dict[object, Person] = {}
    back: dict[int, Person] = {}
    for person in people:
        key = _key(person.email, person.name, person.post)
        if key in new:
            continue
        if key not in known:
            new[key] = person
        elif known[key][1]:
            back.setdefault(known[key][0], person)
    if new:
        db.session.execute(sa.insert(Guest), list(_values(dialogue, new.values())))
    for guest in db.session.scalars(sa.select(Guest).where(Guest.id.in_(back))) if back else ():
        _set(guest, back[guest.id])
        guest.removed_at, guest.reply, guest.reply_note, guest.reply_way = None, Reply.WAITING, "", None
        guest.earlier_reply = guest.replied_at = guest.reminded_at = None
    db.session.flush()
    number = len(new) + len(back)
    if number:
        _tell(dialogue, actor, "guests_added", str(number))
    return Added(number, len(people) - number)


def _key(email: str | None, name: str, post: str) -> object:
    """Who is the same: by address, without one by name and post."""
    return email.lower() if email else (fold(name), fold(post))


def _values(dialogue: Dialogue, people: Iterable[Person]) -> Iterator[dict[str, object]]:
    for person in people:
        yield {
            "commune_id": dialogue.commune_id,
            "dialogue_id": dialogue.id,
            "staff_id": person.staff_id,
            "name": person.name,
            "sort_name": name_key(person.name),
            "folded": _folded(person),
            "post": person.post,
            "body": person.body,
            "email": person.email.lower() if person.email else None,
            "role": person.role,
            "reply_key": new_reply_key(),
            "sequence": -1,
            "reply": Reply.WAITING,
            "reply_note": "",
            "version": 1,
        }


def _folded(person: Person) -> str:
    """What the search box looks in."""
    return fold(f"{person.name} {person.post} {person.body}")[:600]


def _set(guest: Guest, person: Person) -> None:
    guest.name, guest.sort_name = person.name, name_key(person.name)
    guest.post, guest.body, guest.role = person.post, person.body, person.role
    guest.folded = _folded(person)
    if person.staff_id is not None:
        guest.staff_id = person.staff_id


# -- changing ---------------------------------------------------------------------------------------------------------


def change(*, guest: Guest, person: Person, version: int, actor: Staff) -> None:
    """Correct a guest. Another e-mail address takes the invitation back from the old one; the new one is not invited
    yet. Raises EditConflict when somebody else saved first."""
    if version != guest.version:
        raise EditConflict
    _check_open(guest.dialogue)
    email = person.email.lower() if person.email else None
    if email and email != guest.email:
        taken = sa.select(Guest.id).where(Guest.dialogue_id == guest.dialogue_id, Guest.email == email)
        if db.session.scalar(taken) is not None:
            raise RuleBroken(_l("Another guest has this e-mail address already."), "email")
    if email != guest.email:
        mail.dismiss(guest=guest)
        guest.email, guest.reply_key = email, new_reply_key()
        outdate(guest)
    _set(guest, person)
    db.session.flush()
    tell_trail(guest, actor, "", "guest_changed")


def remove(*, guest: Guest, actor: Staff) -> None:
    """Take a guest off the list; one who was invited by mail is told, and the calendar with it."""
    if guest.removed_at is not None:
        return
    _check_open(guest.dialogue)
    mail.dismiss(guest=guest)
    guest.removed_at = clock.now()
    db.session.flush()
    tell_trail(guest, actor, "", "guest_removed")


def hand_over(*, guest: Guest, actor: Staff) -> None:
    """The invitation was given on paper, as it reads now."""
    if guest.email is not None or guest.removed_at is not None:
        raise RuleBroken(_l("This guest is invited by e-mail."))
    if guest.dialogue.state in OFF or guest.dialogue.state not in INVITING:
        raise RuleBroken(mail.NOT_INVITING)
    guest.invited_at = clock.now()
    guest.says = facts_of(guest.dialogue).to_json()
    db.session.flush()
    tell_trail(guest, actor, "", "guest_invited_on_paper")


def _tell(dialogue: Dialogue, actor: Staff, action: str, note: str) -> None:
    trail.record(
        commune_id=dialogue.commune_id, actor=actor, thing="dialogue", thing_id=dialogue.id, action=action, note=note
    )


def erase_old(keeps_until: Callable[[Commune], date]) -> int:
    """Erase the addresses and notes of guests whose dialogue ended before the day that `keeps_until` names for their
    commune; how many. Who was invited and what was answered stays. Part of `tidy`."""
    count = 0
    for commune in db.session.scalars(sa.select(Commune).order_by(Commune.id)).all():
        last = clock.instant(datetime.combine(keeps_until(commune), time()), commune.time_zone)
        over = sa.select(Dialogue.id).where(Dialogue.commune_id == commune.id, Dialogue.ends_at < last)
        holds = sa.or_(Guest.email.is_not(None), Guest.reply_note != "")
        result = db.session.execute(
            sa.update(Guest)
            .where(Guest.dialogue_id.in_(over), Guest.erased_at.is_(None), holds)
            .values(email=None, reply_note="", erased_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        count += int(result.rowcount)  # type: ignore[attr-defined]
    return count
