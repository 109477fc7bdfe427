"""How many sendings one line brings, by steps. A village shares one mobile address, so nothing is ever refused: first
a form that was open only for a moment is asked to wait, then what comes all the same is looked at by the office."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

from dialogues.staff.throttle import is_throttled
from dialogues.text import fold


@dataclass(frozen=True)
class Pace:
    """After `most` sendings within `per` a form must have been open for `wait`, as it is when a person writes."""

    most: int
    per: timedelta
    wait: timedelta


STEPS = (
    Pace(5, timedelta(minutes=10), timedelta(minutes=1)),
    Pace(20, timedelta(hours=1), timedelta(minutes=3)),
)
MOST_A_DAY = 60
"""What comes after that is looked at by the office first, however slowly it comes."""
MOST_OF_ONE_TEXT = 3
"""So often a day neighbours may send the same words from one line."""
_DAY = timedelta(days=1)


def _name(step: Pace, line: str) -> str:
    return f"ask-{step.per.total_seconds():.0f}:{line}"


def wait_for(line: str) -> timedelta:
    """How long a form from this line must have been open by now; zero while few come from there. Counts nothing."""
    full = [step.wait for step in STEPS if is_throttled(_name(step, line), step.most, step.per, weight=0)]
    return max(full, default=timedelta())


def is_day_full(line: str) -> bool:
    """Whether very many sendings came from this line within a day. Counts nothing."""
    return is_throttled(f"ask-day:{line}", MOST_A_DAY, _DAY, weight=0)


def count(line: str) -> None:
    """One sending of this line was taken in."""
    for step in STEPS:
        is_throttled(_name(step, line), step.most, step.per)
    is_throttled(f"ask-day:{line}", MOST_A_DAY, _DAY)


def is_repeated(line: str, text: str) -> bool:
    """Count one sending of this text (only a hash is kept) and tell whether this line sends it again and again."""
    digest = blake2b(fold(text).encode(), digest_size=12).hexdigest()
    return is_throttled(f"ask-text:{digest}:{line}", MOST_OF_ONE_TEXT, _DAY)
