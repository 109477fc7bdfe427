"""Merging a question into the one that asks the same, and taking it out again; the asker's own code stays the key.

`merged_into_id` is what a clerk decided, `lead_id` the question at the end of that line: it is answered for all.
So taking one out brings back exactly what stood before, with those that were merged into it earlier.
"""

from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup.models import Answer
from dialogues.questions import events
from dialogues.questions.models import Question
from dialogues.questions.rules import MERGEABLE, QuestionEvent, QuestionState
from dialogues.staff import trail
from dialogues.staff.models import Staff

S = QuestionState
_NOT_INTO = {
    S.DECLINED: _l("That question was declined, so nothing can be merged into it. Take it back to waiting first."),
    S.MOVED_TO_COMPLAINT: _l("That question was moved to the complaint procedure, so nothing can be merged into it."),
    S.WITHDRAWN: _l("The asker withdrew that question, so nothing can be merged into it."),
}
_ANSWERED = _l(
    "This question has a published answer of its own. Merge the other one into it, or link the two as asked before."
)
_NOT_THIS = {
    S.MERGED: _l("This question is merged into another one already. Take it out of there first."),
    S.DECLINED: _l("This question was declined. Take it back to waiting first."),
    S.MOVED_TO_COMPLAINT: _l("This question was moved to the complaint procedure. Take it back to waiting first."),
    S.WITHDRAWN: _l("The asker withdrew this question, so it stays as it is."),
}


def merge(*, question: Question, into: Question, actor: Staff, version: int | None = None) -> Question:
    """Let `into` speak for this question too, or the one that `into` was merged into; gives the one that is answered.
    Those that were merged into this question come along."""
    _check(question, version)
    lead = _lead_of(into)
    if question.commune_id != into.commune_id:
        raise RuleBroken(_l("The two questions belong to two communes. Only questions of one commune can be merged."))
    if into.id == question.id:
        raise RuleBroken(_l("This is the same question. Choose another one."))
    if question.state not in MERGEABLE:
        raise RuleBroken(_NOT_THIS[question.state])
    if lead.id == question.id:
        raise RuleBroken(
            _l("That question was merged into this one. Take it out first: two cannot stand for each other.")
        )
    if lead.state not in MERGEABLE:
        raise RuleBroken(_NOT_INTO[lead.state])
    if _is_answered(question):
        raise RuleBroken(_ANSWERED)
    question.merged_from, question.merged_at = question.state, clock.now()
    question.state = S.MERGED
    question.merged_into_id = into.id
    for follower in (question, *_followers(question)):
        follower.lead_id = lead.id
    db.session.flush()
    _record(question, actor, "merged", lead)
    _record(lead, actor, "took_in", question)
    show_anew([lead.id])
    events.tell(question, QuestionEvent.MERGED)
    return lead


def unmerge(*, question: Question, actor: Staff, version: int | None = None) -> None:
    """Take it out again: it is what it was before, with those that had been merged into it."""
    _check(question, version)
    if question.state is not S.MERGED:
        raise RuleBroken(_l("This question is not merged into another one."))
    lead = _stand_alone(question)
    question.state = question.merged_from or S.WAITING
    question.merged_from = question.merged_at = None
    db.session.flush()
    if lead is not None:
        _record(question, actor, "unmerged", lead)
        _record(lead, actor, "let_go", question)
        show_anew([lead.id])
    events.tell(question, QuestionEvent.UNMERGED)


def when_withdrawn(question: Question, event: QuestionEvent) -> None:
    """An asker takes the own question back. A merged one leaves the others, and those that were merged into it go to
    where it went; those that it spoke for stand alone again: nobody's question ends with another person's."""
    if event is not QuestionEvent.WITHDRAWN:
        return
    if question.lead_id is not None:
        lead_id = question.lead_id
        for follower in _merged_into(question):
            follower.merged_into_id = question.merged_into_id
        question.merged_into_id = question.lead_id = None
        question.merged_from = question.merged_at = None
        db.session.flush()
        show_anew([lead_id])
        return
    for follower in _merged_into(question):
        _stand_alone(follower)
        follower.state = follower.merged_from or S.WAITING
        follower.merged_from = follower.merged_at = None
        db.session.flush()
        _record(follower, None, "unmerged", question)
        events.tell(follower, QuestionEvent.UNMERGED)


def listen() -> None:
    """From now on hear of withdrawn questions."""
    events.on_event(when_withdrawn)


def merged_questions(question: Question) -> list[Question]:
    """The questions that this one speaks for, in the order in which they came in; one query."""
    statement = sa.select(Question).where(Question.lead_id == question.id)
    return list(db.session.scalars(statement.order_by(Question.received_at, Question.id)))


def _check(question: Question, version: int | None) -> None:
    if version is not None and version != question.version:
        raise EditConflict


def _lead_of(question: Question) -> Question:
    lead = db.session.get(Question, question.lead_id) if question.lead_id else None
    return lead or question


def _is_answered(question: Question) -> bool:
    published = sa.select(Answer.id).where(Answer.question_id == question.id, Answer.published_at.is_not(None))
    return db.session.scalar(published.limit(1)) is not None


def _merged_into(question: Question) -> list[Question]:
    statement = sa.select(Question).where(Question.merged_into_id == question.id)
    return list(db.session.scalars(statement.order_by(Question.id)))


def _followers(question: Question) -> list[Question]:
    """Those merged into this question, and those merged into them, and so on."""
    found = _merged_into(question)
    for one in found:
        found += _merged_into(one)
    return found


def _stand_alone(question: Question) -> Question | None:
    """Out of its line, with its own followers; the question that spoke for them."""
    lead = db.session.get(Question, question.lead_id) if question.lead_id else None
    followers = _followers(question)
    question.merged_into_id = question.lead_id = None
    for follower in followers:
        follower.lead_id = question.id
    return lead


def _record(question: Question, actor: Staff | None, action: str, other: Question) -> None:
    trail.record(
        commune_id=question.commune_id,
        actor=actor,
        thing="question",
        thing_id=question.id,
        action=action,
        note=f"№ {other.id}",
    )
    db.session.flush()


def show_anew(question_ids: Collection[int]) -> None:
    """What residents read of these questions has changed though their own rows have not."""
    db.session.execute(
        sa.update(Question)
        .where(Question.id.in_(sorted(question_ids)))
        .values(shown_version=Question.shown_version + 1)
        .execution_options(synchronize_session=False)
    )
