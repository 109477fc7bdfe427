"""What is typed about later days, and about handing over. Forms that share a page have ids of their own."""

from collections.abc import Sequence
from typing import Self

from flask_babel import lazy_gettext as _l

from dialogues.followup.forms import MOST_ENTRY, RESIDENTS_READ
from dialogues.forms import BaseForm, Day, Paragraphs, Select, Version, needed

Choices = Sequence[tuple[int | None, str]]


def _who_decided(form: str) -> Select:
    return Select(
        _l("Who decided"),
        ids="staff",
        description=_l("You write down what was decided on paper. Residents read this name in the story."),
        id=f"{form}-decided_by_id",
    )


class _DecidedForm(BaseForm):
    """A decision, or what the office writes down of one."""

    decided_by_id: Select

    def offer(self, choices: Choices) -> Self:
        """Who may have decided; nothing is asked where the person who presses the button decides."""
        if choices:
            self.decided_by_id.choices = choices
        else:
            del self.decided_by_id
        return self

    @property
    def decider_id(self) -> int | None:
        """The person named, if one is asked for."""
        return self.decided_by_id.data if "decided_by_id" in self else None


class ExtendForm(_DecidedForm):
    """A later day at once, without a request."""

    version = Version()
    decided_by_id = _who_decided("extend")
    new_due_on = Day(_l("New day"), [needed(_l("Choose the new day."))])
    reason = Paragraphs(
        _l("Why it takes longer"),
        [needed(_l("Write why it takes longer. Residents read the reason."))],
        most=MOST_ENTRY,
        description=_l("Residents read the reason. The first day stays visible beside the new one."),
        id="extend-reason",
    )


class AskExtensionForm(BaseForm):
    """Of the responsible person; ExtendForm is of those who decide."""

    new_due_on = Day(_l("Day that you ask for"), [needed(_l("Choose the new day."))], id="ask-new_due_on")
    reason = Paragraphs(
        _l("Why it takes longer"),
        [needed(_l("Write why it takes longer. Residents read the reason."))],
        most=MOST_ENTRY,
        description=_l("Your superior decides. Residents read the reason when the day is granted."),
        id="ask-reason",
    )


class GrantForm(_DecidedForm):
    """The answer to a request: yes."""

    decided_by_id = _who_decided("grant")
    note = Paragraphs(
        _l("A word with it"), most=MOST_ENTRY, description=_l("Residents do not read it."), id="grant-note"
    )


class RefuseForm(_DecidedForm):
    """The answer to a request: no."""

    decided_by_id = _who_decided("refuse")
    note = Paragraphs(
        _l("Why the day stays"),
        [needed(_l("Write why the day stays as it is."))],
        most=MOST_ENTRY,
        description=RESIDENTS_READ,
        id="refuse-note",
    )


class HandOverForm(BaseForm):
    """`successor_id.choices` are passed in."""

    successor_id = Select(_l("Who takes it over"), [needed(_l("Choose who takes it over."))], ids="staff")
