"""Kinds of place, fields of matter, addresses that a commune may not take, the numbers that rules set. Pure."""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
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

    @property
    def letter(self) -> str:
        """By which paper forms name it, and a clerk chooses it with one key. New fields go to the end."""
        return chr(ord("A") + list(Field).index(self))


RESERVED_SLUGS = frozenset(
    (
        "d q s p r office calendar open-data healthz static language about help api admin guide search follow tablet"
    ).split()
)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def is_free_slug(slug: str) -> bool:
    """Whether `slug` can be a commune's address: letters, digits, inner hyphens, and no word of ours."""
    return bool(_SLUG.fullmatch(slug)) and slug not in RESERVED_SLUGS and "--" not in slug


def is_time_zone(name: str) -> bool:
    """Whether `name` is a place of the time zone table, like Asia/Ho_Chi_Minh; abbreviations and offsets are not.
    Asia/Saigon is the old name of the same place, which calendars of today do not all know."""
    return "/" in name and name != "Asia/Saigon" and not name.startswith("Etc/") and name in available_timezones()


class RuleName(enum.StrEnum):
    """A number that a rule of DOMAIN section 2 sets; days are calendar days unless said otherwise."""

    DIALOGUES_A_YEAR = "dialogues_a_year"
    VOTER_SHARE = "voter_share"
    PLAN_DAYS = "plan_days"
    ANNOUNCE_DAYS = "announce_days"
    NOTICE_DAYS = "notice_days"
    QUESTIONS_CLOSE_DAYS = "questions_close_days"
    DRAFTS_DAYS = "drafts_days"
    MINUTES_DAYS = "minutes_days"
    RESULT_DAYS = "result_days"
    WRITTEN_ANSWER_DAYS = "written_answer_days"
    REPORT_DAYS = "report_days"
    FIRST_WORD_DAYS = "first_word_days"
    PERIOD_REPORT_DAYS = "period_report_days"
    TELL_DAYS = "tell_days"
    DATA_ANSWER_DAYS = "data_answer_days"
    DATA_STOP_DAYS = "data_stop_days"
    DATA_SHOW_DAYS = "data_show_days"
    DATA_ERASE_DAYS = "data_erase_days"
    KEEP_CONTACT_MONTHS = "keep_contact_months"


class RuleSource(enum.StrEnum):
    """Where a number comes from. USUAL ones are settings; the others are law."""

    LAW_72 = "law_72"
    REGULATION_11 = "regulation_11"
    LAW_91 = "law_91"
    USUAL = "usual"


class Stricter(enum.StrEnum):
    """In which direction a commune may differ from the law."""

    MORE = "more"
    FEWER = "fewer"
    FREE = "free"


@dataclass(frozen=True)
class Rule:
    """What the law or custom says of one number, oldest value first, and how far a commune may differ.

    Days before the first value use that value too.
    """

    source: RuleSource
    values: tuple[tuple[date, int], ...]
    stricter: Stricter
    low: int
    high: int

    @property
    def is_law(self) -> bool:
        return self.source is not RuleSource.USUAL

    def on(self, day: date) -> int:
        """The number in force on a day, before any commune's own."""
        return latest(self.values, day, self.values[0][1])

    def bounds(self, day: date) -> tuple[int, int]:
        """What a commune may ask for from `day` on: within reason, and never looser than the law."""
        lawful = [self.on(day), *(number for since, number in self.values if since > day)]
        low = max(self.low, *lawful) if self.stricter is Stricter.MORE else self.low
        high = min(self.high, *lawful) if self.stricter is Stricter.FEWER else self.high
        return low, high

    @property
    def is_settable(self) -> bool:
        """Whether a commune may ask for anything else at all."""
        return self.low < self.high


def latest(values: Iterable[tuple[date, int]], day: date, default: int) -> int:
    """The value with the latest date up to `day`."""
    known = [(since, number) for since, number in values if since <= day]
    return max(known)[1] if known else default


def binding(rule: Rule, law: Iterable[tuple[date, int]], own: Iterable[tuple[date, int]], day: date) -> int:
    """The number that binds on a day: the commune's own from its latest date on, unless a later law is stricter."""
    lawful = latest(law, day, rule.values[0][1])
    chosen = latest(own, day, lawful)
    if rule.stricter is Stricter.MORE:
        return max(chosen, lawful)
    return min(chosen, lawful) if rule.stricter is Stricter.FEWER else chosen


_TWO_TIERS = date(2025, 7, 1)
_ALWAYS = date(2020, 1, 1)
_PERSONAL_DATA = date(2026, 1, 1)
R = RuleName
RULES: dict[RuleName, Rule] = {
    R.DIALOGUES_A_YEAR: Rule(RuleSource.LAW_72, ((_TWO_TIERS, 1),), Stricter.MORE, 1, 12),
    R.VOTER_SHARE: Rule(RuleSource.LAW_72, ((_TWO_TIERS, 10),), Stricter.FEWER, 1, 10),
    R.PLAN_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 20),), Stricter.FREE, 7, 120),
    R.ANNOUNCE_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 10),), Stricter.FREE, 7, 60),
    R.NOTICE_DAYS: Rule(RuleSource.LAW_72, ((_TWO_TIERS, 7),), Stricter.MORE, 7, 7),
    R.QUESTIONS_CLOSE_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 5),), Stricter.FREE, 0, 30),
    R.DRAFTS_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 2),), Stricter.FREE, 0, 30),
    R.MINUTES_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 3),), Stricter.FREE, 0, 30),
    R.RESULT_DAYS: Rule(RuleSource.LAW_72, ((_TWO_TIERS, 10),), Stricter.FEWER, 1, 10),
    R.WRITTEN_ANSWER_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 15),), Stricter.FREE, 1, 60),
    R.REPORT_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 20),), Stricter.FREE, 1, 90),
    R.FIRST_WORD_DAYS: Rule(RuleSource.REGULATION_11, ((_ALWAYS, 10),), Stricter.FEWER, 1, 10),
    R.PERIOD_REPORT_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 5),), Stricter.FREE, 0, 30),
    R.TELL_DAYS: Rule(RuleSource.USUAL, ((_ALWAYS, 5),), Stricter.FREE, 1, 30),
    R.DATA_ANSWER_DAYS: Rule(RuleSource.LAW_91, ((_PERSONAL_DATA, 2),), Stricter.FEWER, 1, 2),
    R.DATA_STOP_DAYS: Rule(RuleSource.LAW_91, ((_PERSONAL_DATA, 15),), Stricter.FEWER, 1, 15),
    R.DATA_SHOW_DAYS: Rule(RuleSource.LAW_91, ((_PERSONAL_DATA, 10),), Stricter.FEWER, 1, 10),
    R.DATA_ERASE_DAYS: Rule(RuleSource.LAW_91, ((_PERSONAL_DATA, 20),), Stricter.FEWER, 1, 20),
    R.KEEP_CONTACT_MONTHS: Rule(RuleSource.USUAL, ((_ALWAYS, 24),), Stricter.FREE, 3, 120),
}
"""R1, R4, R5, R8, R9 of DOMAIN and the usual calendar of a round. Numbers of the law change only here."""
