"""Numbers the changes to questions, so that an index reads only what is new since it looked last.

Late in the transaction the commune's counter rises and the changed rows get its value. The counter's row stays locked
until the commit, so numbers follow the order of commits: whoever has seen one has seen all below it.
"""

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from dialogues.places.models import Commune
from dialogues.questions.models import Question

_KEY = "touched_questions"


@event.listens_for(Session, "before_flush")
def _note(session: Session, _context: object, _instances: object) -> None:
    changed = [row for row in session.dirty if isinstance(row, Question) and session.is_modified(row)]
    added = [row for row in session.new if isinstance(row, Question)]
    if changed or added:
        session.info.setdefault(_KEY, set()).update(changed, added)


@event.listens_for(Session, "before_commit")
def _number(session: Session) -> None:
    session.flush()
    ids: defaultdict[int, set[int]] = defaultdict(set)
    for row in session.info.pop(_KEY, ()):
        if row not in session.deleted and sa.inspect(row).persistent:
            ids[row.commune_id].add(row.id)
    for commune_id, question_ids in sorted(ids.items()):
        connection = session.connection()
        number = touch(connection, commune_id)
        rows = sa.update(Question).where(Question.id.in_(sorted(question_ids)))
        connection.execute(rows.values(touched=number))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_KEY, None)


def touch(connection: sa.Connection, commune_id: int) -> int:
    """The next number of a commune; bulk writes, which pass the session by, give it to their rows themselves."""
    raised = sa.update(Commune).where(Commune.id == commune_id).values(touches=Commune.touches + 1)
    return int(connection.execute(raised.returning(Commune.touches)).scalar_one())
