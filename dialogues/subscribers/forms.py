"""What a resident types to get news."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import Email, Line, OpenForm, Optional, Select, needed


class NewsForm(OpenForm):
    email = Email(_l("Your e-mail address"), [needed(_l("Write your e-mail address."))], most=200)
    village = Select(_l("News of which village?"), [Optional()], ids="village")
    website = Line(_l("Leave this field empty"), [Optional()])


class FollowForm(OpenForm):
    email = Email(_l("Your e-mail address"), [needed(_l("Write your e-mail address."))], most=200)
    website = Line(_l("Leave this field empty"), [Optional()])
