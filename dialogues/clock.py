"""The only readers of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


_ahead = timedelta()


def run_ahead(days: int) -> None:
    """From now on `now()` is so many days ahead, to try out what time brings (setting DEMO_DAYS_AHEAD)."""
    global _ahead
    _ahead = timedelta(days=days)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _ahead


def today(zone: str = DEFAULT_ZONE) -> date:
    """The day that the calendar on the wall shows in `zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


def local(instant: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    """An aware instant as wall time in `zone`."""
    return instant.astimezone(ZoneInfo(zone))


def instant(day: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    """Naive wall time in `zone` as an aware instant in UTC."""
    return day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
