"""What is typed about a promise itself: making it, its plan, its steps, withdrawing it; the filters of the office."""

from flask_babel import lazy_gettext as _l

from dialogues import words
from dialogues.followup.due import MOST_DAYS
from dialogues.followup.forms import MOST_ENTRY, RESIDENTS_READ
from dialogues.followup.rules import CommitmentKind, CommitmentStage, DayCount, Outcome
from dialogues.forms import (
    BaseForm,
    Box,
    CheckboxList,
    Day,
    Hidden,
    Line,
    Number,
    OpenForm,
    Paragraphs,
    RadioField,
    Select,
    Version,
    needed,
)
from dialogues.places.rules import Field


class PlanFields(BaseForm):
    """How a promise is to be kept; `unit_ids.choices` are passed in. The office alone sees `budget_note`."""

    seen = Hidden()
    kind = RadioField(_l("What is promised"), choices=words.choices(CommitmentKind), default=CommitmentKind.DO.value)
    result = Paragraphs(
        _l("What will be there"),
        [needed(_l("Write what will be there in the end, so that anybody can check it."))],
        most=MOST_ENTRY,
        description=_l("One sentence that anybody can check by going there. Residents read this."),
    )
    public_text = Paragraphs(
        _l("Other words for residents"),
        most=MOST_ENTRY,
        description=_l("Only when residents should read it in other words, for example without a name."),
    )
    escalated_to = Line(_l("Passed up to"), description=_l("Only for “pass it up”: the name of the body."))
    unit_ids = CheckboxList(_l("Who helps"), ids="unit")
    place = Line(_l("Place or project"), description=RESIDENTS_READ)
    budget_note = Paragraphs(
        _l("Note on money"), most=MOST_ENTRY, description=_l("Only the office reads this; it never becomes public.")
    )


class CommitmentForm(PlanFields):
    """`responsible_id.choices` are passed in too. The ticks answer a doubt and are shown with it."""

    responsible_id = Select(
        _l("Who is responsible"), [needed(_l("Choose the person who is responsible."))], ids="staff"
    )
    due_counts = RadioField(_l("How the day is set"), choices=words.choices(DayCount), default=DayCount.DAY.value)
    due_on = Day(_l("By when"), description=_l("For “on a day”."))
    due_days = Number(
        _l("Number of days"), low=1, high=MOST_DAYS, description=_l("For “in so many days”, counted from the promise.")
    )
    keeps_day = Box(_l("The day stays, although it is a day off"))
    despite_leave = Box(_l("It stays with this person, although they are away"))


class PlanForm(PlanFields):
    version = Version()
    reason = Paragraphs(
        _l("Why the plan changes"),
        most=MOST_ENTRY,
        description=_l("Residents read the reason, with the old and the new words."),
    )


class StepForm(BaseForm):
    text = Line(
        _l("Step"), [needed(_l("Write what the step is."))], most=300, description=RESIDENTS_READ, id="step-text"
    )
    due_on = Day(_l("Day of the step"), [needed(_l("Choose the day of the step."))], id="step-due_on")


class StepDoneForm(BaseForm):
    text = Paragraphs(_l("What can be seen now"), most=MOST_ENTRY, description=RESIDENTS_READ, id="step-done-text")


class StepMoveForm(BaseForm):
    due_on = Day(_l("New day"), [needed(_l("Choose the day of the step."))], id="move-due_on")
    reason = Paragraphs(
        _l("Why the day changes"),
        [needed(_l("Write why the day changes. Residents read the reason."))],
        most=MOST_ENTRY,
        description=RESIDENTS_READ,
        id="step-move-reason",
    )


class StepDropForm(BaseForm):
    reason = Paragraphs(
        _l("Why the step falls away"),
        [needed(_l("Write why this step falls away. Residents read the reason."))],
        most=MOST_ENTRY,
        description=RESIDENTS_READ,
        id="step-drop-reason",
    )


class WithdrawForm(BaseForm):
    version = Version()
    reason = Paragraphs(
        _l("Why it will not be kept"),
        [needed(_l("Write why it will not be kept. Residents read the reason."))],
        most=MOST_ENTRY,
        description=_l("Residents read the reason, for ever. Who asked is told."),
    )


MATTERS = (Outcome.IN_WRITING, Outcome.ESCALATED, Outcome.NOTED)
"""Outcomes of answers that wait in the list of the promises with a clock of their own."""


OPEN_MATTERS = "open_matters"
"""All of them, in the address of the list."""


PROMISES = "promises"


class OfficeFilter(OpenForm):
    """Filters of the office's list; those of people, units and dialogues are passed in, and the years."""

    kind = Select(
        _l("What it is"),
        choices=[
            ("", _l("Everything")),
            (PROMISES, _l("Everything that was promised")),
            *words.choices(CommitmentKind),
            (OPEN_MATTERS, _l("Everything still open after an answer")),
            *words.choices(Outcome, *MATTERS),
        ],
    )
    state = Select(_l("State"), choices=[("", _l("All states")), *words.choices(CommitmentStage)])
    responsible = Select(_l("Responsible"), ids="staff")
    unit = Select(_l("Department"), ids="unit")
    dialogue = Select(_l("Dialogue"))
    field = Select(_l("Field"), choices=[("", _l("All fields")), *words.choices(Field)])
    year = Select(_l("Year of the promise"))
