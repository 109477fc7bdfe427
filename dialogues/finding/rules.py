"""What can be looked for, and which months a period touches. Pure."""

import enum
from datetime import datetime

FIRST_YEAR, LAST_YEAR = 1990, 2100


class Sought(enum.StrEnum):
    """What a search lists."""

    QUESTIONS = "questions"
    COMMITMENTS = "commitments"


class AnswerState(enum.StrEnum):
    """Whether residents can read an answer."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"


def months(first: datetime | None, last: datetime | None) -> list[str]:
    """The marks of the index for the period from `first` to `last` (None: open end), as they stand in UTC: `y2026` for
    a whole year, `m202603` for a month of the years at its ends."""
    if first is None and last is None:
        return []
    begin = (first.year, first.month) if first else (FIRST_YEAR, 1)
    end = (last.year, last.month) if last else (LAST_YEAR, 12)
    found = []
    for year in range(begin[0], end[0] + 1):
        low = begin[1] if year == begin[0] else 1
        high = end[1] if year == end[0] else 12
        found += [f"y{year}"] if (low, high) == (1, 12) else [f"m{year}{month:02}" for month in range(low, high + 1)]
    return found or ["y0"]
