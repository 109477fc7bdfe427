"""Roles, and what a password must be. Pure."""

import enum
from datetime import date, timedelta

MIN_PASSWORD = 10
MAX_PASSWORD = 200
RESET_LIFETIME = timedelta(days=3)


class Role(enum.StrEnum):
    """Roles give rights; job titles only print (DOMAIN section 1). One person may hold several."""

    ADMIN = "admin"
    OFFICE = "office"
    LEADER = "leader"
    DEPARTMENT = "department"
    VILLAGE_HEAD = "village_head"
    OVERSEER = "overseer"


def is_away(away_from: date | None, away_until: date | None, today: date) -> bool:
    """Away from the first day on, up to and with the last one; without a last day until further notice."""
    return away_from is not None and away_from <= today and (away_until is None or today <= away_until)
