"""What the page of all post is narrowed to."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import Line, OpenForm, Optional, Select


class PostFilters(OpenForm):
    q = Line(_l("Recipient"), [Optional()], most=100)
    state = Select(_l("State"))
    kind = Select(_l("About"))
