"""How often one line may leave addresses, and one address be written to before it is confirmed."""

from datetime import timedelta

from flask_babel import gettext as _

from dialogues.extensions import db
from dialogues.staff.throttle import caller, is_throttled
from dialogues.subscribers.forms import AddressForm

TRY_WINDOW, LETTER_WINDOW = timedelta(hours=1), timedelta(days=1)


def is_crowded(form: AddressForm, name: str, most: int) -> bool:
    """Whether very many addresses came from this line within an hour: said at the field. The try counts."""
    if not is_throttled(f"{name}:{caller()}", most, TRY_WINDOW):
        return False
    db.session.commit()
    form.refuse("email", _("Very many addresses came from here within an hour. Please wait, then send once more."))
    return True


def may_write_to(form: AddressForm, name: str, most: int) -> bool:
    """Whether the address of the form gets a letter: no robot filled the trap, and few were sent to it today."""
    return not form.website.data and not is_throttled(f"{name}:{form.email.data.lower()}", most, LETTER_WINDOW)
