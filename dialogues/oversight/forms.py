"""Filters of the list of ways; the choices of dialogues and years are passed in."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import OpenForm, Select
from dialogues.oversight.rules import WayStep
from dialogues.questions.rules import QuestionState
from dialogues.words import choices


class WayFilters(OpenForm):
    """For those who look whether a question gets lost."""

    step = Select(_l("Waits for"), choices=[("", _l("Everything")), *choices(WayStep)])
    state = Select(_l("State"), choices=[("", _l("All states")), *choices(QuestionState)])
    dialogue = Select(_l("Dialogue"), ids="dialogue")
    year = Select(_l("Year"))
