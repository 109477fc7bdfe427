"""`python -m tests.bench.doubles`: are doubles found, and what does it cost?

The samples: 300 earlier questions; 119 new ones that the weights were fitted on (tests/bench/doubles_fit.py) and 100
that they were not. A twin should stand among the first three; "probably the same" should be right.
"""

import csv
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dialogues.doubles import likeness
from dialogues.doubles.index import Index
from dialogues.doubles.naming import Villages, villages_named
from dialogues.doubles.service import COMPARED, Candidate, Match, ranked
from dialogues.text import fold

DATA = Path(__file__).parent.parent / "data"
FIRST_AIM, SHOWN_AIM, RIGHT_AIM = 57, 36, 0.9


@dataclass(frozen=True)
class Sample:
    """One line of a file."""

    id: str
    text: str
    field: str
    village: str
    twin: str
    how: str


def samples(name: str) -> list[Sample]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [
            Sample(r["id"], r["text"], r["field"], r["village"], r.get("expected_id", ""), r.get("how", ""))
            for r in csv.DictReader(file)
        ]


class Past:
    """The earlier questions, as the app keeps them."""

    def __init__(self, earlier: list[Sample], lines: tuple[str, ...] | None = None) -> None:
        self.known = likeness.vocabulary_with() if lines is None else likeness.Vocabulary.of(lines)
        labels = sorted({one.village for one in earlier if one.village})
        self.villages: Villages = tuple((n, *label.split(" ", 1), "") for n, label in enumerate(labels, 1))  # type: ignore[misc]
        self.village_ids = {label: n for n, label in enumerate(labels, 1)}
        self.ids = {one.id: n for n, one in enumerate(earlier, 1)}
        self.index, self.gists = Index(), {}
        for one in earlier:
            self.index.put(self.ids[one.id], fold(one.text), self.village_ids.get(one.village), one.field, True)
            self.gists[self.ids[one.id]] = self.gist(one)

    def gist(self, sample: Sample) -> likeness.Gist:
        village_id = self.village_ids.get(sample.village)
        places = {village_id} if village_id else villages_named(sample.text, self.villages)
        return likeness.read(sample.text, self.known, frozenset(places), sample.field)

    def candidates(self, sample: Sample) -> list[Candidate]:
        gist, village_id = self.gist(sample), self.village_ids.get(sample.village)
        ids = self.index.candidates(gist, self.known, village_id, False, COMPARED)
        return [Candidate(id_, self.gists[id_], -id_) for id_ in ids]

    def matches(self, sample: Sample, without: str = "") -> list[Match]:
        """What the clerk is shown; `without` one of the earlier questions, as if it had never been asked."""
        candidates = [one for one in self.candidates(sample) if one.id != self.ids.get(without)]
        return ranked(self.gist(sample), candidates, self.index.rarity(self.known))


@dataclass(frozen=True)
class Figures:
    """How one file does."""

    twins: int
    first: int
    among_three: int
    marked: int
    marked_right: int
    wrong: tuple[str, ...]
    read_in_vain: float
    """Proposals a clerk reads for each question without twin."""

    @property
    def is_good(self) -> bool:
        share = self.marked_right / self.marked if self.marked else 0.0
        return self.among_three >= FIRST_AIM and self.marked_right >= SHOWN_AIM and share >= RIGHT_AIM


def figures(name: str, past: Past | None = None) -> Figures:
    """The figures of one file against the 300 earlier questions."""
    past = past or the_past()
    twins = first = three = marked = right = vain = 0
    wrong: list[str] = []
    new = samples(name)
    for one in new:
        found = past.matches(one)
        ids = [match.id for match in found]
        twin = past.ids.get(one.twin)
        same = [match.id for match in found if match.is_same]
        twins += twin is not None
        first += twin is not None and ids[:1] == [twin]
        three += twin in ids[:3]
        marked += bool(same)
        right += bool(same) and same == [twin]
        if same and same != [twin]:
            wrong.append(one.id)
        vain += len(ids) if twin is None else 0
    return Figures(twins, first, three, marked, right, tuple(wrong), vain / max(1, len(new) - twins))


@cache
def the_past() -> Past:
    return Past(samples("cau-hoi-cu.csv"))


def report(name: str, found: Figures) -> None:
    share = found.marked_right / found.marked if found.marked else 0.0
    print(
        f"{name:<26}{found.twins:>4} twins: {found.first} first, {found.among_three} among the first 3; "
        f"probably the same: {found.marked} times, {found.marked_right} right ({share:.0%})"
        f"{', wrong: ' + ' '.join(found.wrong) if found.wrong else ''}; "
        f"{found.read_in_vain:.1f} proposals for a question without twin"
    )


def main() -> int:
    for name in ("cau-hoi-trung-them.csv", "cau-hoi-trung.csv"):
        report(name, figures(name))
    return 0 if figures("cau-hoi-trung.csv").is_good else 1


if __name__ == "__main__":
    sys.exit(main())
