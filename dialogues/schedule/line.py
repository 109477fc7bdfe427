"""The line of dates of a dialogue: every step, when it is due, who did it, and how it stands."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, lazyload, load_only

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places.days import Deadline
from dialogues.places.models import Commune
from dialogues.schedule.deadlines import announce_by, deadline
from dialogues.schedule.models import Dialogue, DoneStep
from dialogues.schedule.rules import (
    BY_HAND,
    RESULT_WAYS,
    AnnouncementCheck,
    DialogueState,
    Step,
    Timing,
    question_deadline,
    timing,
)
from dialogues.staff import trail
from dialogues.staff.models import Staff, TrailEntry

S = DialogueState
OFF = (S.POSTPONED, S.CANCELLED)
CONCLUDED = (S.CONCLUDED, S.PUBLISHED)
AFTER_SESSION = (S.HELD, *CONCLUDED)
_ACTIONS = {"created": Step.PLAN, "announced": Step.ANNOUNCE, "held": Step.SESSION}


@dataclass(frozen=True)
class Facts:
    """What the steps of one dialogue are worked out from, whether it comes from a row or from a list of them.
    `was_announced_late`: it stays so, to whatever day the dialogue is moved (R4)."""

    state: DialogueState
    starts_at: datetime
    question_deadline_at: datetime | None
    created_at: datetime
    announced_at: datetime | None
    held_at: datetime | None
    was_announced_late: bool = False


@dataclass(frozen=True)
class LineStep:
    """One step. `due`: the day it is to be done; `counted` how that day was found (None: it was chosen by people);
    `law` the last lawful day where the law names one."""

    step: Step
    due: date
    counted: Deadline | None
    law: Deadline | None
    done_on: date | None
    timing: Timing
    who: str = ""
    evidence: str = ""

    @property
    def by_hand(self) -> bool:
        return self.step in BY_HAND


def steps(facts: Facts, done: Mapping[Step, date], commune: Commune, now: datetime) -> list[LineStep]:
    """The steps in their order; none for a dialogue that is off. No query of its own beside the commune's numbers."""
    if facts.state in OFF:
        return []
    zone = commune.time_zone

    def day(instant: datetime | None) -> date | None:
        return clock.local(instant, zone).date() if instant else None

    held_on, today = clock.local(facts.starts_at, zone).date(), clock.local(now, zone).date()
    closes_at = question_deadline(facts.starts_at, facts.question_deadline_at)
    closes_on = clock.local(closes_at, zone).date()
    is_public = facts.state is not S.DRAFT
    ways = [done[way] for way in RESULT_WAYS if way in done]
    recorded: dict[Step, date | None] = {
        **done,
        Step.PLAN: day(facts.created_at),
        Step.ANNOUNCE: day(facts.announced_at) if is_public else None,
        Step.QUESTIONS_CLOSE: closes_on if is_public and now >= closes_at else None,
        Step.SESSION: held_on if facts.held_at else None,
        Step.RESULT: max(ways) if len(ways) == len(RESULT_WAYS) else None,
    }
    found = []
    for step in Step:
        law: Deadline | None = None
        counted = None if step is Step.SESSION else deadline(commune, _leader(step), held_on)
        due = counted.on if counted else held_on
        if step is Step.QUESTIONS_CLOSE and closes_on != due:
            due, counted = closes_on, None
        elif step is Step.ANNOUNCE:
            law = announce_by(commune, held_on)
            due = min(due, law.on)
        elif _leader(step) is Step.RESULT:
            law = counted
        kept_on = recorded.get(step)
        stands = timing(due, kept_on, today, law.on if law else None)
        if step in (Step.PLAN, Step.QUESTIONS_CLOSE) and stands is Timing.LATE:
            stands = Timing.COMING
        elif step is Step.ANNOUNCE and kept_on and facts.was_announced_late:
            stands = Timing.DONE_LATE
        found.append(LineStep(step, due, counted, law, kept_on, stands))
    return found


def _leader(step: Step) -> Step:
    """The step whose day counts: for each of the three ways that of the result."""
    return Step.RESULT if step in RESULT_WAYS else step


def line_of(dialogue: Dialogue, now: datetime) -> list[LineStep]:
    """The steps of one dialogue with who did them and what shows it; two queries beside its reasons."""
    if dialogue.state in OFF:
        return []
    rows = {row.step: row for row in _done_steps([dialogue.id])}
    people = _who_moved(dialogue)
    facts = Facts(
        dialogue.state,
        dialogue.starts_at,
        dialogue.question_deadline_at,
        dialogue.created_at,
        dialogue.announced_at,
        dialogue.held_at,
        any(row.check is AnnouncementCheck.NOTICE for row in dialogue.announcement_reasons),
    )
    found = []
    for one in steps(facts, {step: row.done_on for step, row in rows.items()}, dialogue.commune, now):
        row = rows.get(one.step)
        who = (row.staff.name if row.staff else "") if row else (people.get(one.step, "") if one.done_on else "")
        found.append(
            LineStep(one.step, one.due, one.counted, one.law, one.done_on, one.timing, who, row.evidence if row else "")
        )
    return found


def _done_steps(dialogue_ids: Collection[int]) -> list[DoneStep]:
    statement = sa.select(DoneStep).where(DoneStep.dialogue_id.in_(dialogue_ids))
    person = joinedload(DoneStep.staff).options(
        load_only(Staff.name), lazyload(Staff.commune), lazyload(Staff.role_rows)
    )
    return list(db.session.scalars(statement.options(person)))


def _who_moved(dialogue: Dialogue) -> dict[Step, str]:
    """Who planned, announced and recorded it last."""
    rows = db.session.execute(
        sa.select(TrailEntry.action, Staff.name)
        .join(Staff, Staff.id == TrailEntry.staff_id)
        .where(
            TrailEntry.commune_id == dialogue.commune_id,
            TrailEntry.thing == "dialogue",
            TrailEntry.thing_id == dialogue.id,
            TrailEntry.action.in_(_ACTIONS),
        )
        .order_by(TrailEntry.id)
    )
    return {_ACTIONS[action]: name for action, name in rows}


@cache
def _done_days() -> sa.Select[Any]:
    d = DoneStep
    return sa.select(d.dialogue_id, d.step, d.done_on).where(d.dialogue_id.in_(sa.bindparam("ids", expanding=True)))


def done_days(dialogue_ids: Collection[int]) -> dict[int, dict[Step, date]]:
    """The days on which steps were done by hand, for many dialogues; one query."""
    found: dict[int, dict[Step, date]] = defaultdict(dict)
    if dialogue_ids:
        for dialogue_id, step, done_on in db.session.execute(_done_days(), {"ids": list(dialogue_ids)}):
            found[dialogue_id][step] = done_on
    return found


def result_ways(dialogue: Dialogue) -> list[tuple[Step, date | None]]:
    """The three ways of R5 with the day of each, for residents; one query once there is a result."""
    done = done_days([dialogue.id])[dialogue.id] if dialogue.state in CONCLUDED else {}
    return [(way, done.get(way)) for way in RESULT_WAYS]


# -- by hand ----------------------------------------------------------------------------------------------------------


def refusal(dialogue: Dialogue, step: Step) -> object | None:
    """Why this step cannot be ticked now; None when it can."""
    if step not in BY_HAND:
        return _l("This step follows from what is recorded; it is not ticked by hand.")
    if dialogue.state in OFF:
        return _l("This dialogue is postponed or cancelled.")
    if step in RESULT_WAYS and dialogue.state not in CONCLUDED:
        return _l("Write the conclusion first: then the result can be made public.")
    if step is not Step.DRAFTS and dialogue.state not in AFTER_SESSION:
        return _l("Record the dialogue as held first.")
    return None


def tick(*, dialogue: Dialogue, step: Step, done_on: date, evidence: str, actor: Staff) -> DoneStep:
    """Write down that a step was done. The same tick sent twice is one; another one must be undone first."""
    reason = refusal(dialogue, step)
    if reason is not None:
        raise RuleBroken(reason, "done_on")
    zone = dialogue.commune.time_zone
    if done_on > clock.today(zone):
        raise RuleBroken(_l("This day is still to come. Choose the day on which it was done."), "done_on")
    session_on = clock.local(dialogue.starts_at, zone).date()
    if step is Step.DRAFTS and done_on < clock.local(dialogue.created_at, zone).date():
        raise RuleBroken(_l("This day is before the dialogue was planned. Choose a later day."), "done_on")
    if step is not Step.DRAFTS and done_on < session_on:
        raise RuleBroken(_l("This day is before the dialogue. Choose a later day."), "done_on")
    if step in RESULT_WAYS and not evidence:
        raise RuleBroken(
            _l("Write what shows it: the programme and hour, the place of posting, who received it, or a link."),
            "evidence",
        )
    row = DoneStep(
        commune_id=dialogue.commune_id,
        dialogue_id=dialogue.id,
        step=step,
        done_on=done_on,
        staff_id=actor.id,
        evidence=evidence,
        noted_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        stands = _row(dialogue, step)
        if stands is not None and (stands.done_on, stands.evidence) == (done_on, evidence):
            return stands
        raise RuleBroken(
            _l("Somebody else ticked this meanwhile. Look at the line, and undo it first."), "done_on"
        ) from None
    settle(dialogue)
    _record(dialogue, actor, "step_done", step, done_on, evidence)
    return row


def settle(dialogue: Dialogue) -> None:
    """Keep on the dialogue since when its result is public by all three ways (R5); called when a tick changes."""
    days = done_days([dialogue.id])[dialogue.id]
    ways = [days[way] for way in RESULT_WAYS if way in days]
    dialogue.result_public_on = max(ways) if len(ways) == len(RESULT_WAYS) else None


def undo(*, dialogue: Dialogue, step: Step, actor: Staff) -> None:
    """Take a tick back; the trail keeps what stood there."""
    row = _row(dialogue, step)
    if row is None:
        raise RuleBroken(_l("This step is not ticked any more."))
    _record(dialogue, actor, "step_undone", step, row.done_on, row.evidence)
    db.session.delete(row)
    db.session.flush()
    settle(dialogue)
    db.session.flush()


def _row(dialogue: Dialogue, step: Step) -> DoneStep | None:
    return db.session.scalar(sa.select(DoneStep).where(DoneStep.dialogue_id == dialogue.id, DoneStep.step == step))


def _record(dialogue: Dialogue, actor: Staff, action: str, step: Step, done_on: date, evidence: str) -> None:
    from dialogues.words import label

    trail.record(
        commune_id=dialogue.commune_id,
        actor=actor,
        thing="dialogue",
        thing_id=dialogue.id,
        action=action,
        note=f"{label(step)}: {done_on:%d/%m/%Y}" + (f"\n{evidence}" if evidence else ""),
    )
