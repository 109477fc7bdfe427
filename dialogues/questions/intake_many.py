"""Taking many questions in at once, by the rules of `intake.receive`: a whole file in one transaction."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock, codes
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions import events
from dialogues.questions.intake import FLAGS
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import MAX_TEXT, Consent, ConsentHow, IntakeChannel, QuestionEvent, QuestionKind
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff, TrailEntry
from dialogues.text import fold


@dataclass(frozen=True)
class Paper:
    """One question as it stands on paper or in a file; `source` tells in its history where it came from."""

    key: str
    text: str
    field: Field
    channel: IntakeChannel
    village_id: int | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    consents: Collection[Consent] = ()
    received_at: datetime | None = None
    source: str = ""


def receive_many(*, dialogue: Dialogue, papers: Sequence[Paper], actor: Staff, how: ConsentHow) -> list[int]:
    """Take them all in, waiting to be read, and give their ids in the same order; a handful of statements.

    The same `key` twice is refused by the database. A consent stays as it was given on paper, also while the phone
    number that it needs is not known; a name that is not there cannot be shown.
    """
    if any(not one.text or len(one.text) > MAX_TEXT for one in papers):
        raise RuleBroken(_l("Write the question: at least a word, at most %(most)s characters.", most=MAX_TEXT), "text")
    if not papers:
        return []
    now = clock.now()
    question_ids = _ids(Question, [_question(one, dialogue, actor, now) for one in papers])
    people = [
        {
            "commune_id": dialogue.commune_id, "question_id": question_id, "code": code, "name": one.name,
            "phone": one.phone, "email": one.email, "joined_at": one.received_at or now,
            **{flag: consent in _given(one) for consent, flag in FLAGS.items()},
        }
        for question_id, one, code in zip(question_ids, papers, _codes(len(papers)), strict=True)
    ]  # fmt: skip
    asker_ids = _ids(Asker, people)
    changes = [
        {
            "commune_id": dialogue.commune_id, "asker_id": asker_id, "consent": consent, "is_given": True, "how": how,
            "staff_id": actor.id, "at": now,
        }
        for asker_id, one in zip(asker_ids, papers, strict=True)
        for consent in Consent
        if consent in _given(one)
    ]  # fmt: skip
    if changes:
        db.session.execute(sa.insert(ConsentChange), changes)
    lines = [
        {
            "commune_id": dialogue.commune_id, "at": now, "staff_id": actor.id, "thing": "question",
            "thing_id": question_id, "action": "imported", "note": one.source[:2000],
        }
        for question_id, one in zip(question_ids, papers, strict=True)
    ]  # fmt: skip
    db.session.execute(sa.insert(TrailEntry), lines)
    _tell([id_ for id_, one in zip(question_ids, papers, strict=True) if Consent.MESSAGE in _given(one)])
    return question_ids


def _given(paper: Paper) -> set[Consent]:
    return {c for c in paper.consents if c is not Consent.PUBLISH_NAME or paper.name}


def _question(paper: Paper, dialogue: Dialogue, actor: Staff, now: datetime) -> dict[str, Any]:
    return {
        "commune_id": dialogue.commune_id, "dialogue_id": dialogue.id, "text": paper.text, "folded": fold(paper.text),
        "field": paper.field, "kind": QuestionKind.QUESTION, "channel": paper.channel, "village_id": paper.village_id,
        "received_at": paper.received_at or now, "entered_by_id": actor.id,
        "submission_key": hashlib.blake2b(paper.key.encode(), digest_size=32).hexdigest(),
    }  # fmt: skip


def _ids(model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Insert the rows and give their ids in the same order."""
    return list(db.session.scalars(sa.insert(model).returning(model.id, sort_by_parameter_order=True), rows))


def _codes(number: int) -> list[str]:
    """So many tracking codes that nobody has."""
    found: set[str] = set()
    while len(found) < number:
        found |= {codes.new_tracking_code() for _ in range(number - len(found))}
        found -= set(db.session.scalars(sa.select(Asker.code).where(Asker.code.in_(found))))
    return list(found)


def _tell(question_ids: Sequence[int]) -> None:
    """Whoever follows what becomes of questions hears of those whose askers want to be told."""
    if question_ids:
        for question in db.session.scalars(sa.select(Question).where(Question.id.in_(question_ids))):
            events.tell(question, QuestionEvent.RECEIVED)
