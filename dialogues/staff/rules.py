"""Roles, and what a password must be. Pure."""

import enum
from datetime import timedelta

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
