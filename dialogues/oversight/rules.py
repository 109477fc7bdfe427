"""Where a question stands on its way from being brought in to being done. Pure."""

import enum


class WayStep(enum.StrEnum):
    """What a question waits for now."""

    READING = "reading"
    ANSWERING = "answering"
    KEEPING = "keeping"
    CONFIRMING = "confirming"
    ENDED = "ended"


UNREAD = frozenset({"waiting", "quarantined"})
"""States of a question (by their value) in which the office has still to read it."""
