"""Rounds, their series and the requests of voters: states, and how a year is counted. Pure."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dialogues.schedule.rules import DialogueState

S = DialogueState
PLAN_MONTHS = 18
"""So far ahead stand the planned rounds of a series."""
WARN_DAYS = 90
"""So many days before the year ends a missing round is said loudly."""
OPEN_DAYS = 20
"""The usual calendar begins so many days before the session (DOMAIN section 2)."""


class RoundState(enum.StrEnum):
    """What a person decided about a round. Whether it took place is told by its dialogues."""

    PLANNED = "planned"
    OPENED = "opened"
    SKIPPED = "skipped"


class RequestState(enum.StrEnum):
    """What the office decided about a request of voters."""

    CHECKING = "checking"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class RoundStage(enum.StrEnum):
    """Where a round stands today: its state, its dialogues and the clock together, never stored."""

    PLANNED = "planned"
    TO_OPEN = "to_open"
    MISSED = "missed"
    PREPARED = "prepared"
    ANNOUNCED = "announced"
    POSTPONED = "postponed"
    NOT_RECORDED = "not_recorded"
    HELD = "held"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


class DayNote(enum.StrEnum):
    """What speaks against a day."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SAME_CHAIR = "same_chair"
    SAME_PLACE = "same_place"
    AFTER_REQUEST = "after_request"


class Split(enum.StrEnum):
    """How a round is proposed to be split into dialogues."""

    WHOLE = "whole"
    FORMER_COMMUNE = "former_commune"
    VOTERS = "voters"


HAPPENED = frozenset({S.HELD, S.CONCLUDED, S.PUBLISHED})
LATE = frozenset({RoundStage.MISSED, RoundStage.NOT_RECORDED})
NOT_ANNOUNCED = frozenset({RoundStage.PLANNED, RoundStage.TO_OPEN, RoundStage.PREPARED})
AHEAD = NOT_ANNOUNCED | {RoundStage.ANNOUNCED}


def stage(state: RoundState, on: date, dialogues: Iterable[tuple[DialogueState, date]], today: date) -> RoundStage:
    """Where a round stands; `dialogues` are (state, day) of those it was opened into.

    A round is held when every dialogue that was not cancelled is; it is late when a day has passed and nobody recorded
    that it took place. What is postponed has no day, so it fills no duty until it gets one.
    """
    if state is RoundState.SKIPPED:
        return RoundStage.SKIPPED
    if state is RoundState.PLANNED:
        if on < today:
            return RoundStage.MISSED
        return RoundStage.TO_OPEN if on <= today + timedelta(days=OPEN_DAYS) else RoundStage.PLANNED
    alive = [(one, day) for one, day in dialogues if one is not S.CANCELLED]
    if not alive:
        return RoundStage.CANCELLED
    if all(one in HAPPENED for one, _day in alive):
        return RoundStage.HELD
    if any(day < today for one, day in alive if one in (S.DRAFT, S.ANNOUNCED)):
        return RoundStage.NOT_RECORDED
    if any(one is S.POSTPONED for one, _day in alive):
        return RoundStage.POSTPONED
    return RoundStage.ANNOUNCED if any(one is S.ANNOUNCED for one, _day in alive) else RoundStage.PREPARED


@dataclass(frozen=True)
class YearCount:
    """The duty of one year (R1): rounds, not dialogues."""

    year: int
    demanded: int
    held: int
    planned: int
    late: int

    @property
    def missing(self) -> int:
        """Rounds that are neither held nor planned ahead."""
        return max(0, self.demanded - self.held - self.planned)

    @property
    def is_fulfilled(self) -> bool:
        return self.held >= self.demanded


def count_year(year: int, demanded: int, stages: Iterable[RoundStage]) -> YearCount:
    """Count the rounds of one year."""
    found = list(stages)
    return YearCount(
        year=year,
        demanded=demanded,
        held=sum(one is RoundStage.HELD for one in found),
        planned=sum(one in AHEAD for one in found),
        late=sum(one in LATE for one in found),
    )


def needs_warning(count: YearCount, today: date) -> bool:
    """Whether the year is in danger: something is missing, and little time is left or the year is over."""
    return count.missing > 0 and today >= date(count.year, 12, 31) - timedelta(days=WARN_DAYS)


def share_reached(valid: int, voters: int, percent: int) -> bool:
    """Whether the valid signatures are the share of all voters that the law asks for (R1); exact, without rounding."""
    return voters > 0 and valid * 100 >= voters * percent


def needed_signatures(voters: int, percent: int) -> int:
    """The smallest number of valid signatures that is enough."""
    return -(-voters * percent // 100)
