"""The only readers of the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: str = DEFAULT_ZONE) -> date:
    """The day that the calendar on the wall shows in `zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


def local(instant: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    """An aware instant as wall time in `zone`."""
    return instant.astimezone(ZoneInfo(zone))


def instant(day: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    """Naive wall time in `zone` as an aware instant in UTC."""
    return day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
