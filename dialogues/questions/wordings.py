"""Every text that residents could read of a question, and what was changed, for those who may read that."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.questions import queue
from dialogues.questions.models import PublicWording, Question
from dialogues.questions.wording import Piece, differences
from dialogues.staff.models import Staff


@dataclass(frozen=True)
class Version:
    """One public text: who made it, and its difference. Who reads the original sees each version against it. Others see
    the newest against it, and older ones against the newest: what was taken out since may be somebody's name."""

    number: int
    at: datetime
    by: str
    pieces: list[Piece]


def count(question_id: int) -> int:
    """How many public texts a question had."""
    number = sa.select(sa.func.count()).where(PublicWording.question_id == question_id)
    return db.session.scalar(number) or 0


def versions(question: Question, reader: Staff) -> list[Version]:
    """The public texts, newest first; one query. None for who may not compare them."""
    rows = db.session.execute(
        sa.select(PublicWording.at, Staff.name, PublicWording.text)
        .outerjoin(Staff, Staff.id == PublicWording.by_id)
        .where(PublicWording.question_id == question.id)
        .order_by(PublicWording.id)
    ).all()
    if not rows or not reader.roles & queue.READ_ALL:
        return []
    reads_original, newest = queue.reads_original(reader, question), rows[-1].text
    found = []
    for number, (at, by, text) in enumerate(rows, 1):
        with_original = reads_original or number == len(rows)
        old, new = (question.text, text) if with_original else (text, newest)
        found.append(Version(number, at, by or "", differences(old, new)))
    return found[::-1]
