"""Forms about guests: what the office types, and what a guest answers."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from dialogues.forms import (
    BaseForm,
    CheckboxList,
    Email,
    Line,
    OpenForm,
    Paragraphs,
    RadioField,
    Select,
    Version,
    needed,
)
from dialogues.invitations.guest_rules import Reply
from dialogues.invitations.itip import MOST_NOTE

ANSWERS = (
    (Reply.YES.value, _l("Yes, I will come")),
    (Reply.NO.value, _l("No, I cannot come")),
    (Reply.MAYBE.value, _l("I do not know yet")),
)


class GuestForm(BaseForm):
    """One guest."""

    version = Version()
    name = Line(_l("Name of the person or body"), [needed(_l("Write the name."))], most=120)
    post = Line(_l("Post"), most=200)
    body = Line(_l("Body, department, village"), most=200)
    email = Email(_l("E-mail"), most=200)
    role = Select(_l("Invited as"), validate_choice=True)


class ListForm(BaseForm):
    """A pasted list."""

    text = TextAreaField(_l("The list, one guest a line"))


class StaffGuestsForm(BaseForm):
    """People of the commune."""

    people = CheckboxList(_l("People of the commune"), ids="staff")


class CopyForm(BaseForm):
    """An earlier dialogue."""

    source = Select(_l("Guests of which dialogue?"), ids="dialogue")


class FilterForm(BaseForm):
    """What the list is narrowed to."""

    class Meta(BaseForm.Meta):
        csrf = False

    q = Line(_l("Name"), most=100)
    standing = Select(_l("Reply"))


class ClerkReplyForm(BaseForm):
    """An answer that came by phone, on paper or by word."""

    reply = Select(_l("Reply"), [needed(_l("Choose the answer."))])
    note = Paragraphs(_l("Note"), most=500)


class ReplyForm(OpenForm):
    """The guest's own answer; the address of the page is the key."""

    reply = RadioField(_l("Will you come?"), [needed(_l("Choose yes, no or “I do not know yet”."))])
    note = Paragraphs(_l("A word to the office"), most=min(500, MOST_NOTE))
