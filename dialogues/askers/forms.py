"""Forms of askers and of clerks who act for them."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues.askers.rules import RequestKind, TellHow
from dialogues.forms import BaseForm, Box, Day, Email, Hidden, Line, OpenForm, Paragraphs, Phone, Select, needed
from dialogues.questions.rules import MAX_TEXT, ON_BEHALF_HOWS, Consent, ConsentHow
from dialogues.words import choices

# -- askers -----------------------------------------------------------------------------------------------------------


class TextField:
    """The corrected words; a mixin, as askers and the office type the same."""

    text = Paragraphs(_l("Your question or opinion"), [needed(_l("Write your question."))], most=MAX_TEXT)


class ContactFields:
    """What stays empty stays as it is."""

    name = Line(_l("Name"), most=120, render_kw={"autocomplete": "name"})
    phone = Phone(_l("Phone"), most=40, render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = Email(_l("E-mail"), most=200, render_kw={"autocomplete": "email", "inputmode": "email"})

    def values(self) -> dict[str, Any]:
        """What was typed."""
        return {"name": self.name.data or "", "phone": self.phone.data or "", "email": self.email.data or ""}


class OwnCorrectForm(TextField, OpenForm):
    """By the tracking code."""


class OwnContactForm(ContactFields, OpenForm):
    """By the tracking code. The box is not ticked before."""

    message = Box(_l("The office may send me messages about the result"))


class OwnEraseForm(OpenForm):
    """One press after a page that says what it means."""


# -- the office, on behalf --------------------------------------------------------------------------------------------


class BehalfForm(BaseForm):
    """What every wish that a clerk writes down has: how the person said it."""

    how = Select(_l("How did the person say it?"), [needed(_l("Choose how the person said it."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.how.choices = [("", _l("Please choose")), *choices(ConsentHow, *ON_BEHALF_HOWS)]


class CorrectForm(TextField, BehalfForm):
    pass


class ContactForm(ContactFields, BehalfForm):
    pass


class ConsentForm(BehalfForm):
    """This consent, given or taken back."""

    consent = Select(_l("Consent"), [needed(_l("Choose what the person allows or not."))])
    given = Select(_l("The person"), [needed(_l("Choose whether the person allows it."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consent.choices = [("", _l("Please choose")), *choices(Consent)]
        self.given.choices = [
            ("", _l("Please choose")),
            ("yes", _l("allows it")),
            ("no", _l("does not allow it any more")),
        ]


class RequestForm(BehalfForm):
    """A wish that is not fulfilled at once."""

    kind = Select(_l("What does the person want?"), [needed(_l("Choose what the person wants."))])
    received_on = Day(_l("Received on"), [needed(_l("Write the day on which it came in."))])
    note = Paragraphs(_l("Note"), most=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("", _l("Please choose")), *choices(RequestKind)]


# -- telling ----------------------------------------------------------------------------------------------------------


class ToldForm(BaseForm):
    """Somebody told this asker."""

    how = Select(_l("How?"), [needed(_l("Choose how the person was told."))])
    on = Day(_l("When?"), [needed(_l("Choose the day on which the person was told."))])
    upto = Hidden()

    def offer(self, hows: tuple[TellHow, ...], today: date, asker_id: int) -> "ToldForm":
        """Fill in what can be chosen; ids of their own, as many of these forms stand on one page."""
        self.how.choices = [("", _l("Please choose")), *choices(TellHow, *hows)]
        if not self.is_submitted():
            self.on.data = today
        for field in self:
            field.id = f"{field.short_name}-{asker_id}"
            field.label.field_id = field.id
        return self

    @property
    def last_word(self) -> int:
        """The newest word that was shown."""
        raw = self.upto.data or ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


class ListFilters(OpenForm):
    """The list of who is to be told."""

    village = Select(_l("Village"), ids="village")
    reach = Select(_l("How"))


class ApologyForm(BaseForm):
    """The letter of apology as the office sends it."""

    text = Paragraphs(
        _l("What the askers read"),
        [needed(_l("Write the apology."))],
        most=2000,
        description=_l("Short and warm: what was promised, why it takes longer, the new day."),
    )
    people = Hidden()

    @property
    def people_read(self) -> int:
        """The number of people that stood on the button."""
        raw = self.people.data or ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1
