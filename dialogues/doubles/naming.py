"""Which villages a text names: by their names of today and by the old ones that live on in people's mouths. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

from dialogues.doubles.likeness import has_marks, words_of
from dialogues.text import fold

Villages = tuple[tuple[int, str, str, str], ...]
"""Id, kind, name and old names (with `;` between them) of each village."""


def villages_named(text: str, villages: Villages) -> frozenset[int]:
    """The ids of the villages that the text names. Where it has no marks, all whose names look the same without. The
    longest name counts first: who writes Đồng Trên does not mean Đồng."""
    is_marked = has_marks(words_of(text))
    rest = text.casefold() if is_marked else fold(text)
    found: set[int] = set()
    for pattern, ids in _patterns(villages, is_marked):
        rest, times = pattern.subn(" · ", rest)
        if times:
            found |= ids
    return frozenset(found)


@lru_cache(maxsize=64)
def _patterns(villages: Villages, is_marked: bool) -> list[tuple[re.Pattern[str], set[int]]]:
    names: dict[str, set[int]] = {}
    for id_, kind, name, old_names in villages:
        for way in _ways(kind, name, old_names):
            names.setdefault(way.casefold() if is_marked else fold(way), set()).add(id_)
    longest_first = sorted(names, key=len, reverse=True)
    return [(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"), names[name]) for name in longest_first]


def _ways(kind: str, name: str, old_names: str) -> Iterable[str]:
    """A name of one syllable is told from an ordinary word by its kind only."""
    yield f"{kind} {name}"
    for one in (name, *old_names.split(";")):
        if len(one.split()) > 1:
            yield one.strip()
