"""What the office writes about series, rounds and their dialogues, and what stands in the way of a day. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from dialogues.places.days import DaysOff, is_day_off
from dialogues.places.rules import Field
from dialogues.schedule.round_rules import DayNote, Split
from dialogues.schedule.rules import Trigger
from dialogues.text import fold


@dataclass(frozen=True)
class SeriesPlan:
    """The rule of a series and its template; `starts` and `ends` are wall times. No villages: the whole commune."""

    title: str
    rule: str
    starts_on: date
    ends_on: date | None
    starts: time
    ends: time
    place: str
    address: str
    chair_id: int | None
    topics: tuple[Field, ...]
    village_ids: tuple[int, ...]


@dataclass(frozen=True)
class RoundPlan:
    """A round planned by hand."""

    title: str
    trigger: Trigger
    trigger_reason: str
    decided_by: str
    starts_at: datetime
    ends_at: datetime
    place: str
    address: str
    chair_id: int | None
    topics: tuple[Field, ...]
    request_id: int | None


@dataclass(frozen=True)
class Part:
    """One dialogue of a round: its villages (none: the whole commune), place, time, chair."""

    village_ids: tuple[int, ...]
    place: str
    address: str
    starts_at: datetime
    ends_at: datetime
    chair_id: int | None


@dataclass(frozen=True)
class Busy:
    """Somebody is somewhere at some time: a planned round or a dialogue. `key` tells them apart."""

    key: tuple[str, int]
    title: str
    starts_at: datetime
    ends_at: datetime
    people: frozenset[int]
    place: str


@dataclass(frozen=True)
class Note:
    """What speaks against a day; `other` names the round or dialogue that it clashes with."""

    kind: DayNote
    other: str = ""
    other_at: datetime | None = None


def clashes(busy: Iterable[Busy]) -> dict[tuple[str, int], list[Note]]:
    """Who has the same chair, or the same place, at the same time as somebody else."""
    ordered = sorted(busy, key=lambda one: (one.starts_at, one.key))
    found: dict[tuple[str, int], list[Note]] = defaultdict(list)
    for here, one in enumerate(ordered):
        for other in ordered[here + 1 :]:
            if other.starts_at >= one.ends_at:
                break
            for kind in _shared(one, other):
                found[one.key].append(Note(kind, other.title, other.starts_at))
                found[other.key].append(Note(kind, one.title, one.starts_at))
    return found


def _shared(one: Busy, other: Busy) -> list[DayNote]:
    shared = [DayNote.SAME_CHAIR] if one.people & other.people else []
    if one.place and fold(one.place) == fold(other.place):
        shared.append(DayNote.SAME_PLACE)
    return shared


def day_notes(day: date, days_off: DaysOff) -> list[Note]:
    """Whether the day is a public holiday or in a weekend."""
    if day in days_off:
        return [Note(DayNote.HOLIDAY)]
    return [Note(DayNote.WEEKEND)] if is_day_off(day, days_off) else []


@dataclass(frozen=True)
class VillageFacts:
    """What the proposal looks at."""

    id: int
    former_commune: str
    voters: int | None


def propose(villages: Iterable[VillageFacts], split: Split, parts: int = 2) -> dict[int, int]:
    """Village id → number of its dialogue, from 1. By former commune: each its own, those without one together; by
    voters: `parts` clusters of neighbours in the list with about as many voters each. Whole: all in one."""
    found = list(villages)
    if split is Split.FORMER_COMMUNE:
        names = list(dict.fromkeys(fold(one.former_commune) for one in found))
        return {one.id: names.index(fold(one.former_commune)) + 1 for one in found}
    if split is Split.VOTERS and found:
        parts = max(1, min(parts, len(found)))
        known = [one.voters for one in found if one.voters]
        usual = max(1, sum(known) // len(known)) if known else 1
        weights = [one.voters or usual for one in found]
        return dict(zip((one.id for one in found), _cut(weights, parts), strict=True))
    return {one.id: 1 for one in found}


def _cut(weights: list[int], parts: int) -> list[int]:
    """The number of the part of each weight: parts follow one another, none is empty, all about equally heavy."""
    numbers: list[int] = []
    part, done, total = 1, 0, sum(weights)
    for place, weight in enumerate(weights):
        left = len(weights) - place
        full = done + weight / 2 >= total * part / parts
        if numbers and part < parts and (full or left <= parts - part) and numbers[-1] == part:
            part += 1
        numbers.append(part)
        done += weight
    return numbers
