"""The form for entering questions as three kinds of work need it: a pile of papers, the phone, the floor."""

from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues.forms import BaseForm, Box, Hidden, Line, RadioField, Select, needed
from dialogues.places.rules import Field
from dialogues.questions.forms import EnterForm
from dialogues.questions.rules import MAX_TEXT, Consent, ConsentHow
from dialogues.words import choices, label

YES, NO = "yes", "no"


class PileForm(EnterForm):
    """One paper of a pile: how the person agreed is known, and the paper may have a number."""

    how = None  # type: ignore[assignment]
    number = Line(_l("Number on the paper"), most=20, render_kw={"autocomplete": "off"})
    again = Box(_l("This is another paper with the same number: enter it all the same"))
    pile = Hidden()

    def offer(self, *args: Any) -> None:
        """The letter first: one key chooses the field, also where the keyboard puts marks on letters."""
        super().offer(*args)
        self.field.choices = [("", _l("Please choose")), *((one.value, f"{one.letter}. {label(one)}") for one in Field)]

    @property
    def agreed_how(self) -> ConsentHow:
        return ConsentHow.PAPER


def _asked(consent: Consent) -> RadioField:
    return RadioField(
        label(consent),
        [needed(_l("Ask the person, and choose yes or no."))],
        choices=[(YES, _l("The person says yes")), (NO, _l("The person says no"))],
    )


class PhoneForm(EnterForm):
    """A call: each consent is read out as a question, and answered with yes or no."""

    how = None  # type: ignore[assignment]
    contact, message, publish_name = _asked(Consent.CONTACT), _asked(Consent.MESSAGE), _asked(Consent.PUBLISH_NAME)

    def consents(self) -> set[Consent]:
        """What the person said yes to."""
        return {consent for consent in Consent if self[consent.value].data == YES}

    def _check_consent(self, field: Any) -> None:
        if field.data == YES:
            super()._check_consent(field)

    validate_contact = validate_message = validate_publish_name = _check_consent

    @property
    def agreed_how(self) -> ConsentHow:
        return ConsentHow.SPOKEN


class FloorForm(BaseForm):
    """A question asked in the session: Enter sends it from the first field."""

    text = Line(_l("The question, in short"), [needed(_l("Write the question."))], most=MAX_TEXT)
    name = Line(_l("Who asks"), most=120)
    village = Select(_l("Village"), ids="village")
    field = Select(_l("Field"), [needed(_l("Choose the field."))])
    dialogue = Select(_l("Dialogue"), [needed(_l("Choose the dialogue."))], ids="dialogue")
    key = Hidden()

    def offer(self, dialogues: list[tuple[int | None, object]], villages: list[tuple[int | None, object]]) -> None:
        """Fill in what can be chosen."""
        self.dialogue.choices, self.village.choices, self.field.choices = dialogues, villages, choices(Field)


class PileStartForm(BaseForm):
    """What all papers of a pile have in common: the code that stands on them, or the choices behind it."""

    class Meta(BaseForm.Meta):
        csrf = False

    form = Line(_l("Code on the form"), most=200, render_kw={"autocomplete": "off", "autocapitalize": "characters"})
    dialogue = Select(_l("Dialogue"), ids="dialogue")
    channel = Select(_l("Channel"))
    village = Select(_l("Village"), ids="village")
