"""Who follows a question."""

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.questions.models import Asker, Question


def askers_of(question: Question) -> list[Asker]:
    """The askers who are told what becomes of this question, oldest first; one query."""
    return list(db.session.scalars(sa.select(Asker).where(Asker.question_id == question.id).order_by(Asker.id)))
