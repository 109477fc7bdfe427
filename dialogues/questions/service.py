"""Questions: what residents may see of them, and the one door to what can be done with them.

`intake` takes them in, `sorting` decides about them, `tracking` is the asker's own page, `queue` the office's list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db, value
from dialogues.questions.intake import has_arrived, receive, set_consent
from dialogues.questions.models import Question
from dialogues.questions.queue import visible_to, words_of
from dialogues.questions.rules import QuestionState
from dialogues.questions.sending import send
from dialogues.questions.sorting import assign, decline, move_to_complaint, publish, release, take_back
from dialogues.questions.tracking import withdraw
from dialogues.schedule import service as schedule
from dialogues.schedule.models import Dialogue

__all__ = [
    "assign", "decline", "has_arrived", "is_visible", "move_to_complaint", "narrowed", "newest_first", "publish",
    "receive", "release", "send", "set_consent", "take_back", "visible", "visible_dialogues", "visible_to", "withdraw",
]  # fmt: skip


def visible(commune_id: int) -> sa.Select[tuple[Question]]:
    """THE visibility query: the questions of a commune that residents may read. Pages, search, feeds, exports and open
    data start from it and add their own filter, order and limit; only `public_text` may be shown of its rows."""
    return (
        sa.select(Question)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .where(Question.commune_id == commune_id, *is_visible())
    )


def is_visible() -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of `visible`, over Question joined with its Dialogue; for counts."""
    return (
        Question.state == QuestionState.PUBLISHED,
        Question.public_text != "",
        Dialogue.announced_at.is_not(None),
    )


def narrowed(
    statement: sa.Select[tuple[Question]],
    *,
    field: Any = None,
    village_id: Any = None,
    dialogue_code: Any = None,
    patterns: Sequence[Any] = (),
) -> sa.Select[tuple[Question]]:
    """A `visible` statement with the filters of the public list, each a value or a place for one (`extensions.value`);
    of the patterns (see `patterns_of`) every one must fit."""
    if field is not None:
        statement = statement.where(Question.field == field)
    if village_id is not None:
        statement = statement.where(Question.village_id == village_id)
    if dialogue_code is not None:
        statement = statement.where(Dialogue.code == dialogue_code)
    for pattern in patterns:
        statement = statement.where(Question.public_folded.like(pattern, escape="/"))
    return statement


def patterns_of(words: str) -> list[str]:
    """What is looked for of typed words, marks or not, as patterns of LIKE."""
    return [f"%{word.translate(_PLAIN)}%" for word in words_of(words)]


_PLAIN = str.maketrans({sign: f"/{sign}" for sign in "/%_"})


def newest_first(statement: sa.Select[tuple[Question]]) -> sa.Select[tuple[Question]]:
    """In the order of publication, the newest first."""
    return statement.order_by(Question.published_at.desc(), Question.id.desc())


@dataclass(frozen=True)
class DialogueLine:
    """A dialogue in a list of choices."""

    id: int
    code: str
    title: str
    starts_at: datetime


@cache
def _visible_dialogues() -> sa.Select[Any]:
    columns = (Dialogue.id, Dialogue.code, Dialogue.title, Dialogue.starts_at)
    newest_first = schedule.visible(value("commune_id")).order_by(Dialogue.starts_at.desc(), Dialogue.id)
    return newest_first.with_only_columns(*columns).limit(value("most"))


def visible_dialogues(commune_id: int, most: int = 60) -> Sequence[DialogueLine]:
    """The dialogues that residents may see, newest first; for the filter of the list."""
    rows = db.session.connection().execute(_visible_dialogues(), {"commune_id": commune_id, "most": most})
    return [DialogueLine(*row) for row in rows]
