"""How alike two questions are, by the meaning of their words. Pure: texts in, numbers out.

A text is read into a `Gist`: its telling words without marks (so that texts without marks and slips with marks find
the right ones), the meanings of its words and phrases (sổ đỏ, bìa đỏ and GCNQSDĐ are one), its word pairs, its numbers
and its places. `compare` says in a handful of figures how two gists agree; every figure lies between 0 and 1 and can
be worked out by hand. `rank` weighs them; `chance` is the share of such proposals that ask the same matter. Both sets
of weights were fitted with half of the meanings hidden, so that they do not rely on the table: tests/bench/doubles.py.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from rapidfuzz.distance import Levenshtein

from dialogues.doubles import vocabulary
from dialogues.text import fold

Term = str | tuple[str, str]
"""A folded word, a meaning (`=17`), or a pair of folded words that stand side by side."""
Rarity = Callable[[Term], float]
"""How much a term tells: 0 for nothing. The more questions have it, the less."""

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+\d*")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def toned(word: str) -> str:
    """A syllable with its tone at the end, wherever it was typed: hoà and hòa are one."""
    parts = unicodedata.normalize("NFD", word.casefold())
    tone = "".join(c for c in parts if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)) + tone


# -- meanings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrases:
    """A step into phrases, word by word: what it means to end here, and the words that go on."""

    meanings: list[str]
    longer: dict[str, "Phrases"]

    def add(self, words: Sequence[str], meaning: str) -> None:
        """Let these words mean that."""
        step = self
        for word in words:
            step = step.longer.setdefault(word, Phrases([], {}))
        step.meanings.append(meaning)


@dataclass(frozen=True)
class Vocabulary:
    """Words and their meanings: `single` words as written (toned), `loose` phrases without marks and abbreviations, two
    `capitals`; `ways`: the folded phrases of each meaning, to look for them."""

    single: dict[str, tuple[str, ...]]
    loose: Phrases
    capitals: dict[str, tuple[str, ...]]
    ways: dict[str, tuple[tuple[str, ...], ...]]

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Vocabulary":
        """From lines of words that mean the same, between `=`. Two capitals (BS) count only when written so; a
        syllable only with its marks."""
        single: dict[str, dict[str, None]] = {}
        loose = Phrases([], {})
        capitals: dict[str, dict[str, None]] = {}
        ways: dict[str, tuple[tuple[str, ...], ...]] = {}
        for number, line in enumerate(lines):
            meaning, phrases = f"={number}", []
            for way in filter(None, map(str.strip, line.split("="))):
                words = WORD.findall(way)
                if way.isupper() and len(way) == 2:
                    capitals.setdefault(way, {})[meaning] = None
                elif words:
                    phrases.append(tuple(map(fold, words)))
                    if len(words) > 1 or way.isupper():
                        loose.add(phrases[-1], meaning)
                    else:
                        single.setdefault(toned(words[0]), {})[meaning] = None
            ways[meaning] = tuple(phrases)
        return cls(
            {word: tuple(found) for word, found in single.items()},
            loose,
            {word: tuple(found) for word, found in capitals.items()},
            ways,
        )


@lru_cache(maxsize=64)
def vocabulary_with(own_lines: tuple[str, ...] = ()) -> Vocabulary:
    """The built-in table and the lines of a commune."""
    return Vocabulary.of([*vocabulary.MEANINGS.splitlines(), *own_lines])


@cache
def _fillers(is_marked: bool) -> frozenset[str]:
    words = vocabulary.FILLERS.split()
    return frozenset(map(toned, words)) if is_marked else frozenset(map(fold, words))


# -- reading ----------------------------------------------------------------------------------------------------------


class Gist(NamedTuple):
    """What a text says. `words`: folded -> toned, or "" where the text has no marks. `places`: what names of places
    stand for it; empty when it is not known."""

    words: dict[str, str]
    order: tuple[str, ...]
    meanings: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    numbers: frozenset[int]
    places: frozenset[object]
    field: str


class Word(NamedTuple):
    """One word: as written, with its tone at the end, without marks; whether it tells anything, marked or not."""

    raw: str
    toned: str
    folded: str
    is_marked: bool
    tells: bool
    tells_unmarked: bool


@lru_cache(maxsize=50_000)
def _spelt(word: str) -> tuple[Word, ...]:
    """A word of a text; of a usual short form the words that it stands for."""
    written = None if word.isupper() else vocabulary.SHORT.get(word.casefold())
    found = []
    for raw in written.split() if written else (word,):
        exact, plain = toned(raw), fold(raw)
        is_word = len(plain) > 1 or plain.isdigit()
        tells, tells_unmarked = exact not in _fillers(True), plain not in _fillers(False)
        found.append(Word(raw, exact, plain, not raw.isascii(), is_word and tells, is_word and tells_unmarked))
    return tuple(found)


def words_of(text: str) -> list[Word]:
    """The words of a text in their order, the usual short forms written out."""
    found: list[Word] = []
    for word in WORD.findall(unicodedata.normalize("NFC", text)):
        found += _spelt(word)
    return found


def has_marks(words: Collection[Word]) -> bool:
    """Whether a text was written with marks; a name alone may have some."""
    return sum(word.is_marked for word in words) > 0.15 * len(words)


def read(text: str, known: Vocabulary, places: frozenset[object] = frozenset(), field: str = "") -> Gist:
    """The gist of a text."""
    written = words_of(text)
    is_marked = has_marks(written)
    order = [word.folded for word in written]
    words: dict[str, str] = {}
    pairs = set()
    before = ""
    for _raw, exact, plain, _marked, tells, tells_unmarked in written:
        if not (tells if is_marked else tells_unmarked):
            before = ""
            continue
        if plain not in words:
            words[plain] = exact if is_marked else ""
        if before:
            pairs.add((before, plain))
        before = plain
    return Gist(
        words,
        tuple(order),
        frozenset(_meanings(written, order, is_marked, known)),
        frozenset(pairs),
        frozenset(_numbers(order)),
        places,
        field,
    )


def _meanings(written: Sequence[Word], plain: Sequence[str], is_marked: bool, known: Vocabulary) -> Iterable[str]:
    for start, word in enumerate(written):
        if word.raw in known.capitals:
            yield from known.capitals[word.raw]
        if is_marked and word.toned in known.single:
            yield from known.single[word.toned]
        step, end = known.loose.longer.get(plain[start]), start + 1
        while step is not None:
            yield from step.meanings
            step, end = step.longer.get(plain[end]) if end < len(plain) else None, end + 1


_DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9,
}  # fmt: skip
_TIMES = {"muoi": 10, "chuc": 10, "tram": 100, "nghin": 1000, "ngan": 1000, "k": 1000, "trieu": 1_000_000}


def _numbers(plain: Sequence[str]) -> Iterable[int]:
    """Numbers in figures and, of two words or more, in words: `25`, `800 nghin`, `hai muoi lam`."""
    total = run = length = 0
    for word in [*plain, ""]:
        if not length and word not in _DIGITS and word != "muoi" and not word[:1].isdigit():
            continue
        figure = re.sub(r"[.,](?=\d{3}\b)", "", word)
        if figure.isascii() and figure.isdigit() and len(figure) < 10 and not run:
            run, length = int(figure), length + 2
        elif word in _TIMES and _TIMES[word] >= 1000 and length:
            yield (total + run) * _TIMES[word]
            total = run = length = 0
        elif word in _TIMES and (length or word == "muoi"):
            total, run, length = total + (run or 1) * _TIMES[word], 0, length + 1
        elif word in _DIGITS and not run:
            run, length = _DIGITS[word], length + 1
        else:
            if length > 1:
                yield total + run
            total = run = length = 0


# -- comparing --------------------------------------------------------------------------------------------------------


class Agreement(NamedTuple):
    """How two gists agree, each from 0 to 1: shared words (of both, of the shorter), shared meanings (of both, of the
    fewer), word pairs, numbers, the place, the field; and `rest`: the words when the longest run of words that stands
    in both is left out. The same place named in the same words is no sign of the same matter: the rest
    tells. A run that is nearly all of one text is not left out."""

    words: float
    shorter: float
    meanings: float
    fewer: float
    pairs: float
    numbers: float
    same_place: float
    other_place: float
    same_field: float
    rest: float


_WITHOUT_MARKS, _OTHER_MARKS, _SLIP = 0.9, 0.45, 0.4
"""What a word counts that stands in both: when one text has no marks; with other marks; with one letter wrong."""


_NEARLY_ALL = 0.8


class Weighed(NamedTuple):
    """A gist with what its terms tell: word by word, and in all."""

    gist: Gist
    weights: dict[str, float]
    words: float
    meanings: float
    pairs: float
    rare: tuple[str, ...]
    """Words that hardly another question has: slips of the keyboard are among them."""


def weigh(gist: Gist, rarity: Rarity) -> Weighed:
    """What the terms of a gist tell."""
    weights = {word: rarity(word) for word in gist.words}
    rare = 0.7 * rarity("?")
    return Weighed(
        gist,
        weights,
        sum(weights.values()),
        sum(map(rarity, gist.meanings)),
        sum(map(rarity, gist.pairs)),
        tuple(word for word, weight in weights.items() if len(word) > 3 and weight >= rare and word.isalpha()),
    )


def compare(new: Weighed, old: Weighed, rarity: Rarity) -> Agreement:
    """How two gists agree."""
    one, other = new.gist, old.gist
    shared = _shared_words(new, old)
    run = _longest_run(one.order, other.order)
    both = rest = sum(shared.values())
    run_new = sum(new.weights.get(word, 0.0) for word in run)
    run_old = sum(old.weights.get(word, 0.0) for word in run)
    if _is_a_text(run_new, new.words, run_old, old.words):
        run_new = run_old = 0.0
    else:
        rest -= sum(shared.get(word, 0.0) for word in run)
    meanings, fewer = _overlap(one.meanings, other.meanings, new.meanings, old.meanings, rarity)
    is_same_place = bool(one.places & other.places)
    return Agreement(
        words=_of_both(both, new.words, old.words),
        shorter=_of_fewer(both, new.words, old.words),
        meanings=meanings,
        fewer=fewer,
        pairs=_overlap(one.pairs, other.pairs, new.pairs, old.pairs, rarity)[0],
        numbers=min(len(one.numbers & other.numbers), 2) / 2,
        same_place=float(is_same_place),
        other_place=float(bool(one.places and other.places) and not is_same_place),
        same_field=float(bool(one.field) and one.field == other.field),
        rest=_of_both(rest, new.words - run_new, old.words - run_old),
    )


def _is_a_text(run_new: float, new: float, run_old: float, old: float) -> bool:
    """Whether the common run is more than the name of a place: nearly all of one text. Then the same was written once
    more, whole or in part, and nothing of it is left out."""
    return any(whole > 0 and run >= _NEARLY_ALL * whole for run, whole in ((run_new, new), (run_old, old)))


def _shared_words(new: Weighed, old: Weighed) -> dict[str, float]:
    found = {}
    theirs = old.gist.words
    for word, marks in new.gist.words.items():
        other = theirs.get(word)
        if other is not None:
            share = _WITHOUT_MARKS if not marks or not other else 1.0 if marks == other else _OTHER_MARKS
            found[word] = new.weights[word] * share
    for word in new.rare:
        if word not in theirs and any(
            word[0] == w[0] and w not in new.gist.words and Levenshtein.distance(word, w, score_cutoff=1) < 2
            for w in old.rare
        ):
            found[word] = new.weights[word] * _SLIP
    return found


def _overlap(
    one: AbstractSet[Any], other: AbstractSet[Any], one_weight: float, other_weight: float, rarity: Rarity
) -> tuple[float, float]:
    common = one & other
    if not common:
        return 0.0, 0.0
    shared = sum(map(rarity, common))
    return _of_both(shared, one_weight, other_weight), _of_fewer(shared, one_weight, other_weight)


def _of_both(shared: float, one: float, other: float) -> float:
    return min(1.0, shared / math.sqrt(one * other)) if shared > 0 and one > 0 and other > 0 else 0.0


def _of_fewer(shared: float, one: float, other: float) -> float:
    return min(1.0, shared / min(one, other)) if shared > 0 and one > 0 and other > 0 else 0.0


def _longest_run(one: Sequence[str], other: Sequence[str]) -> frozenset[str]:
    """The words of the longest run that stands in both; of three words at least."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(other):
        places.setdefault(word, []).append(place)
    longest, end = 2, 0
    before: dict[int, int] = {}
    for place, word in enumerate(one):
        here = {}
        for there in places.get(word, ()):
            here[there] = before.get(there - 1, 0) + 1
            if here[there] > longest:
                longest, end = here[there], place + 1
        before = here
    return frozenset(one[end - longest : end]) if end else frozenset()


# -- judging ----------------------------------------------------------------------------------------------------------

RANK = (2.99, 3.85, 1.77, 0.66, 0.58, 2.56, 1.82, -1.91, 2.38, 3.09)
RANK_BASE = -7.52
CHANCE = (0.11, 0.14, -3.00, 1.65, 0.02, 8.33, -0.06, 2.65)
CHANCE_BASE = -3.89
MOST_LEAD, UNALIKE = 6.0, -1.5
"""A lead counts up to the first, and is taken before a question that ranks at least as the second: among few questions
anything would lead by far."""
SAME_FROM = 0.65
"""From this chance on it is called probably the same: about 19 of 20 such marks are right."""
LEAST_RANK = 0.5
"""What agrees less is never called the same, however alone it stands."""
SIMILAR_FROM, CLOSE_FROM = -3.0, -1.0
"""From which rank on it is worth a clerk's look; and worth to stop a resident who is writing."""


def rank(agreement: Agreement) -> float:
    """How likely it is to be the same matter beside other questions: for the order."""
    return RANK_BASE + sum(weight * figure for weight, figure in zip(RANK, agreement, strict=True))


def chance_figures(agreement: Agreement, score: float, lead: float) -> tuple[float, ...]:
    """What `chance` weighs; `lead`: see `lead_before`."""
    a = agreement
    return score, lead, a.words, a.meanings, a.pairs, a.rest, a.same_place, a.same_field


def lead_before(score: float, next_score: float) -> float:
    """How far a question ranks before the next one that asks something else."""
    return min(score - max(next_score, UNALIKE), MOST_LEAD)


def chance(agreement: Agreement, score: float, lead: float) -> float:
    """The share of such proposals, at the head of a list, that ask the same matter."""
    if score < LEAST_RANK:
        return 0.0
    figures = chance_figures(agreement, score, lead)
    weighed = CHANCE_BASE + sum(weight * figure for weight, figure in zip(CHANCE, figures, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, weighed))))
