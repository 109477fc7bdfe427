"""What is chosen beside the words of a search. The choices are passed in."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import Day, Line, OpenForm, Select


class PublicSearch(OpenForm):
    """For residents."""

    q = Line(
        _l("Words"),
        description=_l("With or without diacritics. Put words in “quotation marks” to find them together."),
    )
    field = Select(_l("Field"))
    village = Select(_l("Village"), ids="village")
    dialogue = Select(_l("Dialogue"))
    state = Select(_l("State"))
    responsible = Select(_l("Responsible"))
    first = Day(_l("From"))
    last = Day(_l("Until"))


class OfficeSearch(PublicSearch):
    """For the office."""

    channel = Select(_l("Channel"))
