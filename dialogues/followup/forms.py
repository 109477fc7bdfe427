"""What is typed about answers and commitments. Forms that share a page have ids of their own."""

from flask_babel import lazy_gettext as _l

from dialogues import words
from dialogues.followup.rules import AnswerStage, CommitmentStage, Keeping, Outcome
from dialogues.forms import BaseForm, Day, Line, OpenForm, Paragraphs, RadioField, Select, Version, needed
from dialogues.places.rules import Field

MOST = 8000
MOST_ENTRY = 2000
RESIDENTS_READ = _l("Residents read this.")


class AnswerForm(BaseForm):
    """`answered_by_id.choices` are passed in."""

    version = Version()
    outcome = RadioField(
        _l("How does it end?"), [needed(_l("Choose how the matter ends."))], choices=words.choices(Outcome)
    )
    text = Paragraphs(_l("Answer"), most=MOST)
    due_on = Day(_l("Written answer by"), description=_l("Only for “in writing”."))
    escalated_to = Line(_l("Passed up to"), description=_l("Only for “passed up”: the name of the body."))
    answered_by_id = Select(_l("Who answered"), ids="staff")
    answered_on = Day(_l("Answered on"), [needed(_l("Choose the day of the answer."))])


class LaterAnswerForm(BaseForm):
    """The answer that came after the dialogue."""

    version = Version()
    final_text = Paragraphs(
        _l("Later answer"), [needed(_l("Write the later answer."))], most=MOST, description=RESIDENTS_READ
    )
    final_on = Day(_l("Given on"))


class MoveForm(BaseForm):
    """To the complaint procedure."""

    note = Paragraphs(
        _l("Sentence to the asker"),
        [needed(_l("Write one sentence to the asker: where the matter went, and why."))],
        most=MOST_ENTRY,
        description=_l("Only the asker reads this, with the tracking code."),
    )


class ProgressForm(BaseForm):
    text = Paragraphs(
        _l("What was done"),
        [needed(_l("Write what was done."))],
        most=MOST_ENTRY,
        description=RESIDENTS_READ,
        id="progress-text",
    )


class ReopenForm(BaseForm):
    version = Version()
    reason = Paragraphs(
        _l("What is still missing"),
        [needed(_l("Write what is still missing."))],
        most=MOST_ENTRY,
        description=RESIDENTS_READ,
        id="reopen-reason",
    )


def _all_or(choices: list[tuple[str, object]], everything: object) -> list[tuple[str, object]]:
    return [("", everything), *choices]


class CommitmentFilter(OpenForm):
    """Filters of both lists; those of people and places are passed in."""

    state = Select(_l("State"), choices=_all_or(words.choices(CommitmentStage), _l("All states")))
    responsible = Select(_l("Responsible"), ids="staff")
    dialogue = Select(_l("Dialogue"))
    field = Select(_l("Field"), choices=_all_or(words.choices(Field), _l("All fields")))
    village = Select(_l("Village"), ids="village")


class PublicCommitmentFilter(OpenForm):
    """Filters of the residents' list; those that depend on the commune are passed in."""

    q = Line(_l("Words"), description=_l("With or without diacritics, for example “rãnh nước” or “ranh nuoc”."))
    state = Select(_l("State"), choices=_all_or(words.choices(CommitmentStage), _l("All states")))
    kept = Select(_l("On time?"), choices=_all_or(words.choices(Keeping), _l("All")))
    field = Select(_l("Field"), choices=_all_or(words.choices(Field), _l("All fields")))
    village = Select(_l("Village"), ids="village")
    dialogue = Select(_l("Dialogue"))
    body = Select(_l("Body"))
    year = Select(_l("Promised in"))


class AnswerFilter(OpenForm):
    """`dialogue.choices` are passed in."""

    stage = Select(_l("Stage"), choices=_all_or(words.choices(AnswerStage), _l("All stages")))
    dialogue = Select(_l("Dialogue"))
