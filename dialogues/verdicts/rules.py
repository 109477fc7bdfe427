"""What is said of a report, by whom and how; how an answer is rated. Pure."""

import enum


class Judgement(enum.StrEnum):
    """What somebody says who looked at what was reported done."""

    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not_done"


class VerdictWay(enum.StrEnum):
    """How a verdict came: with the tracking code, by the link of a message, told to the village head or the office, or
    from the overseer."""

    CODE = "code"
    LINK = "link"
    AT_THE_DOOR = "at_the_door"
    OVERSEER = "overseer"


class Rating(enum.StrEnum):
    """What a resident thinks of an answer."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    NOT_SATISFIED = "not_satisfied"


class RatingWay(enum.StrEnum):
    """How a rating came: with the tracking code, on the tablet at the desk, or on paper."""

    CODE = "code"
    DESK = "desk"
    PAPER = "paper"
