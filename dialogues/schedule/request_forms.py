"""What the office types about requests of voters."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import (
    BaseForm,
    Day,
    Number,
    Optional,
    Paragraphs,
    RadioField,
    Select,
    ValidationError,
    Version,
    needed,
)


class RequestForm(BaseForm):
    """A line of the register of voters' requests."""

    version = Version()
    received_on = Day(_l("Day it came in"), [needed(_l("Choose the day on which it came in."))])
    about = Paragraphs(_l("What they ask for"), [needed(_l("Write in one sentence what they ask for."))], most=1000)
    voters = Number(
        _l("Voters in total"), [needed(_l("Write how many voters the commune has."))], low=1, high=10_000_000
    )
    signatures = Number(_l("Signatures"), [needed(_l("Write how many signed."))], high=10_000_000)
    valid_signatures = Number(_l("Valid signatures"), [Optional()], high=10_000_000)
    deadline_on = Day(_l("Hold the dialogue by"), [needed(_l("Choose the last day to hold the dialogue."))])


class DecisionForm(BaseForm):
    """Accept or refuse a request."""

    version = Version()
    decision = RadioField(
        _l("Decision"),
        choices=[("accept", _l("Accept it: a dialogue will be held")), ("refuse", _l("Refuse it"))],
        validators=[needed(_l("Choose what was decided."))],
    )
    reason = Paragraphs(_l("Reason"), most=1000)


class RequestRoundForm(BaseForm):
    """The round that answers a request."""

    round_id = Select(_l("Round"), ids="round")

    def validate_round_id(self, field: Select) -> None:
        if field.data is None:
            raise ValidationError(str(_l("Choose the round.")))
