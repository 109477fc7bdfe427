"""Choosing a file to attach."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from dialogues.forms import BaseForm

ACCEPT = "image/jpeg,image/png,application/pdf,audio/*,.amr,.opus,.m4a"


class AttachForm(BaseForm):
    """One file; its content is read by the view, as forms take texts only."""

    file = FileField(_l("Photo, scan or voice recording"))


class RemoveForm(BaseForm):
    """Confirms that a file is deleted."""
