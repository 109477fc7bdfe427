"""One act on many questions at once: one transaction, and each that could not be done is named with its reason."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.questions import queue, undo
from dialogues.questions.models import Question, QuestionUndo
from dialogues.staff.models import Staff

MOST = 100


class Chosen(NamedTuple):
    """A question that was ticked, with the version that was looked at."""

    question: Question
    version: int

    @property
    def key(self) -> str:
        return f"{self.version}:{self.question.id}"


@dataclass
class Result:
    """What became of the ticked questions; `batch` undoes those that were done."""

    batch: str = ""
    done: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)
    """Fields whose rule stood in the way, with the sentence."""

    @property
    def for_all(self) -> tuple[str, str] | None:
        """The one field and sentence for which nothing was done at all."""
        return next(iter(self.broken)) if not self.done and len(self.broken) == 1 else None


def chosen(staff: Staff, keys: Sequence[str]) -> list[Chosen] | None:
    """The ticked questions (`<version>:<id>`), in the order of the page; None when one of them is unreadable or is not
    there for this person. One query."""
    versions: dict[int, int] = {}
    for key in keys[:MOST]:
        version, _colon, id_ = key.partition(":")
        if not all(one.isascii() and one.isdigit() and len(one) < 10 for one in (id_, version)):
            return None
        versions.setdefault(int(id_), int(version))
    found = queue.visible_to(staff).where(Question.id.in_(list(versions))).options(joinedload(Question.dialogue))
    by_id = {one.id: one for one in db.session.scalars(found)}
    if len(by_id) < len(versions):
        return None
    return [Chosen(by_id[id_], version) for id_, version in versions.items()]


def do(rows: Sequence[Chosen], act: str, actor: Staff, run: Callable[[Question, int], None]) -> Result:
    """Call `run(question, version)` for each, every one whole or not at all."""
    result = Result(secrets.token_hex(12))
    for question, version in rows:
        id_ = question.id
        try:
            with db.session.begin_nested(), undo.kept(question, act, actor, result.batch):
                run(question, version)
        except RuleBroken as broken:
            result.failed.append((id_, broken.message))
            result.broken.add((broken.field, broken.message))
        except (EditConflict, StaleDataError):
            why = _("Somebody else changed it meanwhile.")
            result.failed.append((id_, why))
            result.broken.add(("version", why))
        else:
            result.done.append(id_)
    return result


def take_back(rows: Sequence[QuestionUndo], run: Callable[[Question, QuestionUndo], None]) -> Result:
    """Undo what one press did, each that still can be."""
    result = Result()
    for one in rows:
        id_ = one.question_id
        try:
            with db.session.begin_nested():
                run(one.question, one)
        except (RuleBroken, StaleDataError):
            result.failed.append((id_, str(undo.TOO_LATE)))
        else:
            result.done.append(id_)
    return result
