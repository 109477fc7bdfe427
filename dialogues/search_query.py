"""What somebody typed into a search box: its words and phrases, and where they stand in a text. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from dialogues.text import clean_line, fold

MOST_TYPED, MOST_PARTS, MOST_WORD = 200, 8, 60
_PHRASES = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]')
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Wanted:
    """All of it must occur: `words` as beginnings of words, `phrases` word by word as they stand; folded."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)


NOTHING = Wanted()


def read(typed: str) -> Wanted:
    """Read a search box: words, and "phrases" in quotation marks. Marks of any language and case do not matter; a
    quotation mark without its partner and all other signs are no words."""
    line = clean_line(typed)[:MOST_TYPED]
    phrases = [tuple(_words(found)) for found in _PHRASES.findall(line)]
    kept = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))[:MOST_PARTS]
    words = dict.fromkeys(_words(_PHRASES.sub(" ", line)))
    return Wanted(tuple(words)[: MOST_PARTS - len(kept)], kept)


def _words(text: str) -> list[str]:
    return [word[:MOST_WORD] for word in _WORDS.findall(fold(text))]


Pieces = list[tuple[str, bool]]
"""A text in pieces, and whether each is what was searched for."""


def marked(text: str, wanted: Wanted) -> Pieces:
    """The text as it is written, with what was found marked, although it was compared folded."""
    found = _found(text, wanted)
    pieces: Pieces = []
    end = 0
    for start, stop in found:
        if start > end:
            pieces.append((text[end:start], False))
        pieces.append((text[start:stop], True))
        end = stop
    return [*pieces, (text[end:], False)] if end < len(text) else pieces


def has(text: str, wanted: Wanted) -> bool:
    """Whether anything of it stands in this text."""
    return bool(wanted) and _pattern(wanted).search(fold(text)) is not None


def excerpt(text: str, wanted: Wanted, most: int = 320) -> Pieces:
    """`marked`, of a long text only the part around the first thing found, cut between words."""
    if len(text) <= most:
        return marked(text, wanted)
    first = next((start for start, _stop in _found(text, wanted)), 0)
    start = 0 if first < most // 2 else text.rfind(" ", 0, first - most // 4) + 1
    stop = len(text) if start + most >= len(text) else max(text.rfind(" ", start, start + most), first + MOST_WORD)
    pieces = marked(text[start:stop], wanted)
    return [*([("… ", False)] if start else []), *pieces, *([(" …", False)] if stop < len(text) else [])]


_letter = lru_cache(4000)(fold)
"""One character folded; texts are made of few."""


@lru_cache(200)
def _pattern(wanted: Wanted) -> re.Pattern[str]:
    """What is marked in a folded text: beginnings of words, whole words of phrases; longer ones first."""
    parts = [r"\W+".join(map(re.escape, phrase)) + r"\b" for phrase in wanted.phrases]
    parts += [re.escape(word) for word in sorted(wanted.words, key=len, reverse=True)]
    return re.compile(rf"\b(?:{'|'.join(parts)})")


def _found(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Where it stands: (start, stop) in the text as it is written."""
    if not wanted:
        return []
    letters, places = [], []
    for place, character in enumerate(text):
        folded = _letter(character)
        letters.append(folded)
        places += [place] * len(folded)
    matches = _pattern(wanted).finditer("".join(letters))
    return [(places[match.start()], _after(text, places[match.end() - 1])) for match in matches]


def _after(text: str, place: int) -> int:
    """Behind this letter and the marks that belong to it."""
    place += 1
    while place < len(text) and not _letter(text[place]) and not text[place].isspace():
        place += 1
    return place
