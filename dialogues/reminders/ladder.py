"""The ladder of a commune as it is set: its steps, changed on one page. A commune that has set none has `LADDER`."""

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dialogues.errors import RuleBroken
from dialogues.extensions import db, insert
from dialogues.reminders.models import LadderStep
from dialogues.reminders.rules import FARTHEST, LADDER, MOST_STEPS, RemindedAs
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.words import label

Step = tuple[int, RemindedAs]
_ORDER = list(RemindedAs)


def own_steps(commune_id: int) -> list[Step]:
    """What the commune has set; empty while it has set nothing. One query."""
    rows = db.session.execute(
        sa.select(LadderStep.days, LadderStep.reminded_as).where(LadderStep.commune_id == commune_id)
    )
    return sorted(((days, who) for days, who in rows), key=lambda step: (step[0], _ORDER.index(step[1])))


def steps(commune_id: int) -> list[Step]:
    """The steps that hold, in their order; one query."""
    return own_steps(commune_id) or list(LADDER)


def days_for(found: list[Step], who: RemindedAs) -> list[int]:
    """The steps of one kind of person."""
    return [days for days, as_whom in found if as_whom is who]


def when(days: int) -> str:
    """A step in words: "7 days before the due day"."""
    if days == 0:
        return _("on the due day")
    if days < 0:
        return ngettext("%(num)s day before the due day", "%(num)s days before the due day", -days)
    return ngettext("%(num)s day after the due day", "%(num)s days after the due day", days)


def add_step(*, commune_id: int, days: int, who: RemindedAs, actor: Staff) -> None:
    """One more step; the first change keeps the others of the default."""
    present = steps(commune_id)
    if abs(days) > FARTHEST:
        raise RuleBroken(_l("A step lies at most %(most)s days before or after the due day.", most=FARTHEST), "days")
    if (days, who) in present:
        raise RuleBroken(_l("This step stands on the ladder already."), "days")
    if len(present) >= MOST_STEPS:
        raise RuleBroken(_l("The ladder has %(most)s steps already. Remove one first.", most=MOST_STEPS), "days")
    _write(commune_id, [*present, (days, who)])
    _record(commune_id, actor, "ladder_step_added", _said(days, who))


def remove_step(*, commune_id: int, days: int, who: RemindedAs, actor: Staff) -> bool:
    """Without this step; whether it stood there. The last one stays: a ladder without steps reminds nobody."""
    present = steps(commune_id)
    if (days, who) not in present:
        return False
    if len(present) == 1:
        raise RuleBroken(_l("This is the last step. Add another one first: without steps nobody is reminded."))
    _write(commune_id, [step for step in present if step != (days, who)])
    _record(commune_id, actor, "ladder_step_removed", _said(days, who))
    return True


def reset(*, commune_id: int, actor: Staff) -> bool:
    """Back to the default; whether anything was set."""
    if not own_steps(commune_id):
        return False
    db.session.execute(sa.delete(LadderStep).where(LadderStep.commune_id == commune_id))
    _record(commune_id, actor, "ladder_reset", "")
    return True


def _write(commune_id: int, wanted: list[Step]) -> None:
    db.session.execute(sa.delete(LadderStep).where(LadderStep.commune_id == commune_id))
    rows = [{"commune_id": commune_id, "days": days, "reminded_as": who} for days, who in wanted]
    db.session.execute(insert(LadderStep).on_conflict_do_nothing(), rows)


def _said(days: int, who: RemindedAs) -> str:
    return f"{label(who)}: {when(days)}"


def _record(commune_id: int, actor: Staff, action: str, note: str) -> None:
    trail.record(commune_id=commune_id, actor=actor, thing="ladder", thing_id=commune_id, action=action, note=note)
