"""Every last day that is still open in a commune, as the table of days off and the numbers of rules make it now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from dialogues import clock
from dialogues.askers.models import Word
from dialogues.extensions import db
from dialogues.followup import escalation
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import LATER, UNFINISHED
from dialogues.places import service as places
from dialogues.places.days import Deadline, calendar_deadline, is_day_off, working_deadline
from dialogues.places.models import Commune
from dialogues.places.rules import RuleName
from dialogues.questions.models import Question
from dialogues.questions.rules import UNREAD
from dialogues.schedule import line, requests
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import RESULT_WAYS, DialogueState, Step
from dialogues.schedule.service import every
from dialogues.today.models import PeriodReport
from dialogues.today.rules import Period, periods_ending

S = DialogueState
LOOK_BACK = timedelta(days=400)
REPORTS_BACK = timedelta(days=100)
MOST = 200
_DERIVED = (Step.PLAN, Step.QUESTIONS_CLOSE)


@dataclass(frozen=True)
class DialogueSteps:
    """A dialogue whose dates still matter, with the steps that are not done."""

    id: int
    title: str
    session_on: date
    open: list[line.LineStep]
    ways_left: list[Step]


def dialogue_steps(commune: Commune, now: datetime, staff_id: int | None = None) -> list[DialogueSteps]:
    """Dialogues with open steps, oldest first: of everybody, or those where one person chairs or writes. Two queries
    beside the commune's days off and numbers."""
    d = Dialogue
    statement = every(commune.id).where(d.state.not_in((S.POSTPONED, S.CANCELLED)), d.starts_at > now - LOOK_BACK)
    if staff_id is not None:
        statement = statement.where(
            sa.or_(d.chair_id == staff_id, d.co_chair_id == staff_id, d.secretary_id == staff_id)
        )
    rows = db.session.execute(
        statement.with_only_columns(
            d.id, d.title, d.state, d.starts_at, d.question_deadline_at, d.created_at, d.announced_at, d.held_at
        )
        .order_by(d.starts_at)
        .limit(MOST)
    ).all()
    done = line.done_days([row.id for row in rows])
    found = []
    for row in rows:
        facts = line.Facts(
            row.state, row.starts_at, row.question_deadline_at, row.created_at, row.announced_at, row.held_at
        )
        steps = line.steps(facts, done[row.id], commune, now)
        missing = [one for one in steps if one.done_on is None and one.step not in (*_DERIVED, *RESULT_WAYS)]
        if missing:
            ways = [way for way in RESULT_WAYS if way not in done[row.id]]
            session_on = clock.local(row.starts_at, commune.time_zone).date()
            found.append(DialogueSteps(row.id, row.title, session_on, missing, ways))
    return found


def postponed(commune_id: int) -> int:
    """Dialogues that wait for a new day: no date of theirs runs, so somebody must remember them. One query."""
    d = Dialogue
    number = sa.select(sa.func.count()).where(d.commune_id == commune_id, d.state == S.POSTPONED)
    return db.session.scalar(number) or 0


@dataclass(frozen=True)
class FirstWord:
    """A question whose asker has not been told anything yet, and until when that must be (R8)."""

    id: int
    received_on: date
    due: Deadline


def first_words(commune: Commune) -> list[FirstWord]:
    """Questions that nobody has decided on or passed to anybody, here or above, and whose askers were told nothing of
    that kind, the oldest first; one query. Declining, splitting, merging and publishing are decisions: such a question
    does not wait any more."""
    said = sa.select(Word.id).where(Word.question_id == Question.id, Word.is_first)
    rows = db.session.execute(
        sa.select(Question.id, Question.received_at)
        .where(
            Question.commune_id == commune.id,
            Question.state.in_(UNREAD),
            Question.assigned_at.is_(None),
            ~said.exists(),
            ~sa.exists().where(Answer.question_id == Question.id, escalation.is_waiting()),
        )
        .order_by(Question.received_at, Question.id)
        .limit(MOST)
    )
    return [
        FirstWord(id_, on, first_word_due(commune, on))
        for id_, received_at in rows
        for on in (clock.local(received_at, commune.time_zone).date(),)
    ]


def first_word_due(commune: Commune, received_on: date) -> Deadline:
    """The last day for the first word to an asker (R8); the day of receipt is not counted."""
    number = places.rule_value(commune, RuleName.FIRST_WORD_DAYS, received_on)
    return working_deadline(received_on, number, places.days_off(commune))


def working_days_left(commune: Commune, due_on: date, today: date) -> int:
    """Working days after today up to a last day; below zero: so many have passed since it."""
    days_off = places.days_off(commune)
    early, late = sorted((today, due_on))
    span = [early + timedelta(days=n) for n in range(1, min((late - early).days, LOOK_BACK.days) + 1)]
    number = sum(not is_day_off(day, days_off) for day in span)
    return number if due_on >= today else -number


@dataclass(frozen=True)
class ReportDue:
    """A report of a period that is not sent."""

    period: Period
    ends_on: date
    due: Deadline


def reports_due(commune: Commune, today: date) -> list[ReportDue]:
    """Reports of periods that have ended lately and are not marked as sent; one query."""
    ended = periods_ending(today - REPORTS_BACK, today - timedelta(days=1))
    sent = {(row.period, row.ends_on) for row in sent_reports(commune.id, today - REPORTS_BACK)}
    since = first_duty_on(commune)
    return [
        ReportDue(period, ends_on, report_due(commune, ends_on))
        for period, ends_on in ended
        if (period, ends_on) not in sent and (since is None or ends_on >= since)
    ]


def report_due(commune: Commune, ends_on: date) -> Deadline:
    """The last day to send the report of a period."""
    number = places.rule_value(commune, RuleName.PERIOD_REPORT_DAYS, ends_on)
    return calendar_deadline(ends_on, number, places.days_off(commune))


def first_duty_on(commune: Commune) -> date | None:
    """The day since which the commune keeps its dialogues here: nobody asks for reports of the time before."""
    first = db.session.scalar(sa.select(sa.func.min(Dialogue.created_at)).where(Dialogue.commune_id == commune.id))
    return clock.local(first, commune.time_zone).date() if first else clock.today(commune.time_zone)


def sent_reports(commune_id: int, ended_from: date) -> list[PeriodReport]:
    """Reports of periods that ended since a day and were sent, newest first."""
    return list(
        db.session.scalars(
            sa.select(PeriodReport)
            .where(PeriodReport.commune_id == commune_id, PeriodReport.ends_on >= ended_from)
            .order_by(PeriodReport.ends_on.desc(), PeriodReport.id.desc())
        )
    )


def typed_dates_on(commune: Commune, days: Collection[date]) -> int:
    """How many open dates that people chose fall on these days: commitments, promised answers, requests of voters."""
    promised = sa.select(sa.func.count()).where(
        Commitment.commune_id == commune.id, Commitment.state.in_(UNFINISHED), Commitment.due_on.in_(days)
    )
    answers = sa.select(sa.func.count()).where(
        Answer.commune_id == commune.id, Answer.outcome.in_(LATER), Answer.final_on.is_(None), Answer.due_on.in_(days)
    )
    asked = [one for one in requests.listing(commune) if one.is_open and one.request.deadline_on in days]
    return len(asked) + sum(db.session.scalar(count) or 0 for count in (promised, answers))


def open_deadlines(commune: Commune, now: datetime) -> dict[object, date]:
    """All of them by what they are for: to say how many a new day off or number moves."""
    today = clock.local(now, commune.time_zone).date()
    found: dict[object, date] = {}
    for dialogue in dialogue_steps(commune, now):
        for step in dialogue.open:
            found["dialogue", dialogue.id, step.step] = step.due
    for word in first_words(commune):
        found["question", word.id] = word.due.on
    for report in reports_due(commune, today):
        found["report", report.period, report.ends_on] = report.due.on
    return found
