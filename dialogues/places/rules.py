"""Kinds of place, fields of matter, addresses that a commune may not take. Pure."""

import enum
import re
from zoneinfo import available_timezones


class CommuneKind(enum.StrEnum):
    """The three kinds of unit since 1 July 2025 (Law 72/2025/QH15); only a label."""

    XA = "xa"
    PHUONG = "phuong"
    DAC_KHU = "dac_khu"


class Field(enum.StrEnum):
    """Lĩnh vực: what a matter is about (DOMAIN section 3)."""

    LAND = "land"
    CLEARANCE = "clearance"
    ROADS = "roads"
    DRAINAGE = "drainage"
    ELECTRICITY = "electricity"
    WATER = "water"
    ENVIRONMENT = "environment"
    SOCIAL = "social"
    SECURITY = "security"
    PROCEDURES = "procedures"
    CULTURE = "culture"
    COMMUNICATION = "communication"
    OTHER = "other"


RESERVED_SLUGS = frozenset(
    "d q s p r office calendar open-data healthz static language about help api admin guide search follow".split()
)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def is_free_slug(slug: str) -> bool:
    """Whether `slug` can be a commune's address: letters, digits, inner hyphens, and no word of ours."""
    return bool(_SLUG.fullmatch(slug)) and slug not in RESERVED_SLUGS and "--" not in slug


def is_time_zone(name: str) -> bool:
    """Whether `name` is a place of the time zone table, like Asia/Ho_Chi_Minh; abbreviations and offsets are not.
    Asia/Saigon is the old name of the same place, which calendars of today do not all know."""
    return "/" in name and name != "Asia/Saigon" and not name.startswith("Etc/") and name in available_timezones()
