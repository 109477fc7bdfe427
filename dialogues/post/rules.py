"""What a letter is, what becomes of it, when it is tried again. Pure."""

import enum
from datetime import date, datetime, time, timedelta


class Channel(enum.StrEnum):
    """How a letter travels."""

    MAIL = "mail"
    GATEWAY = "gateway"


class Kind(enum.StrEnum):
    """What a letter is about."""

    INVITATION = "invitation"
    INVITATION_CHANGE = "invitation_change"
    INVITATION_CANCEL = "invitation_cancel"
    INVITATION_REMINDER = "invitation_reminder"
    SUBSCRIBER_CONFIRM = "subscriber_confirm"
    SUBSCRIBER_NEWS = "subscriber_news"
    SUBSCRIBER_REMINDER = "subscriber_reminder"
    FOLLOWER_CONFIRM = "follower_confirm"
    FOLLOWER_NEWS = "follower_news"
    LEADER_WEEKLY = "leader_weekly"
    VILLAGE_HEADS = "village_heads"
    ASKER_CONFIRM = "asker_confirm"
    ASKER_NEWS = "asker_news"
    HANDED_OVER = "handed_over"
    EXTENSION_DECIDED = "extension_decided"
    MORNING = "morning"
    VERDICT = "verdict"


ASKS_TO_CONFIRM = frozenset({Kind.SUBSCRIBER_CONFIRM, Kind.FOLLOWER_CONFIRM, Kind.ASKER_CONFIRM, Kind.MORNING})
"""Letters with a link that nobody but the recipient may use."""
TO_ASKERS = frozenset({Kind.ASKER_CONFIRM, Kind.ASKER_NEWS})
"""Letters whose recipients and texts only those read who may know the askers."""


class MessageState(enum.StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    BY_HAND = "by_hand"


BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
GIVE_UP_AFTER = timedelta(days=3)
OUTAGE_STEP = timedelta(minutes=15)
LEASE = timedelta(minutes=5)


def next_try(tries: int, first_tried_at: datetime, now: datetime) -> datetime | None:
    """When a letter that was tried `tries` times is tried again; None when it has failed for good."""
    at = now + BACK_OFF[min(max(tries, 1), len(BACK_OFF)) - 1]
    return at if at - first_tried_at <= GIVE_UP_AFTER else None


def end_of_quiet(wall: datetime, quiet_from: int, quiet_to: int) -> datetime | None:
    """The wall time at which letters may go out again; None outside the quiet hours. Equal hours: there are none."""
    if quiet_from == quiet_to:
        return None
    hour = wall.hour
    over_midnight = quiet_from > quiet_to
    is_quiet = (hour >= quiet_from or hour < quiet_to) if over_midnight else quiet_from <= hour < quiet_to
    if not is_quiet:
        return None
    day: date = wall.date() + timedelta(days=1 if over_midnight and hour >= quiet_from else 0)
    return datetime.combine(day, time(quiet_to), wall.tzinfo)
