"""Today: everything that is late, due today or due this week, each with the place where it is done.

Each subject has one plain function that gives its duties; a new feature adds a line to `_office` or `_own`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError

from dialogues import clock
from dialogues.access import Permission, allowed
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import LATER, UNFINISHED
from dialogues.followup.service import CommitmentRow, all_commitments, commitment_rows
from dialogues.followup.work import work_of
from dialogues.places import calendar
from dialogues.places.counting import explain
from dialogues.places.models import Commune
from dialogues.places.rules import RuleName
from dialogues.places.service import rule_value
from dialogues.post import service as post
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState, Step, Timing
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.today import deadlines
from dialogues.today.models import PeriodReport
from dialogues.today.rules import WEEK, Period, Slot, slot
from dialogues.words import label

S = DialogueState
SHOWN = 40


@dataclass(frozen=True)
class Duty:
    """One line: what is to be done by when, and the endpoint (with values and anchor) where that is done. `report` is
    set for a report that can be marked as sent right here."""

    slot: Slot
    due: date
    what: str
    thing: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    anchor: str = ""
    note: str = ""
    report: Period | None = None


@dataclass(frozen=True)
class Today:
    """The page. `warnings` are sentences without a day, each with its endpoint and values."""

    duties: dict[Slot, list[Duty]]
    warnings: list[tuple[str, str, dict[str, Any]]]
    failed: int
    sent: list[PeriodReport]
    hidden: int

    @property
    def is_empty(self) -> bool:
        return not any(self.duties.values()) and not self.warnings and not self.failed


def page(staff: Staff, now: datetime) -> Today:
    """Everything for who runs the office; for others what is their own. A bounded number of queries."""
    commune = staff.commune
    today = clock.local(now, commune.time_zone).date()
    runs_office = allowed(staff, Permission.PLAN_DIALOGUES)
    found = sorted(_office(commune, now, today) if runs_office else _own(staff, now, today), key=lambda duty: duty.due)
    groups = {group: [duty for duty in found if duty.slot is group] for group in Slot}
    return Today(
        duties={group: duties[:SHOWN] for group, duties in groups.items()},
        warnings=_warnings(commune, today) if runs_office else [],
        failed=post.failed(commune.id) if runs_office else 0,
        sent=deadlines.sent_reports(commune.id, today - deadlines.REPORTS_BACK)[:3] if runs_office else [],
        hidden=sum(max(0, len(duties) - SHOWN) for duties in groups.values()),
    )


def _office(commune: Commune, now: datetime, today: date) -> list[Duty]:
    """What is due in the commune, whoever has to do it."""
    return [
        *_steps(deadlines.dialogue_steps(commune, now), today),
        *_first_words(commune, today),
        *_later_answers(commune, today),
        *_commitments(commune, today),
        *_reports(commune, today),
    ]


def _own(staff: Staff, now: datetime, today: date) -> list[Duty]:
    """Where the person chairs or writes, and what is assigned to them or their unit as "My work" finds it."""
    work, last = work_of(staff, today), today + WEEK
    return [
        *_steps(deadlines.dialogue_steps(staff.commune, now, staff.id), today),
        *(_later_answer(q.id, q.due_on, q.text, today) for q in work.later if q.due_on and q.due_on <= last),
        *(_commitment(row, today) for row in work.commitments if row.due_on <= last),
    ]


# -- dialogues --------------------------------------------------------------------------------------------------------

TO_DO: dict[Step, object] = {
    Step.ANNOUNCE: _l("Announce the dialogue"),
    Step.DRAFTS: _l("Have the draft answers ready"),
    Step.SESSION: _l("Hold the dialogue and record it"),
    Step.MINUTES: _l("Have the minutes signed"),
    Step.RESULT: _l("Make the result public in three ways"),
    Step.WRITTEN_ANSWERS: _l("Send the written answers"),
    Step.REPORTS: _l("Collect the reports of the departments"),
}


def _steps(dialogues: list[deadlines.DialogueSteps], today: date) -> list[Duty]:
    found = []
    for dialogue in dialogues:
        for one in dialogue.open:
            if one.step is not Step.ANNOUNCE and _waits_for_announcement(dialogue, one.step):
                continue
            when = Slot.TODAY if one.timing is Timing.PAST_PLAN else slot(one.due, today)
            if when is None:
                continue
            notes = [explain(one.counted)] if one.counted else []
            if one.step is Step.RESULT:
                left = ", ".join(str(label(way)).lower() for way in dialogue.ways_left)
                notes.append(str(_l("Still to do: %(ways)s.", ways=left)))
            if one.timing is Timing.PAST_PLAN and one.law:
                notes.append(
                    str(
                        _l(
                            "The planned day has passed; by law it is possible until %(day)s.",
                            day=f"{one.law.on:%d/%m/%Y}",
                        )
                    )
                )
            found.append(
                Duty(
                    when, one.due, str(TO_DO[one.step]), dialogue.title, "schedule_office.detail",
                    {"dialogue_id": dialogue.id}, "step-" + one.step.value.replace("_", "-"), " ".join(notes),
                )
            )  # fmt: skip
    return found


def _waits_for_announcement(dialogue: deadlines.DialogueSteps, step: Step) -> bool:
    """Nothing of a draft whose day has passed is due but to announce it anew."""
    return step is not Step.DRAFTS and any(one.step is Step.ANNOUNCE for one in dialogue.open)


# -- questions, answers, promises -------------------------------------------------------------------------------------


def _first_words(commune: Commune, today: date) -> list[Duty]:
    """One line a day of receipt: the office decides on them together in the queue."""
    by_day: dict[date, list[deadlines.FirstWord]] = {}
    for word in deadlines.first_words(commune):
        by_day.setdefault(word.due.on, []).append(word)
    found = []
    for due, words in by_day.items():
        when = slot(due, today)
        if when is not None:
            number = ngettext("%(num)s question", "%(num)s questions", len(words))
            one = len(words) == 1
            endpoint = "questions_office.detail" if one else "questions_office.queue"
            values = {"question_id": words[0].id} if one else {}
            what = str(_l("Tell the asker who takes it up"))
            found.append(Duty(when, due, what, number, endpoint, values, note=explain(words[0].due)))
    return found


def _later_answers(commune: Commune, today: date) -> list[Duty]:
    rows = db.session.execute(
        sa.select(Answer.question_id, Answer.due_on, Question.public_text)
        .join(Question, Question.id == Answer.question_id)
        .where(
            Answer.commune_id == commune.id,
            Answer.outcome.in_(LATER),
            Answer.published_at.is_not(None),
            Answer.final_on.is_(None),
            Answer.due_on <= today + WEEK,
            Question.state == QuestionState.PUBLISHED,
        )
        .order_by(Answer.due_on)
        .limit(deadlines.MOST)
    )
    return [_later_answer(id_, due_on, text, today) for id_, due_on, text in rows]


def _later_answer(question_id: int, due_on: date, text: str, today: date) -> Duty:
    what = str(_l("Give the answer that was promised in writing"))
    values = {"question_id": question_id}
    return Duty(slot(due_on, today) or Slot.WEEK, due_on, what, _short(text), "followup_office.answer", values)


def _commitments(commune: Commune, today: date) -> list[Duty]:
    due = all_commitments(commune.id).where(Commitment.state.in_(UNFINISHED), Commitment.due_on <= today + WEEK)
    return [
        _commitment(row, today) for row in commitment_rows(due.order_by(Commitment.due_on).limit(deadlines.MOST), today)
    ]


def _commitment(row: CommitmentRow, today: date) -> Duty:
    what = str(_l("Keep the commitment: %(person)s", person=row.responsible))
    values = {"commitment_id": row.id}
    return Duty(
        slot(row.due_on, today) or Slot.WEEK, row.due_on, what, _short(row.result), "followup_office.commitment", values
    )


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119].rstrip() + "…"


# -- reports, requests, guests ----------------------------------------------------------------------------------------

PERIODS: dict[Period, object] = {
    Period.MONTH: _l("Report of month %(month)s/%(year)s"),
    Period.QUARTER_1: _l("Report of the first quarter of %(year)s"),
    Period.HALF_YEAR: _l("Report of the first six months of %(year)s"),
    Period.NINE_MONTHS: _l("Report of nine months of %(year)s"),
    Period.YEAR: _l("Report of the year %(year)s"),
}


def period_name(period: Period, ends_on: date) -> str:
    """`Report of month 11/2026`."""
    return str(PERIODS[period]) % {"month": ends_on.month, "year": ends_on.year}


def _reports(commune: Commune, today: date) -> list[Duty]:
    found = []
    for report in deadlines.reports_due(commune, today):
        when = slot(report.due.on, today)
        if when is not None:
            name = period_name(report.period, report.ends_on)
            values = {"ends_on": report.ends_on.isoformat()}
            found.append(
                Duty(when, report.due.on, name, "", "", values, note=explain(report.due), report=report.period)
            )
    return found


# -- what has no day --------------------------------------------------------------------------------------------------


def _warnings(commune: Commune, today: date) -> list[tuple[str, str, dict[str, Any]]]:
    found: list[tuple[str, str, dict[str, Any]]] = []
    demanded, planned = year_duty(commune, today)
    if planned < demanded:
        found.append((_year_warning(today.year, demanded, planned), "schedule_office.new", {}))
    year = calendar.year_to_fill(commune, today)
    if year:
        sentence = str(_l("The days off of %(year)s are not complete: Tet is missing. Enter them.", year=year))
        found.append((sentence, "places_calendar.days_off", {"year": year}))
    return found


def year_duty(commune: Commune, today: date) -> tuple[int, int]:
    """How many dialogues the year demands (R1), and how many are held or ahead; one query."""
    first, last = (clock.instant(datetime(today.year + n, 1, 1), commune.time_zone) for n in (0, 1))  # noqa: DTZ001
    planned = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Dialogue)
        .where(
            Dialogue.commune_id == commune.id,
            Dialogue.starts_at >= first,
            Dialogue.starts_at < last,
            Dialogue.state.not_in((S.POSTPONED, S.CANCELLED)),
        )
    )
    return rule_value(commune, RuleName.DIALOGUES_A_YEAR, date(today.year, 12, 31)), planned or 0


def _year_warning(year: int, demanded: int, planned: int) -> str:
    missing = ngettext("%(num)s dialogue is missing", "%(num)s dialogues are missing", demanded - planned)
    return str(
        _l(
            "The year %(year)s demands %(demanded)s: %(missing)s. Plan in time, the announcement takes a week.",
            year=year, demanded=demanded, missing=missing,
        )
    )  # fmt: skip


# -- reports sent -----------------------------------------------------------------------------------------------------


def mark_sent(*, commune: Commune, period: Period, ends_on: date, actor: Staff) -> None:
    """Write down that the report of a period was sent. Twice is once."""
    today = clock.today(commune.time_zone)
    if (period, ends_on) not in {(one.period, one.ends_on) for one in deadlines.reports_due(commune, today)}:
        if _report(commune.id, period, ends_on) is not None:
            return
        raise RuleBroken(_l("No report of this period is due."))
    try:
        with db.session.begin_nested():
            row = PeriodReport(commune_id=commune.id, period=period, ends_on=ends_on, sent_on=today, staff_id=actor.id)
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return
    _record(actor, "period_report_sent", period, ends_on)


def take_back(*, commune: Commune, period: Period, ends_on: date, actor: Staff) -> None:
    """The report was not sent after all."""
    row = _report(commune.id, period, ends_on)
    if row is None:
        raise RuleBroken(_l("This report is not marked as sent any more."))
    db.session.delete(row)
    db.session.flush()
    _record(actor, "period_report_undone", period, ends_on)


def _report(commune_id: int, period: Period, ends_on: date) -> PeriodReport | None:
    r = PeriodReport
    return db.session.scalar(sa.select(r).where(r.commune_id == commune_id, r.period == period, r.ends_on == ends_on))


def _record(actor: Staff, action: str, period: Period, ends_on: date) -> None:
    trail.record(
        commune_id=actor.commune_id, actor=actor, thing="period_report", thing_id=actor.commune_id, action=action,
        note=period_name(period, ends_on),
    )  # fmt: skip
