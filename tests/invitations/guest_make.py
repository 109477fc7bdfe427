"""Builders for tests about guests."""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from icalendar import Calendar

from dialogues import clock
from dialogues.extensions import db
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.replies import new_reply_key
from dialogues.post.models import Message
from dialogues.post.rules import MessageState
from dialogues.schedule import moves
from dialogues.schedule.plan import Plan, Times
from dialogues.staff.models import Staff
from dialogues.text import fold, name_key
from tests.make import make_dialogue, make_staff, save


def make_guest(dialogue: Any = None, **overrides: Any) -> Guest:
    """A guest with an e-mail address who was not invited yet."""
    dialogue = dialogue or make_dialogue()
    number = (db.session.scalar(sa.select(sa.func.max(Guest.id))) or 0) + 1
    values = {"name": f"Khách Mời {number}", "email": f"khach-moi-{number}@xa.example", **overrides}
    return save(
        Guest(
            commune_id=dialogue.commune_id,
            dialogue=dialogue,
            sort_name=name_key(values["name"]),
            folded=fold(values["name"]),
            reply_key=new_reply_key(),
            **values,
        )
    )


def the_office() -> Staff:
    """Somebody of the office of the first commune."""
    found = db.session.scalar(sa.select(Staff).order_by(Staff.id).limit(1))
    return found or make_staff("office")


def letters(state: MessageState | None = None) -> list[Message]:
    """The letters of the outbox, oldest first."""
    statement = sa.select(Message).order_by(Message.id)
    db.session.flush()
    db.session.expire_all()
    return list(db.session.scalars(statement.where(Message.state == state) if state else statement))


def newest() -> Message:
    return letters()[-1]


def only_event(letter: Message) -> Any:
    (event,) = Calendar.from_ical(letter.calendar).walk("VEVENT")
    return event


def sent() -> None:
    """As if the worker had been there."""
    for letter in letters(MessageState.WAITING):
        letter.state, letter.ended_at, letter.tries = MessageState.SENT, clock.now(), 1
    db.session.commit()


def plan_of(dialogue: Any, **changed: Any) -> Plan:
    """The plan as the form of this dialogue would send it, with what is changed."""
    starts_at = changed.pop("starts_at", dialogue.starts_at)
    length = dialogue.ends_at - dialogue.starts_at
    names = (
        "kind", "trigger", "trigger_reason", "form", "title", "purpose", "place", "address", "online_link", "chair_id",
        "co_chair_id", "secretary_id", "mttq_partner", "party_invited", "hotline", "how_to_attend",
    )  # fmt: skip
    plan = Plan(
        topics=tuple(dialogue.topics),
        village_ids=tuple(village.id for village in dialogue.villages),
        times=Times(starts_at, starts_at + length, None),
        **{name: getattr(dialogue, name) for name in names},
    )
    return replace(plan, **changed)


def change(dialogue: Any, **changed: Any) -> None:
    """The office changes the plan."""
    moves.change(
        dialogue=dialogue,
        values=plan_of(dialogue, **changed),
        version=dialogue.version,
        late_reason="Gấp.",
        actor=the_office(),
    )
    db.session.commit()
