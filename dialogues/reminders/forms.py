"""What is typed about reminders: a step of the ladder, an absence, and a report by the link of a message."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from dialogues.forms import BaseForm, Day, Line, Number, OpenForm, Paragraphs, Select, needed
from dialogues.reminders.rules import FARTHEST, RemindedAs
from dialogues.words import choices

MOST_ENTRY = 2000
BEFORE, ON, AFTER = "before", "on", "after"


class StepForm(BaseForm):
    """One more step: so many days before or after the due day this person is reminded."""

    when = Select(
        _l("When"),
        [needed(_l("Choose when."))],
        choices=[
            ("", _l("Choose")),
            (BEFORE, _l("Days before the due day")),
            (ON, _l("On the due day")),
            (AFTER, _l("Days after the due day")),
        ],
    )
    days = Number(_l("How many days"), low=0, high=FARTHEST)
    who = Select(_l("Who is reminded"), [needed(_l("Choose who is reminded."))])

    def offer(self) -> None:
        """The kinds of people, none of them chosen before."""
        self.who.choices = [("", _l("Choose")), *choices(RemindedAs)]

    def step(self) -> int | None:
        """Days after the due day, negative before it; None when the number is missing."""
        if self.when.data == ON:
            return 0
        number = self.days.data
        if not number:
            return None
        return -number if self.when.data == BEFORE else number


class ReportForm(OpenForm):
    """Progress by the link of a message. The photo itself is read by the view: forms take texts only."""

    text = Paragraphs(
        _l("What was done"),
        [needed(_l("Write what was done."))],
        most=MOST_ENTRY,
        description=_l("Residents read this."),
        id="report-text",
    )
    photo = FileField(_l("Photo (JPG or PNG, up to 10 MB)"))
    alt = Line(_l("What the photo shows"), most=300)


class LaterForm(OpenForm):
    """Asking for a later day by the link of a message."""

    new_due_on = Day(_l("New day"), [needed(_l("Choose the new day."))], id="later-new_due_on")
    reason = Paragraphs(
        _l("Why it takes longer"),
        [needed(_l("Write why it takes longer. Residents read the reason."))],
        most=MOST_ENTRY,
        description=_l("Residents read the reason. The first day stays visible beside the new one."),
        id="later-reason",
    )
