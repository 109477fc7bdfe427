"""Asking a second time, four weeks after a promise was reported done, those who have said nothing. Once for each
report, and never when it is confirmed, opened again or withdrawn meanwhile."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import joinedload, selectinload

from dialogues import clock
from dialogues.askers import letters, wording
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.followup.service import visible_commitments
from dialogues.post import service as post
from dialogues.questions import lineage
from dialogues.questions.rules import QuestionEvent
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import ASKED_AGAIN_AFTER

if TYPE_CHECKING:
    from dialogues.places.models import Commune

AT_ONCE = 200
"""So many promises in one round of the worker; the next round takes the others."""


def listen() -> None:
    """Be asked in every round of the worker."""
    post.register_reminders("askers asked again", _offer)


def _offer(now: datetime) -> "Iterator[tuple[Commune, post.Letter]]":
    """Writes the words itself, as some are told by hand; their letters stand in the outbox then."""
    ask_again(now)
    return iter(())


def ask_again(now: datetime) -> int:
    """Ask about everything that was reported long enough ago; how many people. Flushed, not committed."""
    today = clock.local(now, clock.DEFAULT_ZONE).date()
    due = (
        sa.select(Commitment.id, Commitment.commune_id)
        .where(
            Commitment.state == CommitmentState.REPORTED_DONE,
            Commitment.asked_again_on.is_(None),
            Commitment.reported_done_on <= today - ASKED_AGAIN_AFTER,
        )
        .order_by(Commitment.reported_done_on, Commitment.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = db.session.execute(due).all()
    if not rows:
        return 0
    ids = [id_ for id_, _commune_id in rows]
    found = [one for commune_id in sorted({row.commune_id for row in rows}) for one in _public(commune_id, ids)]
    verdicts = sa.select(CommitmentVerdict.entry_id, CommitmentVerdict.asker_id)
    spoken = {tuple(row) for row in db.session.execute(verdicts.where(CommitmentVerdict.commitment_id.in_(ids)))}
    askers = lineage.askers_of_each({one.answer.question_id for one in found})
    count = 0
    for one in found:
        report = next((e for e in reversed(one.entries) if e.kind is EntryKind.REPORTED_DONE), None)
        for asker in askers[one.answer.question_id]:
            if report is not None and (report.id, asker.id) not in spoken:
                with force_locale("vi"):
                    said = wording.of_promise(one, QuestionEvent.COMMITMENT_ASKED)
                    letters.tell_one(asker, one.answer.question, QuestionEvent.COMMITMENT_ASKED, said, one.shown)
                count += 1
    # Nothing that residents read, so that no kept page ends for it.
    marked = sa.update(Commitment).where(Commitment.id.in_(ids)).values(asked_again_on=today)
    db.session.execute(marked.execution_options(synchronize_session=False))
    return count


def _public(commune_id: int, ids: list[int]) -> list[Commitment]:
    """Those of them that residents may read: of the others nobody is asked."""
    statement = visible_commitments(commune_id).where(Commitment.id.in_(ids)).order_by(Commitment.id)
    whole = (
        joinedload(Commitment.answer).joinedload(Answer.question),
        joinedload(Commitment.dialogue),
        joinedload(Commitment.responsible),
        selectinload(Commitment.entries),
    )
    return list(db.session.scalars(statement.options(*whole)))
