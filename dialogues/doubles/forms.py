"""What is typed about doubles: which question, words that mean the same, and a resident who asks the same."""

from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues.forms import (
    BaseForm,
    Box,
    Email,
    Hidden,
    Line,
    Number,
    OpenForm,
    Phone,
    ValidationError,
    Version,
    needed,
)
from dialogues.questions.rules import Consent, lacking_for
from dialogues.words import label


class OtherForm(BaseForm):
    """The other question, by button or by its number; the version of the question that goes into the other one."""

    version = Version()
    other = Number(
        _l("Number of the other question"),
        [needed(_l("Write the number of the other question."))],
        low=1,
        high=999_999_999,
        render_kw={"autocomplete": "off"},
    )


class OutForm(BaseForm):
    """Taking a question out of a merge or a chain."""

    version = Version()


class WordsForm(BaseForm):
    """One line of words that mean the same."""

    words = Line(
        _l("Words that mean the same"),
        [needed(_l("Write at least two ways to say the same, with = between them."))],
        most=500,
    )


class JoinForm(OpenForm):
    """A resident for whom a published question is the own one: everything may stay empty."""

    phone = Phone(_l("Phone"), most=40, render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = Email(_l("E-mail"), most=200, render_kw={"autocomplete": "email", "inputmode": "email"})
    contact = Box(label(Consent.CONTACT))
    message = Box(label(Consent.MESSAGE))
    website = Line(_l("Leave this empty"), most=4000)
    stamp = Hidden()

    def consents(self) -> set[Consent]:
        """The boxes that are ticked."""
        return {consent for consent in (Consent.CONTACT, Consent.MESSAGE) if getattr(self, consent.value).data}

    def _check_consent(self, field: Any) -> None:
        has_reach = bool(self.phone.data or self.email.data)
        lacking = lacking_for(Consent(field.short_name), False, has_reach) if field.data else None
        if lacking:
            raise ValidationError(str(label(lacking)))

    validate_contact = validate_message = _check_consent
