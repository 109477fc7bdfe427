"""A commune's own words that mean the same: list, add, remove."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues.doubles.likeness import WORD
from dialogues.doubles.models import SameWords
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.staff import trail
from dialogues.staff.models import Staff

MOST_LINES, MOST_LETTERS = 300, 500


def own_words(commune_id: int) -> list[SameWords]:
    """The lines of a commune in the order in which they were added; one query."""
    return list(
        db.session.scalars(sa.select(SameWords).where(SameWords.commune_id == commune_id).order_by(SameWords.id))
    )


def add(*, commune_id: int, words: str, actor: Staff) -> SameWords:
    """Add a line of at least two ways to say the same, between `=`; one that is there already is given back."""
    ways = [" ".join(way.split()) for way in words.split("=")]
    if len({way.casefold() for way in ways if WORD.search(way)}) < 2 or not all(ways):
        raise RuleBroken(_l("Write at least two ways to say the same, with = between them."), "words")
    joined = " = ".join(ways)
    if len(joined) > MOST_LETTERS:
        raise RuleBroken(_l("This is too long: at most %(most)s characters.", most=MOST_LETTERS), "words")
    lines = own_words(commune_id)
    known = next((one for one in lines if _ways(one.words) == _ways(joined)), None)
    if known is not None:
        return known
    if len(lines) >= MOST_LINES:
        raise RuleBroken(_l("There are very many lines already. Remove some that are not needed first."), "words")
    line = SameWords(commune_id=commune_id, words=joined)
    db.session.add(line)
    db.session.flush()
    _record(line, actor, "words_added")
    return line


def _ways(words: str) -> set[str]:
    """The ways of a line, apart from order and capitals."""
    return {way.casefold() for way in words.split(" = ")}


def remove(*, line: SameWords, actor: Staff) -> None:
    """Take a line away."""
    _record(line, actor, "words_removed")
    db.session.delete(line)
    db.session.flush()


def _record(line: SameWords, actor: Staff, action: str) -> None:
    trail.record(
        commune_id=line.commune_id,
        actor=actor,
        thing="same_words",
        thing_id=line.commune_id,
        action=action,
        note=line.words,
    )
    db.session.flush()
