"""Word back in the demo commune: askers of the last weeks who were told by phone or on paper, some who still wait, and
two requests about personal data."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale

from dialogues import clock
from dialogues.askers import wording
from dialogues.askers.letters import way_of
from dialogues.askers.models import DataRequest, Word
from dialogues.askers.rules import RequestKind, TellHow, Way
from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.questions.lineage import askers_of
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import ConsentHow, QuestionEvent, QuestionState

LATELY, TOLD_AFTER = timedelta(days=40), timedelta(days=5)
EVENTS = {QuestionState.PUBLISHED: QuestionEvent.PUBLISHED, QuestionState.DECLINED: QuestionEvent.DECLINED}


def add_words(book: Book) -> int:
    """What the askers of the last weeks were told, and what is still to be told; how many words."""
    now = book.days.at(book.days.today, 7 * 60)
    lately = sa.select(Question).where(
        Question.commune_id == book.commune_id, Question.decided_at > now - LATELY, Question.state.in_(EVENTS)
    )
    words = []
    with force_locale("vi"):
        for question in db.session.scalars(lately.order_by(Question.id)):
            event = EVENTS[question.state]
            said = wording.said(question, event)
            words += [
                _word(book, question, asker, event, said)
                for asker in askers_of(question)
                if question.decided_at and asker.joined_at <= question.decided_at
            ]
    db.session.add_all(words)
    _requests(book, [word.asker for word in words if word.way is Way.BY_HAND])
    db.session.flush()
    return len(words)


def _word(book: Book, question: Question, asker: Asker, event: QuestionEvent, said: wording.Said) -> Word:
    at = question.decided_at or question.received_at
    word = Word(
        commune_id=book.commune_id,
        question_id=question.id,
        asker=asker,
        event=event,
        at=at,
        text=f"{said.title}. {said.text}",
        way=way_of(asker, event),
        is_first=True,
    )
    told_at = at + TOLD_AFTER
    if word.way is Way.BY_HAND and told_at < book.days.at(book.days.yesterday, 16 * 60):
        word.told_at, word.told_on = told_at, clock.local(told_at, book.people.commune.time_zone).date()
        word.told_how = TellHow.CALL if asker.phone else TellHow.SLIP
        word.told_by = book.clerk
    return word


def _requests(book: Book, askers: list[Asker]) -> None:
    """One that waits for its answer, one that is done."""
    at = book.days.at(book.days.yesterday, 9 * 60)
    for kind, asker in zip((RequestKind.SHOW, RequestKind.CORRECT), askers, strict=False):
        is_done = kind is RequestKind.CORRECT
        db.session.add(
            DataRequest(
                commune_id=book.commune_id,
                asker=asker,
                kind=kind,
                how=ConsentHow.SPOKEN if is_done else ConsentHow.PAPER,
                received_on=book.days.yesterday,
                recorded_at=at,
                recorded_by=book.clerk,
                answered_on=book.days.yesterday if is_done else None,
                done_on=book.days.yesterday if is_done else None,
                done_by=book.clerk if is_done else None,
            )
        )
