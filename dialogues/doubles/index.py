"""Where words stand: for each word and word pair the questions that have it, to find the few worth comparing. Pure."""

import itertools
import math
from array import array
from collections import defaultdict
from collections.abc import Callable
from heapq import nlargest

from dialogues.doubles.likeness import WORD, Gist, Term, Vocabulary
from dialogues.doubles.vocabulary import FOLDED_SHORT

FEW = 300
"""A term is as rare as it gets when less than one in so many questions has it; smaller communes count as such."""
MOST_VISITS = 4_000
MOST_RARITIES = 200_000
WORTH, MOST_LEADING = 0.08, 400
"""A question is followed up from this share of the best score on; the best so many of them when there are more."""
_PAIR, _WAY, _NEAR, _AKIN = 0.5, 0.6, 1.6, 1.3
"""What a pair and a phrase of the same meaning count beside a word; how much nearer the same village and field are."""


class Index:
    """Postings by slot. A changed question gets a new slot; `entries` says which one counts."""

    def __init__(self) -> None:
        self.postings: defaultdict[Term, array[int]] = defaultdict(lambda: array("I"))
        self.ids = array("q")
        self.villages = array("q")
        self.fields: list[str] = []
        self.public = bytearray()
        self.slots: dict[int, int] = {}
        self.rarities: dict[int, tuple[Vocabulary, int, Callable[[Term], float]]] = {}

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def is_worn(self) -> bool:
        """Whether so many questions changed that it should be made anew."""
        return len(self.ids) > 2 * len(self.slots) + 500

    def put(self, id_: int, folded: str, village_id: int | None, field: str, is_public: bool) -> None:
        """Add a question, or put it in place of what it was."""
        self.remove(id_)
        slot = len(self.ids)
        self.ids.append(id_)
        self.villages.append(village_id or 0)
        self.fields.append(field)
        self.public.append(is_public)
        words = [written for word in WORD.findall(folded) for written in FOLDED_SHORT.get(word, (word,))]
        for term in {*words, *itertools.pairwise(words)}:
            self.postings[term].append(slot)
        self.slots[id_] = slot

    def remove(self, id_: int) -> None:
        """Leave a question out from now on."""
        slot = self.slots.pop(id_, None)
        if slot is not None:
            self.ids[slot] = 0

    def frequency(self, term: Term) -> int:
        """How many questions have this word or pair."""
        return len(self.postings[term]) if term in self.postings else 0

    def rarity(self, known: Vocabulary) -> Callable[[Term], float]:
        """How much a term tells among these questions: the square of its inverse frequency. Worked out anew when one
        in fifty questions is new."""
        number = max(len(self.ids), FEW)
        kept = self.rarities.get(id(known))
        if kept is None or kept[0] is not known or abs(number - kept[1]) * 50 > kept[1]:
            kept = self.rarities[id(known)] = (known, number, self._rarity(known, number))
        return kept[2]

    def _rarity(self, known: Vocabulary, number: int) -> Callable[[Term], float]:
        floor = 0.5 * number / FEW
        seen: dict[Term, float] = {}

        def of(term: Term) -> float:
            found = seen.get(term)
            if found is None:
                if isinstance(term, str) and term[:1] == "=":
                    often = min(number, sum(map(self._frequency_of_way, known.ways.get(term, ()))))
                else:
                    often = self.frequency(term)
                found = seen[term] = math.log(1 + (number + 1) / (often + floor)) ** 2
                if len(seen) > MOST_RARITIES:
                    seen.clear()
            return found

        return of

    def _frequency_of_way(self, way: tuple[str, ...]) -> int:
        if len(way) == 1:
            return self.frequency(way[0])
        return min(map(self.frequency, itertools.pairwise(way)))

    def candidates(
        self, gist: Gist, known: Vocabulary, village_id: int | None, only_public: bool, most: int
    ) -> list[int]:
        """Ids of the questions that share the most telling words; the rarest words are followed first, and no more
        than MOST_VISITS postings, so that it costs the same however many questions there are."""
        rarity, wanted = self.rarity(known), dict[Term, float]()
        for word in gist.words:
            wanted[word] = rarity(word)
        for pair in gist.pairs:
            wanted[pair] = rarity(pair) * _PAIR
        for meaning in gist.meanings:
            for way in known.ways[meaning]:
                for term in way if len(way) == 1 else itertools.pairwise(way):
                    wanted[term] = max(wanted.get(term, 0.0), rarity(meaning) * _WAY / max(1, len(way) - 1))
        scores: defaultdict[int, float] = defaultdict(float)
        visits = 0
        for term, weight in sorted(wanted.items(), key=lambda one: self.frequency(one[0])):
            slots = self.postings.get(term, ())
            visits += len(slots)
            if visits > MOST_VISITS and scores:
                break
            for slot in slots:
                scores[slot] += weight
        if not scores:
            return []
        worth = WORTH * max(scores.values())
        leading = [(score, slot) for slot, score in scores.items() if score > worth]
        while len(leading) > MOST_LEADING:
            worth *= 1.3
            leading = [one for one in leading if one[0] > worth] or leading[:MOST_LEADING]
        ids, villages, fields, public = self.ids, self.villages, self.fields, self.public
        found = [
            (
                score
                * (_NEAR if village_id and villages[slot] == village_id else 1.0)
                * (_AKIN if fields[slot] == gist.field else 1.0),
                ids[slot],
            )
            for score, slot in leading
            if ids[slot] and (public[slot] or not only_public)
        ]
        return [id_ for _score, id_ in nlargest(most, found)]
