"""`python -m tests.bench.doubles_fit`: fit the weights of `likeness` on cau-hoi-trung-them.csv and print them.

Plain logistic regression. Of three passes two see the table of meanings with half of its ways hidden, so that the
weights do not rely on words that happen to stand in it; questions whose twin is taken away count as questions without
twin. The report by parts of five is of questions that the weights have not seen.
"""

import math
import random
from collections.abc import Sequence

from dialogues.doubles import likeness, vocabulary
from dialogues.doubles.likeness import Agreement
from tests.bench.doubles import Past, Sample, samples

Row = tuple[Sample, dict[int, Agreement], int]
Weights = tuple[list[float], float]
REMOVED, WITHOUT = 0.4, 2.0
"""How much a question with its twin taken away and one without twin weigh beside one with twin."""


def fit(rows: list[Sequence[float]], truths: list[int], weights: list[float], steps: int) -> Weights:
    """Logistic regression by gradient descent on standardised figures."""
    n, total = len(rows[0]), sum(weights)
    means = [sum(row[i] for row in rows) / len(rows) for i in range(n)]
    spreads = [max(1e-6, math.sqrt(sum((r[i] - means[i]) ** 2 for r in rows) / len(rows))) for i in range(n)]
    scaled = [[(row[i] - means[i]) / spreads[i] for i in range(n)] for row in rows]
    w, b, pace, pace_b = [0.0] * n, 0.0, [0.0] * n, 0.0
    for _ in range(steps):
        slope, slope_b = [0.01 * x for x in w], 0.0
        for row, truth, weight in zip(scaled, truths, weights, strict=True):
            guess = 1 / (1 + math.exp(-max(-30.0, min(30.0, b + sum(x * y for x, y in zip(w, row, strict=True))))))
            error = weight * (guess - truth) / total
            slope_b += error
            for i in range(n):
                slope[i] += error * row[i]
        pace = [0.9 * p - 0.5 * s for p, s in zip(pace, slope, strict=True)]
        pace_b = 0.9 * pace_b - 0.5 * slope_b
        w, b = [x + p for x, p in zip(w, pace, strict=True)], b + pace_b
    found = [x / s for x, s in zip(w, spreads, strict=True)]
    return found, b - sum(x * m for x, m in zip(found, means, strict=True))


def value(weights: Weights, row: Sequence[float]) -> float:
    return weights[1] + sum(x * y for x, y in zip(weights[0], row, strict=True))


def hidden(seed: int) -> tuple[str, ...]:
    """The table of meanings with half of its ways left out."""
    chosen = random.Random(seed)
    lines = (line.split(" = ") for line in vocabulary.MEANINGS.splitlines())
    return tuple(" = ".join(way for way in ways if chosen.random() < 0.5) for ways in lines)


def agreements(name: str, lines: tuple[str, ...] | None) -> list[Row]:
    """Each question with how it agrees with its candidates, and its twin (0: none)."""
    past = Past(samples("cau-hoi-cu.csv"), lines)
    rarity = past.index.rarity(past.known)
    found = []
    for one in samples(name):
        asked = likeness.weigh(past.gist(one), rarity)
        agreed = {c.id: likeness.compare(asked, likeness.weigh(c.gist, rarity), rarity) for c in past.candidates(one)}
        found.append((one, agreed, past.ids.get(one.twin, 0)))
    return found


def fit_rank(rows: list[Row]) -> Weights:
    """From each twin and the candidates that share most with its question."""
    figures, truths = [], []
    for _one, agreed, twin in rows:
        if twin in agreed:
            nearest = sorted(agreed, key=lambda id_: -sum(agreed[id_][:5]))[:12]
            for id_ in {twin, *nearest}:
                figures.append(agreed[id_])
                truths.append(int(id_ == twin))
    return fit(figures, truths, [1.0] * len(figures), 250)


Head = tuple[Sequence[float], int, float]


def heads(rank: Weights, rows: list[Row], without_twin: bool) -> list[Head]:
    """The first of each list: its figures, whether it is the twin, its weight. Another place is never the same."""
    found = []
    for _one, agreed, twin in rows:
        ranked = sorted(((value(rank, a), id_) for id_, a in agreed.items() if not (without_twin and id_ == twin)))[
            ::-1
        ]
        if (without_twin and not twin) or not ranked or agreed[ranked[0][1]].other_place:
            continue
        score, first = ranked[0]
        lead = likeness.lead_before(score, ranked[1][0] if len(ranked) > 1 else likeness.UNALIKE)
        is_twin = int(first == twin and not without_twin)
        weight = REMOVED if without_twin else 1.0 if twin else WITHOUT
        found.append((likeness.chance_figures(agreed[first], score, lead), is_twin, weight))
    return found


def fit_both(rows: list[Row]) -> tuple[Weights, Weights]:
    rank = fit_rank(rows)
    figures, truths, weights = zip(*heads(rank, rows, False), *heads(rank, rows, True), strict=True)
    return rank, fit(list(figures), list(truths), list(weights), 600)


def by_fifths(sets: list[list[Row]]) -> str:
    """How often a mark is right from which chance on, on questions left out of the fit."""
    order = list(range(len(sets[0])))
    random.Random(1).shuffle(order)
    marks = []
    for part in range(5):
        left_out = set(order[part::5])
        rank, chance = fit_both([row for rows in sets for n, row in enumerate(rows) if n not in left_out])
        seen = [sets[0][n] for n in left_out]
        tried = heads(rank, seen, False) + heads(rank, seen, True)
        marks += [(1 / (1 + math.exp(-value(chance, figures))), truth) for figures, truth, _weight in tried]
    lines = []
    for least in (0.9, 0.8, 0.7, 0.6, 0.5):
        shown = [truth for chance, truth in marks if chance >= least]
        lines.append(f"from {least:.1f} on: {len(shown)} marks, {sum(shown) / max(1, len(shown)):.0%} right")
    return "; ".join(lines)


def main() -> None:
    name = "cau-hoi-trung-them.csv"
    sets = [agreements(name, lines) for lines in (None, hidden(1), hidden(2))]
    print(by_fifths(sets))
    rank, chance = fit_both([row for rows in sets for row in rows])
    for label, (weights, base) in (("RANK", rank), ("CHANCE", chance)):
        print(f"{label} = ({', '.join(f'{weight:.2f}' for weight in weights)})\n{label}_BASE = {base:.2f}")


if __name__ == "__main__":
    main()
