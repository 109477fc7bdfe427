"""What a column can mean, what can be said of a row, where an import stands. Pure."""

import enum
from datetime import timedelta

MOST_BYTES = 10_000_000
MOST_BODY_BYTES = MOST_BYTES + 200_000
"""A form with such a file."""
MOST_ROWS = 5_000
"""Rows of questions in one file."""
KEPT_FOR = timedelta(days=30)
"""Rows of a file hold names and phone numbers: so long after the import they are erased."""
LEFT_FOR = timedelta(days=14)
"""So long may a file wait to be imported."""


class Column(enum.StrEnum):
    """What stands in a column of a sheet."""

    NUMBER = "number"
    NAME = "name"
    NAME_AND_VILLAGE = "name_and_village"
    VILLAGE = "village"
    PHONE = "phone"
    EMAIL = "email"
    TEXT = "text"
    FIELD = "field"
    CHANNEL = "channel"
    DAY = "day"
    PUBLISH_NAME = "publish_name"
    MESSAGE = "message"
    REPLY_BY = "reply_by"
    UNIT = "unit"
    NOTE = "note"
    NOTHING = "nothing"


class Mark(enum.StrEnum):
    """What becomes of a row when the import is pressed."""

    READY = "ready"
    LOOK = "look"
    REFUSED = "refused"


class Reason(enum.StrEnum):
    """Why a row cannot come in as it is, in the order in which they are looked for."""

    MISSING_CONTENT = "missing_content"
    UNKNOWN_VILLAGE = "unknown_village"
    AMBIGUOUS_VILLAGE = "ambiguous_village"
    CONTENT_TOO_LONG = "content_too_long"
    DUPLICATE_ROW = "duplicate_row"


class Notice(enum.StrEnum):
    """What a person should know of a row that comes in."""

    CAME_BEFORE = "came_before"
    NO_VILLAGE = "no_village"
    NO_FIELD = "no_field"
    UNKNOWN_FIELD = "unknown_field"
    NO_CHANNEL = "no_channel"
    UNKNOWN_CHANNEL = "unknown_channel"
    NO_DAY = "no_day"
    UNREADABLE_DAY = "unreadable_day"
    OUTSIDE_WINDOW = "outside_window"
    STILL_TO_COME = "still_to_come"
    PHONE_LOST = "phone_lost"
    PHONE_ODD = "phone_odd"
    EMAIL_ODD = "email_odd"
    NO_REACH = "no_reach"
    FORMULA_WITHOUT_RESULT = "formula_without_result"
    LOOKS_LIKE_COMPLAINT = "looks_like_complaint"
    LOOKS_LIKE_DENUNCIATION = "looks_like_denunciation"
    HIDDEN_ROW = "hidden_row"
    PHONE_IN_TEXT = "phone_in_text"
    SEVERAL_MATTERS = "several_matters"
    SEVERAL_FIELDS = "several_fields"
    PERSON_FROM_ABOVE = "person_from_above"
    ZERO_RESTORED = "zero_restored"


QUIET = frozenset(
    {
        Notice.SEVERAL_FIELDS, Notice.PERSON_FROM_ABOVE, Notice.ZERO_RESTORED, Notice.SEVERAL_MATTERS,
        Notice.PHONE_IN_TEXT,
    }
)  # fmt: skip
"""Told beside the row, without asking for a look before the import: they concern later steps, or are in order."""


class Stage(enum.StrEnum):
    """Where an import stands."""

    GUESSED = "guessed"
    CHECKED = "checked"
    IMPORTED = "imported"
    GIVEN_UP = "given_up"


OPEN = (Stage.GUESSED, Stage.CHECKED)
