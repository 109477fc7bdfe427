"""What people outside were told about a dialogue, and what is new against it: for letters to guests and to readers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from flask_babel import gettext as _

from dialogues import clock, formatting
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState

OFF = frozenset({DialogueState.POSTPONED, DialogueState.CANCELLED})
"""States in which the day stands in no calendar any more."""


@dataclass(frozen=True)
class Facts:
    """What a letter says, as far as a change of it is worth another one. `off` is "", "postponed" or "cancelled";
    `is_sure` is false while the dialogue is only planned."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    online_link: str
    off: str
    is_sure: bool
    sequence: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it is kept on a row."""
        return {
            **{name: getattr(self, name) for name in ("title", "place", "online_link", "off", "is_sure", "sequence")},
            "starts_at": self.starts_at.astimezone(UTC).isoformat(),
            "ends_at": self.ends_at.astimezone(UTC).isoformat(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Facts":
        """As `to_json` kept it."""
        times = {name: datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at")}
        return cls(**{**kept, **times})

    def is_same(self, other: "Facts") -> bool:
        """Whether somebody who knows the other learns nothing new. While it is off, only that counts."""
        if self.off or other.off:
            return self.off == other.off
        return replace(self, sequence=0) == replace(other, sequence=0)

    def is_same_time(self, other: "Facts") -> bool:
        """Whether an answer that was given for the other still holds (RFC 6638, 3.2.8: not for another time)."""
        return not self.off and not other.off and (self.starts_at, self.ends_at) == (other.starts_at, other.ends_at)


def facts_of(dialogue: Dialogue) -> Facts:
    """What a letter about it says now."""
    names = ("title", "state", "starts_at", "ends_at", "place", "address", "online_link")
    return facts_before({name: getattr(dialogue, name) for name in names}, dialogue.sequence)


def facts_before(before: Mapping[str, object], sequence: int = 0) -> Facts:
    """What a letter said before a change (`schedule.events`)."""
    b = cast(Mapping[str, Any], before)
    return Facts(
        title=b["title"],
        starts_at=b["starts_at"],
        ends_at=b["ends_at"],
        place=", ".join(part for part in (b["place"], b["address"]) if part),
        online_link=b["online_link"],
        off=b["state"].value if b["state"] in OFF else "",
        is_sure=b["state"] is not DialogueState.DRAFT,
        sequence=sequence,
    )


def moment(at: datetime, zone: str, language: str) -> str:
    """A point in time as letters write it."""
    return formatting.long_datetime(clock.local(at, zone), language)


def hours(facts: Facts, zone: str, language: str) -> str:
    """From when to when."""
    ends = formatting.clock_time(clock.local(facts.ends_at, zone), language)
    return f"{moment(facts.starts_at, zone, language)} – {ends}"


def changes(before: Facts, now: Facts, zone: str, language: str) -> list[tuple[str, str, str]]:
    """What is new: label, old, new, in the language that is set."""
    pairs = [
        (_("Title"), before.title, now.title),
        (_("Time"), hours(before, zone, language), hours(now, zone, language)),
        (_("Place"), before.place, now.place),
        (_("Online link"), before.online_link, now.online_link),
    ]
    if now.is_sure and not before.is_sure:
        pairs.append((_("State"), _("planned, not announced yet"), _("announced")))
    return [(name, old or "–", new or "–") for name, old, new in pairs if old != new]
