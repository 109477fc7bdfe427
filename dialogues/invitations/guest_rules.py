"""Who a guest is and what may be answered. Pure."""

import enum

from dialogues.schedule.rules import DialogueState


class GuestRole(enum.StrEnum):
    """As what a person or body is invited."""

    CHAIR = "chair"
    REQUIRED = "required"
    OPTIONAL = "optional"


class Reply(enum.StrEnum):
    """What the guest answered."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class ReplyWay(enum.StrEnum):
    """How the answer came. A calendar reply is UNPROVEN when nothing shows that the sender's address is real."""

    LINK = "link"
    CLERK = "clerk"
    CALENDAR = "calendar"
    CALENDAR_UNPROVEN = "calendar_unproven"


class Standing(enum.StrEnum):
    """Where a guest stands, for lists and filters: the answer, or why there can be none yet."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    WAITING = "waiting"
    NOT_INVITED = "not_invited"
    ON_PAPER = "on_paper"


class Verdict(enum.StrEnum):
    """What became of a calendar mail that came in."""

    RECORDED = "recorded"
    NOTED = "noted"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NO_CALENDAR = "no_calendar"
    NOT_A_REPLY = "not_a_reply"
    SEVERAL_GUESTS = "several_guests"
    UNKNOWN_DIALOGUE = "unknown_dialogue"
    UNKNOWN_GUEST = "unknown_guest"
    OTHER_SENDER = "other_sender"
    FORGED = "forged"
    OTHER_INVITATION = "other_invitation"
    STALE = "stale"
    NEVER_SENT = "never_sent"
    OVER = "over"


TAKEN = frozenset({Verdict.RECORDED, Verdict.NOTED})
"""Everything else was refused."""
INVITING = frozenset({DialogueState.DRAFT, DialogueState.ANNOUNCED})
"""States in which invitations go out; a draft goes out as a tentative date."""


def standing(reply: Reply, *, is_invited: bool, has_email: bool) -> Standing:
    """Where a guest stands."""
    if reply is not Reply.WAITING:
        return Standing(reply.value)
    if is_invited:
        return Standing.WAITING
    return Standing.NOT_INVITED if has_email else Standing.ON_PAPER
