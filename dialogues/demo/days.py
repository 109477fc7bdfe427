"""The days of the demo commune: told from today, in office hours, and what has happened lies before today."""

from datetime import date, datetime, time, timedelta
from random import Random

from dialogues import clock

OFFICE, WAKING = (7 * 60 + 40, 16 * 60 + 30), (6 * 60 + 30, 21 * 60 + 30)


def working_before(day: date) -> date:
    """This day, or the Friday before it when it lies in a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def working_after(day: date) -> date:
    """This day, or the Monday after it when it lies in a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


class Days:
    """Days and instants around `today` in the commune's zone; chance comes from `random` alone."""

    def __init__(self, today: date, zone: str, random: Random) -> None:
        self.today = today
        self.zone = zone
        self.random = random
        self.yesterday = today - timedelta(days=1)
        self.last_working = working_before(self.yesterday)

    def on(self, instant: datetime) -> date:
        """The day that this instant lies on."""
        return clock.local(instant, self.zone).date()

    def session(self, days: int) -> date:
        """The day of a dialogue `days` from today, never in a weekend."""
        return working_before(self.today + timedelta(days=days))

    def past(self, day: date) -> date:
        """A working day on or after `day` that is over."""
        return min(working_after(day), self.last_working)

    def past_before(self, day: date) -> date:
        """A working day on or before `day` that is over."""
        return min(working_before(day), self.last_working)

    def at(self, day: date, minute: int) -> datetime:
        """The instant at this minute of the day."""
        return clock.instant(datetime.combine(day, time(minute // 60, minute % 60)), self.zone)

    def at_hour(self, day: date, hour: str) -> datetime:
        """The instant at `07:30`."""
        return clock.instant(datetime.combine(day, time.fromisoformat(hour)), self.zone)

    def office(self, day: date, after: datetime | None = None) -> datetime:
        """Some instant of that day in office hours; when `after` is later, a little after it."""
        instant = self.at(day, self.random.randint(*OFFICE))
        if after is not None and instant <= after:
            instant = self.shortly(after)
        return instant

    def shortly(self, after: datetime) -> datetime:
        """Some minutes later."""
        return after + timedelta(minutes=self.random.randint(3, 25))

    def waking(self, day: date) -> datetime:
        """Some instant at which people at home write."""
        return self.at(day, self.random.randint(*WAKING))

    def early(self, day: date) -> datetime:
        """Some instant in the first two office hours, so that the rest of the day is left for what follows."""
        return self.at(day, self.random.randint(OFFICE[0], OFFICE[0] + 120))
