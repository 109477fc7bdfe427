"""How alike two questions are, by the meaning of their words. Pure: texts in, numbers out.

A text is read into a `Gist`: its telling words without marks (so that texts without marks and slips with marks find
the right ones), the meanings of its words and phrases (sổ đỏ, bìa đỏ and GCNQSDĐ are one), its word pairs, its numbers
and its places. `compare` says in a handful of figures how two gists agree; every figure lies between 0 and 1 and can
be worked out by hand. `rank` weighs them; `chance` is the share of such proposals that ask the same matter. Both sets
of weights were fitted with half of the meanings hidden, so that they do not rely on the table: tests/bench/doubles.py.
"""

import itertools
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from dialogues.doubles import vocabulary
from dialogues.text import fold

Term = str | tuple[str, str]
"""A folded word, a meaning (`=17`), or a pair of folded words that stand side by side."""
Rarity = Callable[[Term], float]
"""How much a term tells: 0 for nothing. The more questions have it, the less."""

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+\d*")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@lru_cache(maxsize=50_000)
def toned(word: str) -> str:
    """A syllable with its tone at the end, wherever it was typed: hoà and hòa are one."""
    parts = unicodedata.normalize("NFD", word.casefold())
    tone = "".join(c for c in parts if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)) + tone


_folded = lru_cache(maxsize=50_000)(fold)


# -- meanings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vocabulary:
    """Phrases and their meanings, as written (`exact`, toned), without marks (`loose`) and as two capitals; `ways`:
    the folded phrases of each meaning, to look for them."""

    exact: dict[tuple[str, ...], tuple[str, ...]]
    loose: dict[tuple[str, ...], tuple[str, ...]]
    capitals: dict[str, tuple[str, ...]]
    ways: dict[str, tuple[tuple[str, ...], ...]]
    longest: int

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Vocabulary":
        """From lines of words that mean the same, between `=`. Two capitals (BS) count only when written so; a
        syllable only with its marks."""
        exact: dict[tuple[str, ...], dict[str, None]] = {}
        loose: dict[tuple[str, ...], dict[str, None]] = {}
        capitals: dict[str, dict[str, None]] = {}
        ways: dict[str, tuple[tuple[str, ...], ...]] = {}
        for number, line in enumerate(lines):
            meaning, phrases = f"={number}", []
            for way in filter(None, map(str.strip, line.split("="))):
                words = WORD.findall(way)
                if way.isupper() and len(way) == 2:
                    capitals.setdefault(way, {})[meaning] = None
                elif words:
                    exact.setdefault(tuple(map(toned, words)), {})[meaning] = None
                    phrases.append(tuple(map(_folded, words)))
                    if len(words) > 1 or way.isupper():
                        loose.setdefault(phrases[-1], {})[meaning] = None
            ways[meaning] = tuple(phrases)
        return cls(
            {phrase: tuple(found) for phrase, found in exact.items()},
            {phrase: tuple(found) for phrase, found in loose.items()},
            {word: tuple(found) for word, found in capitals.items()},
            ways,
            max(map(len, [*exact, *loose]), default=1),
        )


@lru_cache(maxsize=64)
def vocabulary_with(own_lines: tuple[str, ...] = ()) -> Vocabulary:
    """The built-in table and the lines of a commune."""
    return Vocabulary.of([*vocabulary.MEANINGS.splitlines(), *own_lines])


@cache
def _fillers(is_marked: bool) -> frozenset[str]:
    words = vocabulary.FILLERS.split()
    return frozenset(map(toned, words)) if is_marked else frozenset(map(_folded, words))


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


def has_marks(words: Collection[str]) -> bool:
    """Whether a text was written with marks; a name alone may have some."""
    return sum(not word.isascii() for word in words) > 0.15 * len(words)


def words_of(text: str) -> list[str]:
    """The words of a text in their order, the usual short forms written out."""
    found: list[str] = []
    for word in WORD.findall(unicodedata.normalize("NFC", text)):
        known = None if word.isupper() else vocabulary.SHORT.get(word.casefold())
        found += known.split() if known else [word]
    return found


def read(text: str, known: Vocabulary, places: frozenset[object] = frozenset(), field: str = "") -> Gist:
    """The gist of a text."""
    raw = words_of(text)
    is_marked = has_marks(raw)
    exact, plain = [toned(word) for word in raw], [_folded(word) for word in raw]
    fillers = _fillers(is_marked)
    tells = [
        (e if is_marked else p) not in fillers and (len(p) > 1 or p.isdigit())
        for e, p in zip(exact, plain, strict=True)
    ]
    words: dict[str, str] = {}
    for e, p, tells_it in zip(exact, plain, tells, strict=True):
        if tells_it:
            words.setdefault(p, e if is_marked else "")
    both_tell = itertools.pairwise(tells)
    pairs = itertools.pairwise(plain)
    return Gist(
        words,
        tuple(plain),
        frozenset(_meanings(raw, exact if is_marked else [], plain, known)),
        frozenset(pair for pair, (one, two) in zip(pairs, both_tell, strict=True) if one and two),
        frozenset(_numbers(plain)),
        places,
        field,
    )


def _meanings(raw: Sequence[str], exact: Sequence[str], plain: Sequence[str], known: Vocabulary) -> Iterable[str]:
    for start, word in enumerate(raw):
        yield from known.capitals.get(word, ())
        for end in range(start + 1, min(start + known.longest, len(raw)) + 1):
            found = known.exact.get(tuple(exact[start:end])) or known.loose.get(tuple(plain[start:end]))
            if found:
                yield from found


_DIGITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
    "chin": 9,
}  # fmt: skip
_TIMES = {"muoi": 10, "chuc": 10, "tram": 100, "nghin": 1000, "ngan": 1000, "k": 1000, "trieu": 1_000_000}


def _numbers(plain: Sequence[str]) -> Iterable[int]:
    """Numbers in figures and, of two words or more, in words: `25`, `800 nghin`, `hai muoi lam`."""
    total = run = length = 0
    for word in [*plain, ""]:
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
    in both is left out. The same place named in the same words is no sign of the same matter: the rest tells."""

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


def compare(new: Gist, old: Gist, rarity: Rarity) -> Agreement:
    """How two gists agree."""
    shared = _shared_words(new, old, rarity)
    run = _longest_run(new.order, old.order)
    weight = {word: rarity(word) for word in {*new.words, *old.words}}
    one, other = (sum(weight[word] for word in gist.words) for gist in (new, old))
    run_weight_new, run_weight_old = (sum(weight[word] for word in run if word in g.words) for g in (new, old))
    both = sum(shared.values())
    rest = sum(value for word, value in shared.items() if word not in run)
    meanings, fewer = _overlap(new.meanings, old.meanings, rarity)
    is_same_place = bool(new.places & old.places)
    return Agreement(
        words=_of_both(both, one, other),
        shorter=_of_fewer(both, one, other),
        meanings=meanings,
        fewer=fewer,
        pairs=_overlap(new.pairs, old.pairs, rarity)[0],
        numbers=min(len(new.numbers & old.numbers), 2) / 2,
        same_place=float(is_same_place),
        other_place=float(bool(new.places and old.places) and not is_same_place),
        same_field=float(bool(new.field) and new.field == old.field),
        rest=_of_both(rest, one - run_weight_new, other - run_weight_old),
    )


def _shared_words(new: Gist, old: Gist, rarity: Rarity) -> dict[str, float]:
    found, missing = {}, []
    for word, marks in new.words.items():
        if word not in old.words:
            missing.append(word)
            continue
        other = old.words[word]
        share = _WITHOUT_MARKS if not marks or not other else 1.0 if marks == other else _OTHER_MARKS
        found[word] = rarity(word) * share
    unmatched = [word for word in old.words if word not in new.words and len(word) > 3 and word.isalpha()]
    for word in missing:
        if (
            len(word) > 3
            and word.isalpha()
            and any(Levenshtein.distance(word, w, score_cutoff=1) < 2 for w in unmatched)
        ):
            found[word] = rarity(word) * _SLIP
    return found


def _overlap(one: frozenset[Term] | frozenset[str], other: frozenset[Term], rarity: Rarity) -> tuple[float, float]:
    shared = sum(rarity(term) for term in one & other)
    if not shared:
        return 0.0, 0.0
    sizes = sum(map(rarity, one)), sum(map(rarity, other))
    return _of_both(shared, *sizes), _of_fewer(shared, *sizes)


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

RANK = (3.11, 3.89, 2.1, 0.89, 1.09, 2.47, 1.78, -2.0, 2.68, 3.5)
RANK_BASE = -7.95
CHANCE = (0.07, 0.41, -3.64, 1.53, 0.01, 7.93, -0.57, 2.43)
CHANCE_BASE = -4.04
MOST_LEAD = 6.0
SAME_FROM = 0.6
"""From this chance on it is called probably the same: about 19 of 20 such marks are right."""
SIMILAR_FROM, CLOSE_FROM = -3.0, -1.0
"""From which rank on it is worth a clerk's look; and worth to stop a resident who is writing."""


def rank(agreement: Agreement) -> float:
    """How likely it is to be the same matter beside other questions: for the order."""
    return RANK_BASE + sum(weight * figure for weight, figure in zip(RANK, agreement, strict=True))


def chance_figures(agreement: Agreement, score: float, lead: float) -> tuple[float, ...]:
    """What `chance` weighs; `lead` is how far it ranks before the next one that asks something else."""
    a = agreement
    return score, min(lead, MOST_LEAD), a.words, a.meanings, a.pairs, a.rest, a.same_place, a.same_field


def chance(agreement: Agreement, score: float, lead: float) -> float:
    """The share of such proposals, at the head of a list, that ask the same matter."""
    figures = chance_figures(agreement, score, lead)
    weighed = CHANCE_BASE + sum(weight * figure for weight, figure in zip(CHANCE, figures, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, weighed))))
