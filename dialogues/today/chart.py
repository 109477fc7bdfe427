"""Bars for a drawing of months: numbers in, places out. The numbers stand in a table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogues.today.leading import Month

HEIGHT, GROUP, BAR, GAP, LEFT, TOP = 150, 40, 10, 2, 34, 12
KINDS = ("made", "kept", "late")


@dataclass(frozen=True)
class Bar:
    """One bar, in units of the drawing."""

    kind: str
    number: int
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Chart:
    """`groups`: (middle of the month's bars, the month, its bars). `top` is the number at the upper line."""

    groups: list[tuple[int, Month, list[Bar]]]
    top: int
    width: int
    height: int
    base: int
    bar: int = BAR


def chart(months: Sequence[Month]) -> Chart:
    """Three bars a month; whole numbers on the upper line."""
    most = max((getattr(month, kind) for month in months for kind in KINDS), default=0)
    top = most if most > 4 else 4
    top += top % 2  # the middle line is a whole number too
    base = TOP + HEIGHT
    groups = []
    for place, month in enumerate(months):
        start = LEFT + place * GROUP + (GROUP - 3 * BAR - 2 * GAP) // 2
        bars = []
        for index, kind in enumerate(KINDS):
            number = getattr(month, kind)
            height = round(HEIGHT * number / top)
            bars.append(Bar(kind, number, start + index * (BAR + GAP), base - height, height))
        groups.append((LEFT + place * GROUP + GROUP // 2, month, bars))
    return Chart(groups, top, LEFT + GROUP * len(months) + 4, base + 26, base)
