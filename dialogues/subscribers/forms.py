"""What a resident types to get news."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import Email, Line, OpenForm, Optional, Select, needed


class AddressForm(OpenForm):
    """Following a promise asks for no more than this. `website` is a trap for robots."""

    email = Email(_l("Your e-mail address"), [needed(_l("Write your e-mail address."))], most=200)
    website = Line(_l("Leave this field empty"), [Optional()])


class NewsForm(AddressForm):
    village = Select(_l("News of which village?"), [Optional()], ids="village")
