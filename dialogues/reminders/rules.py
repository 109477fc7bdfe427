"""The ladder: how many days before or after the due day who is reminded. Pure."""

import enum


class RemindedAs(enum.StrEnum):
    """As what a person is reminded of a promise."""

    RESPONSIBLE = "responsible"
    SUPERIOR = "superior"
    OVERSEER = "overseer"


R = RemindedAs
LADDER: tuple[tuple[int, RemindedAs], ...] = (
    (-14, R.RESPONSIBLE), (-7, R.RESPONSIBLE), (-1, R.RESPONSIBLE), (0, R.RESPONSIBLE), (3, R.RESPONSIBLE),
    (7, R.RESPONSIBLE), (14, R.RESPONSIBLE), (14, R.SUPERIOR), (21, R.OVERSEER),
)  # fmt: skip
"""(days after the due day, who) as long as a commune has not set its own; negative: before it."""
