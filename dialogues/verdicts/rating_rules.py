"""How ratings are counted, and which counts are too small to be shown in public. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from dialogues.verdicts.rules import Rating

LEAST = 5
"""Fewer ratings than this are not shown in public: who knows who was asked would know what they said."""


@dataclass(frozen=True)
class Figures:
    """How many rated how. `name` is the body that answered; "" where nobody's body is known, or for all together."""

    satisfied: int = 0
    neutral: int = 0
    not_satisfied: int = 0
    name: str = ""

    @classmethod
    def of(cls, counts: dict[Rating, int], name: str = "") -> "Figures":
        satisfied, neutral, not_satisfied = (counts.get(rating, 0) for rating in Rating)
        return cls(satisfied, neutral, not_satisfied, name)

    @property
    def total(self) -> int:
        return self.satisfied + self.neutral + self.not_satisfied

    @property
    def parts(self) -> list[tuple[Rating, int, int]]:
        """(rating, number, percent) of each."""
        numbers = (self.satisfied, self.neutral, self.not_satisfied)
        return [
            (rating, number, round(100 * number / self.total) if self.total else 0)
            for rating, number in zip(Rating, numbers, strict=True)
        ]

    @property
    def share(self) -> int:
        """Percent of those who are satisfied."""
        return self.parts[0][2]


def together(groups: Iterable[Figures], name: str = "") -> Figures:
    """All of them as one."""
    found = list(groups)
    return Figures(
        sum(one.satisfied for one in found),
        sum(one.neutral for one in found),
        sum(one.not_satisfied for one in found),
        name,
    )


@dataclass(frozen=True)
class Shown:
    """What residents read of a dialogue. `all` is None while there are too few; `rest` holds the bodies with too few
    of their own, together."""

    number: int
    all: Figures | None
    bodies: tuple[Figures, ...] = ()
    rest: Figures | None = None


def for_residents(groups: Iterable[Figures]) -> Shown:
    """Each body with enough ratings; the others together, with so many bodies that taking the shown ones from the whole
    leaves no small number."""
    found = sorted(groups, key=lambda one: (-one.total, one.name))
    whole = together(found)
    if whole.total < LEAST:
        return Shown(whole.total, None)
    shown = [one for one in found if one.total >= LEAST]
    small = [one for one in found if 0 < one.total < LEAST]
    while shown and 0 < together(small).total < LEAST:
        small.append(shown.pop())
    rest = together(small)
    if not shown:
        return Shown(whole.total, whole)
    return Shown(whole.total, whole, tuple(shown), rest if rest.total else None)
