"""The overview: what waits, counted."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.followup.rules import AnswerStage, CommitmentStage
from dialogues.followup.service import all_commitments, answer_stage_column, at_stage, overdue_on
from dialogues.places.models import Commune
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule import legal
from dialogues.schedule import service as schedule
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import AnnouncementCheck, DialogueState, Phase
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class CommuneCounts:
    """What waits in a commune, whoever has to do it."""

    waiting: int
    oldest_at: datetime | None
    unanswered: int
    noted: int
    written_overdue: int
    escalated: int
    results_overdue: int
    awaiting_record: int
    overdue: int
    reported_done: int
    quarantined: int


def commune_counts(commune: Commune, now: datetime) -> CommuneCounts:
    """One query."""
    today = clock.local(now, commune.time_zone).date()
    questions = sa.select(sa.func.count()).select_from(Question).where(Question.commune_id == commune.id)
    waiting = questions.where(Question.state == QuestionState.WAITING)
    published = questions.where(Question.state == QuestionState.PUBLISHED)
    stage = answer_stage_column(today)
    dialogues = sa.select(sa.func.count()).select_from(Dialogue).where(Dialogue.commune_id == commune.id)
    promises = all_commitments(commune.id).with_only_columns(sa.func.count())

    def at(wanted: AnswerStage) -> sa.ScalarSelect[int]:
        joined = published.outerjoin(Answer, Answer.question_id == Question.id)
        return joined.where(stage == wanted.value).scalar_subquery()

    def held(wanted: Phase) -> sa.ScalarSelect[int]:
        return dialogues.where(schedule.in_state(wanted, now, commune)).scalar_subquery()

    row = db.session.execute(
        sa.select(
            waiting.scalar_subquery(),
            waiting.with_only_columns(sa.func.min(Question.received_at)).scalar_subquery(),
            at(AnswerStage.UNANSWERED),
            at(AnswerStage.NOTED),
            at(AnswerStage.WRITTEN_OVERDUE),
            at(AnswerStage.ESCALATED),
            held(Phase.RESULT_OVERDUE),
            held(Phase.AWAITING_RECORD),
            promises.where(overdue_on(today)).scalar_subquery(),
            promises.where(at_stage(CommitmentStage.REPORTED_DONE, today)).scalar_subquery(),
            questions.where(Question.state == QuestionState.QUARANTINED).scalar_subquery(),
        )
    ).one()
    return CommuneCounts(*row)


@dataclass(frozen=True)
class Preparing:
    """A dialogue that is not announced yet, and what its announcement would lack."""

    id: int
    title: str
    starts_at: datetime
    missing: list[AnnouncementCheck]


def preparing(commune_id: int, now: datetime, most: int = 5) -> list[Preparing]:
    """Drafts by their day; two queries."""
    drafts = db.session.scalars(
        sa.select(Dialogue)
        .where(Dialogue.commune_id == commune_id, Dialogue.state == DialogueState.DRAFT)
        .options(joinedload(Dialogue.commune), selectinload(Dialogue.topic_rows))
        .order_by(Dialogue.starts_at, Dialogue.id)
        .limit(most)
    )
    return [Preparing(d.id, d.title, d.starts_at, legal.missing(d, now)) for d in drafts]


@dataclass(frozen=True)
class AccountCounts:
    """Accounts of a commune: those open, and of them those that have no password yet."""

    open: int
    without_password: int


def account_counts(commune_id: int) -> AccountCounts:
    """One query."""
    row = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((Staff.password_hash == "", 1), else_=0)), 0))
        .select_from(Staff)
        .where(Staff.commune_id == commune_id, Staff.is_active)
    ).one()
    return AccountCounts(int(row[0]), int(row[1]))
