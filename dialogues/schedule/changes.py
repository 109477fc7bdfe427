"""What changed in a dialogue: said in the trail with old and new, and whether calendars must show it."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.schedule.models import Dialogue

FOR_CALENDARS = ("starts_at", "ends_at", "place", "address", "online_link", "title", "state")
"""What raises SEQUENCE: calendars must show the change (RFC 5545, 3.8.7.4)."""
LABELS: dict[str, object] = {
    "kind": _l("Kind"), "trigger": _l("Why it is held"), "trigger_reason": _l("Reason"), "form": _l("How it is held"),
    "title": _l("Title"), "purpose": _l("Purpose"), "topics": _l("Fields"), "villages": _l("Villages"),
    "place": _l("Place"), "address": _l("Address"), "online_link": _l("Online link"), "starts_at": _l("Start"),
    "ends_at": _l("End"), "question_deadline_at": _l("Last day for questions"), "hotline": _l("Hotline"),
    "chair_id": _l("Chair"), "co_chair_id": _l("Co-chair"), "secretary_id": _l("Secretary"),
    "mttq_partner": _l("MTTQ partner"), "party_invited": _l("Party committee"),
    "how_to_attend": _l("How to take part"),
}  # fmt: skip
OLD_AND_NEW = frozenset({"title", "place", "address", "online_link", "starts_at", "ends_at", "question_deadline_at"})
MOVED = frozenset({"starts_at", "ends_at", "place", "address", "online_link"})


def facts_of(dialogue: Dialogue) -> dict[str, object]:
    """What the plan says now, to compare with later."""
    found: dict[str, object] = {
        name: getattr(dialogue, name) for name in (*LABELS, "state") if name not in ("topics", "villages")
    }
    found["topics"] = frozenset(dialogue.topics)
    found["villages"] = frozenset(village.id for village in dialogue.villages)
    return found


def note(dialogue: Dialogue, before: Mapping[str, object], now: datetime) -> None:
    """Raise SEQUENCE when calendars must show the change, and say when the row was changed."""
    if any(before[name] != getattr(dialogue, name) for name in FOR_CALENDARS):
        dialogue.sequence += 1
    dialogue.changed_at = now


def in_words(name: str, old: object, new: object, zone: str) -> str:
    """One line for the trail: what was changed, for short facts with old and new."""
    if name not in OLD_AND_NEW:
        return str(LABELS[name])

    def shown(value: object) -> str:
        return f"{clock.local(value, zone):%H:%M %d/%m/%Y}" if isinstance(value, datetime) else str(value or "–")

    return f"{LABELS[name]}: {shown(old)} → {shown(new)}"
