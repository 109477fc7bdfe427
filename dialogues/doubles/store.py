"""The index of each commune, kept in this process and brought up to date by what the database says now.

Every change to a question has a number (see changes), so a look-up reads the rows above the last number that it knows.
The first look-up of a commune reads all of its questions (a second for 20,000). Several processes each keep their own.
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
from dialogues.doubles.naming import Villages
from dialogues.extensions import db, value
from dialogues.places.models import Village
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState

MOST_GISTS = 4000


@dataclass
class Kept:
    """What is known of one commune."""

    index: Index = field(default_factory=Index)
    seen: int = -1
    last_id: int = 0
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
        """The index as the running transaction sees the questions; two statements that read only what is new."""
        with self.lock:
            kept = self.kept.setdefault(commune_id, Kept())
        db.session.flush()
        with kept.lock:
            if kept.index.is_worn:
                kept.index, kept.seen, kept.last_id = Index(), -1, 0
            _bring_up_to_date(kept, commune_id)
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
def _news() -> sa.CompoundSelect[Any]:
    """Rows that were touched since; and rows of a bulk write, which have no number: by their id."""
    q = Question
    columns = (q.commune_id, q.id, q.touched, q.folded, q.public_folded, q.village_id, q.field, q.state)
    touched = sa.select(*columns).where(q.commune_id == value("commune_id"), q.touched > value("seen"))
    # Without the commune: with it SQLite would go through all questions of the commune.
    return sa.union_all(touched, sa.select(*columns).where(q.id > value("last_id")))


@cache
def _last_id() -> sa.Select[Any]:
    return sa.select(sa.func.max(Question.id))


def _bring_up_to_date(kept: Kept, commune_id: int) -> None:
    connection = db.session.connection()
    last_id = connection.execute(_last_id()).scalar_one() or 0
    since = {"commune_id": commune_id, "seen": kept.seen, "last_id": kept.last_id if kept.seen >= 0 else last_id}
    news = connection.execute(_news(), since).all()
    for of_commune, id_, touched, folded, public_folded, village_id, field_, state in news:
        if of_commune != commune_id:
            continue
        text = folded if public_folded in ("", folded) else f"{folded} {public_folded}"
        kept.index.put(id_, text, village_id, field_.value, state is QuestionState.PUBLISHED)
        kept.seen = max(kept.seen, touched)
    kept.seen, kept.last_id = max(kept.seen, 0), last_id


@cache
def _own_lines() -> sa.Select[Any]:
    return sa.select(SameWords.words).where(SameWords.commune_id == value("commune_id")).order_by(SameWords.id)


@cache
def _villages() -> sa.Select[Any]:
    v = Village
    return sa.select(v.id, v.kind, v.name, v.old_names).where(v.commune_id == value("commune_id")).order_by(v.id)


def own_lines(commune_id: int) -> tuple[str, ...]:
    """The commune's own words that mean the same; one query."""
    rows = db.session.connection().execute(_own_lines(), {"commune_id": commune_id})
    return tuple(words for (words,) in rows)


def villages(commune_id: int) -> Villages:
    """Id, kind, name and old names of the villages; one query."""
    rows = db.session.connection().execute(_villages(), {"commune_id": commune_id})
    return tuple((id_, kind, name, old_names) for id_, kind, name, old_names in rows)
