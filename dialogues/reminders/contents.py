"""What a morning message says to each person: the reminders that still hold, and what waits for a decision."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import aliased

from dialogues.extensions import db, value
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import UNFINISHED
from dialogues.followup.service import SHOWN
from dialogues.formatting import long_date
from dialogues.places.models import Commune
from dialogues.reminders import reached
from dialogues.reminders.models import Reminder
from dialogues.reminders.rules import RemindedAs
from dialogues.staff.models import Staff

MOST_LINES = 30
"""So many promises a message names; the page behind the link shows all."""
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
