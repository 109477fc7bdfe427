"""What the office records about a use of the announcement."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from dialogues import clock
from dialogues.forms import BaseForm, Day, Hidden, Hour, Line, Paragraphs, Select, Version, needed
from dialogues.papers.rules import NoticeChannel
from dialogues.words import choices


class UseForm(BaseForm):
    """One use. The photo itself is read by the view: forms take texts only."""

    channel = Select(_l("Where"), [needed(_l("Choose where it was announced."))])
    used_on = Day(_l("Day"), [needed(_l("Choose the day on which it was done."))])
    used = Hour(_l("Time"), [needed(_l("Write at what time, for example 17:00."))])
    done_by = Line(_l("Who did it"), [needed(_l("Write who did it."))], most=120)
    note = Paragraphs(_l("Note"), most=1000)
    photo = FileField(_l("Photo (JPG or PNG, up to 10 MB)"))

    def offer(self) -> None:
        """The channels, none of them chosen before."""
        self.channel.choices = [("", _l("Choose")), *choices(NoticeChannel)]

    def used_at(self, zone: str) -> datetime:
        """The instant that was meant, on the commune's clock."""
        day: Any = self.used_on.data
        hour: Any = self.used.data
        return clock.instant(datetime.combine(day, hour), zone)


class TakeBackForm(BaseForm):
    """A line that was recorded by mistake."""

    reason = Paragraphs(_l("Reason"), [needed(_l("Write the reason."))], most=1000)


class SendForm(BaseForm):
    """The second click: what was shown is sent, and nothing else."""

    version = Version()
    text = Hidden()
