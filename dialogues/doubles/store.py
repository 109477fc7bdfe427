"""The index of each commune, kept in this process and brought up to date by what the database says now.

Every question has a version that rises with each change, so their number, last id and sum of versions tell whether
anything changed; sums by blocks of ids tell where. The first look-up of a commune reads all of its questions (half a
second for 20,000), later ones what is new. Several processes each keep their own.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import sqlalchemy as sa
from flask import current_app

from dialogues.doubles.index import Index
from dialogues.doubles.likeness import Gist
from dialogues.doubles.models import SameWords
from dialogues.extensions import db, value
from dialogues.places.models import Village
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState

BLOCK = 512
MOST_GISTS = 3000


@dataclass
class Kept:
    """What is known of one commune."""

    index: Index = field(default_factory=Index)
    state: tuple[Any, ...] = ()
    blocks: dict[int, tuple[int, int]] = field(default_factory=dict)
    versions: dict[int, dict[int, int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


class Store:
    """The indexes by commune, and the gists read last."""

    def __init__(self) -> None:
        self.kept: dict[int, Kept] = {}
        self.gists: OrderedDict[tuple[Any, ...], Gist] = OrderedDict()
        self.lock = Lock()

    def clear(self) -> None:
        """Forget everything: the rows are others now."""
        with self.lock:
            self.kept.clear()
            self.gists.clear()

    def index_of(self, commune_id: int) -> Index:
        """The index as the running transaction sees the questions; one statement when nothing changed."""
        with self.lock:
            kept = self.kept.setdefault(commune_id, Kept())
        with kept.lock:
            state = tuple(db.session.execute(_state(), {"commune_id": commune_id}).one())
            if state != kept.state:
                if kept.index.is_worn:
                    kept.index, kept.blocks, kept.versions = Index(), {}, {}
                _bring_up_to_date(kept, commune_id)
                kept.state = state
        return kept.index

    def gist(self, key: tuple[Any, ...], make: Callable[[], Gist]) -> Gist:
        """The gist under this key, read now or before."""
        with self.lock:
            found = self.gists.get(key)
            if found is not None:
                self.gists.move_to_end(key)
                return found
        found = make()
        with self.lock:
            self.gists[key] = found
            while len(self.gists) > MOST_GISTS:
                self.gists.popitem(last=False)
        return found


def the_store() -> Store:
    """The store of this process."""
    found: Store = current_app.extensions["doubles"]
    return found


@cache
def _state() -> sa.Select[Any]:
    counted = (sa.func.count(), sa.func.max(Question.id), sa.func.sum(Question.version))
    return sa.select(*counted).where(Question.commune_id == value("commune_id"))


@cache
def _blocks() -> sa.Select[Any]:
    block = Question.id // BLOCK
    counted = (block, sa.func.count(), sa.func.sum(Question.version))
    return sa.select(*counted).where(Question.commune_id == value("commune_id")).group_by(block)


@cache
def _rows() -> sa.Select[Any]:
    q = Question
    columns = (q.id, q.version, q.folded, q.public_folded, q.village_id, q.field, q.state)
    between = q.id.between(value("first"), value("last"))
    return sa.select(*columns).where(q.commune_id == value("commune_id"), between)


def _bring_up_to_date(kept: Kept, commune_id: int) -> None:
    """Read the blocks in which a version, a row or the lack of one is new."""
    now = {block: (number, total) for block, number, total in db.session.execute(_blocks(), {"commune_id": commune_id})}
    for block in {*now, *kept.blocks}:
        if now.get(block) == kept.blocks.get(block):
            continue
        before, after = kept.versions.get(block, {}), {}
        values = {"commune_id": commune_id, "first": block * BLOCK, "last": block * BLOCK + BLOCK - 1}
        for id_, version, folded, public_folded, village_id, field_, state in db.session.execute(_rows(), values):
            after[id_] = version
            if before.get(id_) != version:
                text = folded if public_folded in ("", folded) else f"{folded} {public_folded}"
                kept.index.put(id_, text, village_id, field_.value, state is QuestionState.PUBLISHED)
        for id_ in before.keys() - after.keys():
            kept.index.remove(id_)
        kept.versions[block] = after
    kept.blocks = now


def own_lines(commune_id: int) -> tuple[str, ...]:
    """The commune's own words that mean the same; one query."""
    lines = sa.select(SameWords.words).where(SameWords.commune_id == commune_id).order_by(SameWords.id)
    return tuple(db.session.scalars(lines))


def villages(commune_id: int) -> tuple[tuple[int, str, str, str], ...]:
    """Id, kind, name and old names of the villages; one query."""
    v = Village
    rows = db.session.execute(sa.select(v.id, v.kind, v.name, v.old_names).where(v.commune_id == commune_id))
    return tuple(tuple(row) for row in rows)
