"""What is due, one function for each subject: each line says what, by when, why then, and where it is done."""

import enum
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from dialogues import clock
from dialogues.askers import requests as data_requests
from dialogues.askers import telling
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import LATER, UNFINISHED
from dialogues.followup.service import CommitmentRow, all_commitments, commitment_rows
from dialogues.followup.work import questions_of, work_of
from dialogues.formatting import short_date
from dialogues.invitations import guests
from dialogues.language import current_language
from dialogues.papers import service as papers
from dialogues.papers.rules import Reading
from dialogues.places.counting import explain
from dialogues.places.days import Deadline
from dialogues.places.models import Commune
from dialogues.questions.models import Question
from dialogues.questions.rules import ASSIGNABLE, QuestionState
from dialogues.schedule import requests, rounds
from dialogues.schedule.deadlines import deadline
from dialogues.schedule.rules import Step, Timing
from dialogues.staff.models import Staff
from dialogues.today import deadlines
from dialogues.today.reports import period_name
from dialogues.today.rules import WEEK, Period, Slot, slot
from dialogues.words import label

AHEAD = timedelta(days=130)
"""How far planned rounds are looked at: none has to be opened earlier."""


class Subject(enum.StrEnum):
    """What a line is about, in the order of the page: what the law counts stands first."""

    DIALOGUES = "dialogues"
    REQUESTS = "requests"
    ASKERS = "askers"
    WORDS = "words"
    DATA = "data"
    REPORTS = "reports"
    ANSWERS = "answers"
    COMMITMENTS = "commitments"
    GUESTS = "guests"


@dataclass(frozen=True)
class Duty:
    """One line. `endpoint`, `values` and `anchor` are where it is done; `report` stands for a report that can be marked
    as sent on the page itself."""

    subject: Subject
    slot: Slot
    due: date
    what: str
    thing: str
    endpoint: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    anchor: str = ""
    how: str = ""
    report: tuple[Period, date] | None = None


def of_office(commune: Commune, now: datetime, today: date) -> list[Duty]:
    """What is due in the commune, whoever has to do it."""
    return [
        *_steps(deadlines.dialogue_steps(commune, now), today),
        *_rounds(commune, now, today),
        *_requests(commune, today),
        *_first_words(commune, today),
        *_by_hand(commune, today),
        *_data_requests(commune, today),
        *_reports(commune, today),
        *_asked(Question.commune_id == commune.id, today),
        *_later_answers(commune, today),
        *_commitments(commune, today),
        *_announcements(commune, now, today),
        *_guests(commune, now, today),
    ]


def of_person(staff: Staff, now: datetime, today: date) -> list[Duty]:
    """Where the person chairs or writes, and what is assigned to them or their unit as "My work" finds it."""
    work, last = work_of(staff, today), today + WEEK
    return [
        *_steps(deadlines.dialogue_steps(staff.commune, now, staff.id), today),
        *_asked(sa.and_(Question.commune_id == staff.commune_id, questions_of(staff)), today),
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
            when = Slot.TODAY if one.timing is Timing.PAST_PLAN else slot(one.due, today)
            if when is None:
                continue
            how = [explain(one.counted)] if one.counted else []
            if one.step is Step.RESULT:
                left = ", ".join(_inside(str(label(way))) for way in dialogue.ways_left)
                how.append(_("Still to do: %(ways)s.", ways=left))
            if one.timing is Timing.PAST_PLAN and one.law:
                how.append(_("The planned day has passed; by law it is possible until %(day)s.", day=_day(one.law.on)))
            found.append(
                Duty(
                    Subject.DIALOGUES, when, one.due, str(TO_DO[one.step]), dialogue.title, "schedule_office.detail",
                    {"dialogue_id": dialogue.id}, "step-" + one.step.value.replace("_", "-"), " ".join(how),
                )
            )  # fmt: skip
    return found


def _announcements(commune: Commune, now: datetime, today: date) -> list[Duty]:
    """What was announced and changed since, and the next of the three days on the loudspeaker."""
    found = []
    for proof in papers.proofs_to_come(commune, now):
        values, title = {"dialogue_id": proof.dialogue.id}, proof.dialogue.title
        if proof.again:
            what = _("Announce the change again: %(where)s", where=", ".join(str(label(one)) for one in proof.again))
            found.append(
                Duty(Subject.DIALOGUES, Slot.TODAY, today, what, title, "papers_office.detail", values, "uses")
            )
        plan = papers.reading_days(proof, today)
        unread = [one for one in plan.days if one.reading is not Reading.READ] if plan else []
        when = slot(unread[0].on, today) if unread else None
        if plan and when is not None:
            what = _(
                "Have it read on the loudspeaker (day %(day)s of %(days)s)",
                day=len(plan.days) - len(unread) + 1, days=len(plan.days),
            )  # fmt: skip
            found.append(
                Duty(
                    Subject.DIALOGUES, when, unread[0].on, what, title, "papers_office.detail", values, "reading-days"
                )
            )  # fmt: skip
    return found


def _rounds(commune: Commune, now: datetime, today: date) -> list[Duty]:
    """Planned rounds from which the drafts must be made."""
    found = []
    for one in rounds.planned(commune.id, now + AHEAD):
        due = deadline(commune, Step.PLAN, clock.local(one.starts_at, commune.time_zone).date())
        when = slot(due.on, today)
        if when is not None:
            what, values = _("Open the planned round"), {"round_id": one.id}
            found.append(_duty(Subject.DIALOGUES, when, due, what, one.title, "plan_office.one_round", values))
    return found


def _requests(commune: Commune, today: date) -> list[Duty]:
    found = []
    for one in requests.listing(commune):
        when = slot(one.request.deadline_on, today)
        if when is None or not one.is_open:
            continue
        what, values = _("Hold the dialogue that voters asked for"), {"request_id": one.request.id}
        on = one.request.deadline_on
        found.append(
            Duty(Subject.REQUESTS, when, on, what, _short(one.request.about), "plan_office.one_request", values)
        )
    return found


# -- questions, answers, promises -------------------------------------------------------------------------------------


def _first_words(commune: Commune, today: date) -> list[Duty]:
    """One line for all questions of a day: the office decides on them together in the queue."""
    by_day: dict[date, list[deadlines.FirstWord]] = {}
    for word in deadlines.first_words(commune):
        by_day.setdefault(word.due.on, []).append(word)
    found = []
    for due, words in by_day.items():
        when = slot(due, today)
        if when is None:
            continue
        number = ngettext("%(num)s question", "%(num)s questions", len(words))
        is_one = len(words) == 1
        endpoint = "questions_office.detail" if is_one else "questions_office.queue"
        values = {"question_id": words[0].id} if is_one else {}
        what = _("Tell the asker who takes it up")
        found.append(_duty(Subject.ASKERS, when, words[0].due, what, number, endpoint, values))
    return found


def _by_hand(commune: Commune, today: date) -> list[Duty]:
    """One line for all people of a day who are told by phone or on paper."""
    by_day: dict[date, list[telling.DueLine]] = {}
    for one in telling.due_lines(commune):
        by_day.setdefault(one.due.on, []).append(one)
    found = []
    for on, people in by_day.items():
        when = slot(on, today)
        if when is not None:
            number = ngettext("%(num)s person", "%(num)s people", len(people))
            what = _("Tell by phone or on paper")
            found.append(_duty(Subject.WORDS, when, people[0].due, what, number, "askers_office.to_tell", {}))
    return found


def _data_requests(commune: Commune, today: date) -> list[Duty]:
    """Requests about personal data: first the answer, then the deed."""
    found = []
    for one in data_requests.open_lines(commune):
        when = slot(one.next_due.on, today)
        if when is None:
            continue
        is_answered = one.request.answered_on is not None
        what = _("Fulfil a request about personal data") if is_answered else _("Answer a request about personal data")
        kind = str(label(one.request.kind))
        found.append(_duty(Subject.DATA, when, one.next_due, what, kind, "askers_office.register", {}))
    return found


def _asked(which: sa.ColumnElement[bool], today: date) -> list[Duty]:
    """Questions whose answer was asked for by a day and is not written; one query."""
    rows = db.session.execute(
        sa.select(Question.id, Question.answer_due_on, Question.text)
        .outerjoin(Answer, Answer.question_id == Question.id)
        .where(
            which,
            Question.state.in_(ASSIGNABLE),
            Question.answer_due_on <= today + WEEK,
            Answer.id.is_(None),
        )
        .order_by(Question.answer_due_on, Question.id)
        .limit(deadlines.MOST)
    )
    what = _("Prepare the answer")
    return [
        Duty(
            Subject.ANSWERS, slot(due_on, today) or Slot.WEEK, due_on, what, _short(text), "followup_office.answer",
            {"question_id": id_},
        )
        for id_, due_on, text in rows
    ]  # fmt: skip


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
    what, values = _("Give the answer that was promised"), {"question_id": question_id}
    when = slot(due_on, today) or Slot.WEEK
    return Duty(Subject.ANSWERS, when, due_on, what, _short(text), "followup_office.answer", values)


def _commitments(commune: Commune, today: date) -> list[Duty]:
    due = all_commitments(commune.id).where(Commitment.state.in_(UNFINISHED), Commitment.due_on <= today + WEEK)
    rows = commitment_rows(due.order_by(Commitment.due_on).limit(deadlines.MOST), today)
    return [_commitment(row, today) for row in rows]


def _commitment(row: CommitmentRow, today: date) -> Duty:
    what, values = _("Keep the commitment: %(person)s", person=row.responsible), {"commitment_id": row.id}
    when = slot(row.due_on, today) or Slot.WEEK
    return Duty(Subject.COMMITMENTS, when, row.due_on, what, _short(row.result), "followup_office.commitment", values)


# -- reports, guests --------------------------------------------------------------------------------------------------


def _reports(commune: Commune, today: date) -> list[Duty]:
    found = []
    for one in deadlines.reports_due(commune, today):
        when = slot(one.due.on, today)
        if when is not None:
            name = period_name(one.period, one.ends_on)
            report = (one.period, one.ends_on)
            found.append(Duty(Subject.REPORTS, when, one.due.on, name, "", how=explain(one.due), report=report))
    return found


def _guests(commune: Commune, now: datetime, today: date) -> list[Duty]:
    found = []
    for one in guests.not_answered(commune.id, now):
        on = clock.local(one.starts_at, commune.time_zone).date()
        when = slot(on, today) or Slot.WEEK
        parts = []
        if one.unanswered:
            parts.append(ngettext("%(num)s guest has not answered", "%(num)s guests have not answered", one.unanswered))
        if one.not_invited:
            new = one.not_invited
            parts.append(ngettext("%(num)s guest is not invited yet", "%(num)s guests are not invited yet", new))
        values = {"dialogue_id": one.dialogue_id}
        what = _("Ask the guests: %(who)s", who=", ".join(parts))
        found.append(Duty(Subject.GUESTS, when, on, what, one.title, "guests_office.overview", values))
    return found


def _duty(
    subject: Subject, when: Slot, due: Deadline, what: str, thing: str, endpoint: str, values: dict[str, Any]
) -> Duty:
    """A line whose day was counted."""
    return Duty(subject, when, due.on, what, thing, endpoint, values, how=explain(due))


def _inside(text: str) -> str:
    """A label in the middle of a sentence; names in it keep their capitals."""
    return text[:1].lower() + text[1:]


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119].rstrip() + "…"


def _day(day: date) -> str:
    return short_date(day, current_language())
