"""Erasing contact data: at once when an asker wishes it, by rule some time after a question has ended. The anonymous
question, its answer, the code and the story stay; so does the mark why the data is gone."""

from datetime import date, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from dialogues import clock
from dialogues.askers.letters import thing_of
from dialogues.askers.models import DataRequest
from dialogues.askers.rules import months_before
from dialogues.attachments import service as attachments
from dialogues.attachments.models import Attachment
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import LATER, UNFINISHED, Outcome
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.places.rules import RuleName
from dialogues.post import erasing as post_erasing
from dialogues.post.models import Message
from dialogues.post.rules import TO_ASKERS
from dialogues.questions.intake import FLAGS
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import Erasure, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.verdicts import ratings
from dialogues.verdicts.models import CommitmentVerdict

S = QuestionState
_ENDED = (S.DECLINED, S.MOVED_TO_COMPLAINT, S.WITHDRAWN)


def erase(*, asker: Asker, why: Erasure, actor: Staff | None = None) -> None:
    """Erase name, phone, e-mail and consents of this asker, and the letters that went there. Twice is once."""
    if asker.erased_at is not None:
        return
    asker.name = asker.phone = asker.email = ""
    for flag in FLAGS.values():
        setattr(asker, flag, False)
    asker.email_confirmed_at = None
    asker.erased_at, asker.erased_why = clock.now(), why
    ratings.erase_texts_of(asker)
    mine = DataRequest.asker_id == asker.id
    db.session.execute(sa.update(DataRequest).where(mine).values(note=""))
    said = CommitmentVerdict.asker_id == asker.id
    db.session.execute(sa.update(CommitmentVerdict).where(said).values(text=CommitmentVerdict.public_text))
    db.session.flush()
    trail.record(
        commune_id=asker.commune_id,
        actor=actor,
        thing="question",
        thing_id=asker.question_id,
        action="contact_erased" if why is Erasure.WISH else "contact_erased_by_rule",
    )
    db.session.flush()
    if not _others_ask(asker):
        attachments.erase_for([asker.question_id])
    post_erasing.erase(Message.commune_id == asker.commune_id, Message.thing == thing_of(asker))


def _others_ask(asker: Asker) -> bool:
    """Whether the files of the question may be somebody's whose data is kept; who joined brought none."""
    a = Asker
    kept = sa.select(a.id).where(a.question_id == asker.question_id, ~a.is_supporter, a.erased_at.is_(None))
    return asker.is_supporter or db.session.scalar(kept.limit(1)) is not None


def erase_old() -> int:
    """Erase the contact data of all askers whose question ended long enough ago; how many. Part of `tidy`."""
    count = 0
    for commune in db.session.scalars(sa.select(Commune).order_by(Commune.id)).all():
        for asker in _over(commune):
            erase(asker=asker, why=Erasure.RULE)
            count += 1
    return count


def erase_letters() -> int:
    """Letters to askers whose data is gone and that a worker had in its hand then; how many. Part of `tidy`."""
    gone = sa.select(sa.literal("asker:") + sa.cast(Asker.id, sa.String)).where(Asker.erased_at.is_not(None))
    return post_erasing.erase(Message.kind.in_(TO_ASKERS), Message.thing.in_(gone))


def keeps_until(commune: Commune) -> date:
    """Contact data of what ended before this day is erased."""
    today = clock.today(commune.time_zone)
    return months_before(today, places.rule_value(commune, RuleName.KEEP_CONTACT_MONTHS, today))


def _over(commune: Commune) -> list[Asker]:
    """Askers with contact data or files whose question ended before the last day that is kept; one query."""
    files = sa.exists().where(Attachment.question_id == Asker.question_id, ~Asker.is_supporter)
    holds = sa.or_(Asker.name != "", Asker.phone != "", Asker.email != "", files)
    ended, part = _ended(commune, keeps_until(commune)), aliased(Question)
    parts = sa.exists().where(part.split_from_id == Question.id)
    is_split = sa.and_(Question.state == S.SPLIT, parts, ~parts.where(part.id.not_in(ended)))
    statement = (
        sa.select(Asker)
        .join(Question, Question.id == Asker.question_id)
        .where(Asker.commune_id == commune.id, Asker.erased_at.is_(None), holds)
        .where(sa.or_(Question.id.in_(ended), is_split))
        .options(joinedload(Asker.question))
    )
    return list(db.session.scalars(statement.order_by(Asker.id)))


def _ended(commune: Commune, last: date) -> sa.Select[tuple[int]]:
    """The questions that ended before this day; a merged one ends with the one that is answered for it."""
    asked, answered = aliased(Question), aliased(Question)
    return (
        sa.select(asked.id)
        .join(answered, answered.id == sa.func.coalesce(asked.lead_id, asked.id))
        .outerjoin(Answer, Answer.question_id == answered.id)
        .where(asked.commune_id == commune.id, _has_ended(answered, commune, last))
    )


def _has_ended(question: type[Question], commune: Commune, last: date) -> sa.ColumnElement[bool]:
    """Decided against or withdrawn; or answered for good, with every promise confirmed, withdrawn or
    reported done. Noted is no end."""
    before = clock.instant(datetime.combine(last, time()), commune.time_zone)
    promise = sa.select(Commitment.id).where(Commitment.answer_id == Answer.id)
    ended_on = sa.func.coalesce(Commitment.confirmed_on, Commitment.withdrawn_on, Commitment.reported_done_on)
    open_promise = promise.where(sa.or_(Commitment.state.in_(UNFINISHED), ended_on >= last))
    at_once = sa.and_(Answer.outcome == Outcome.ANSWERED_ON_SPOT, Answer.answered_on < last)
    later = sa.and_(Answer.outcome.in_(LATER), Answer.final_on < last)
    return sa.or_(
        sa.and_(question.state.in_(_ENDED), question.decided_at < before),
        sa.and_(
            question.state == S.PUBLISHED,
            Answer.published_at < before,
            sa.or_(at_once, later),
            ~open_promise.exists(),
        ),
    )
