"""What was said of the newest report of many promises, in few words: for lists, and for what is read out."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup.carried import Carried, Said
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import EntryKind
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.staff.models import Staff
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement


@dataclass(frozen=True)
class Voice:
    """So many askers, or overseers, who say the same. `by`: an overseer with the post, or the one asker whose name may
    be public; "" for other askers. `text`: the newest words that residents may read; `at`: when it was said last."""

    judgement: Judgement
    is_overseer: bool
    number: int
    by: str
    text: str
    at: datetime


_LINES = (EntryKind.OBJECTED, EntryKind.REOPENED, EntryKind.CONFIRMED)
"""What a verdict leaves in the story of a promise."""
_NAME = sa.case(
    (
        sa.and_(
            Asker.may_publish_name,
            ~Asker.is_supporter,
            Asker.left_at.is_(None),
            Asker.erased_at.is_(None),
            Question.state == QuestionState.PUBLISHED,
        ),
        Asker.name,
    ),
    else_="",
)
"""The name of an asker under the conditions under which it stands beside the question."""


def latest_of(commitment_ids: Collection[int]) -> dict[int, list[Voice]]:
    """By promise, in the order in which it was said; overseers each for themselves, askers counted. One query, of which
    the size does not grow with the number of voices of askers."""
    if not commitment_ids:
        return {}
    v, e = CommitmentVerdict, CommitmentEntry
    newest = (
        sa.select(sa.func.max(e.id))
        .where(e.commitment_id.in_(list(commitment_ids)), e.kind == EntryKind.REPORTED_DONE)
        .group_by(e.commitment_id)
    )
    same = (v.commitment_id, v.judgement, v.asker_id.is_(None), sa.func.coalesce(Staff.id, 0))
    has_words = sa.case((v.public_text != "", 0), else_=1)
    groups = (
        sa.select(
            v.commitment_id,
            v.judgement,
            v.asker_id.is_(None).label("is_overseer"),
            sa.func.count().over(partition_by=same).label("number"),
            sa.func.row_number().over(partition_by=same, order_by=(has_words, v.at.desc(), v.id.desc())).label("place"),
            sa.func.max(v.at).over(partition_by=same).label("last_at"),
            sa.func.coalesce(Staff.name, _NAME).label("name"),
            sa.func.coalesce(Staff.post, "").label("post"),
            v.public_text,
        )
        .outerjoin(Staff, sa.and_(Staff.id == v.staff_id, v.asker_id.is_(None)))
        .outerjoin(Asker, Asker.id == v.asker_id)
        .outerjoin(Question, Question.id == Asker.question_id)
        .where(v.entry_id.in_(newest))
        .subquery()
    )
    found: dict[int, list[Voice]] = defaultdict(list)
    shown = sa.select(groups).where(groups.c.place == 1).order_by(groups.c.last_at, groups.c.commitment_id)
    for row in db.session.execute(shown):
        by = ", ".join(part for part in (row.name, row.post) if part) if row.is_overseer or row.number == 1 else ""
        said = Voice(row.judgement, bool(row.is_overseer), row.number, by, row.public_text, row.last_at)
        found[row.commitment_id].append(said)
    return dict(found)


def last_word(one: Carried, voices: Collection[Voice]) -> Said | None:
    """The newest words of those who work on a promise: not why its day was moved, which stands beside it, and not a
    line that one of these voices left."""
    overseers = {voice.by for voice in voices if voice.is_overseer}
    for said in one.said:
        is_voice = said.kind in _LINES and (not said.by or said.by in overseers)
        if said.text and not is_voice:
            return None if said == one.reason else said
    return None
