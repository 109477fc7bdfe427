"""What people type about their account."""

import unicodedata

from flask_babel import lazy_gettext as _l
from wtforms.validators import EqualTo

from dialogues.forms import (
    BaseForm,
    CheckboxList,
    Day,
    Email,
    Hidden,
    Line,
    Optional,
    PasswordField,
    Phone,
    Select,
    Version,
    needed,
)


def _nfc(value: str | None) -> str | None:
    """Passwords typed on another keyboard must be the same password."""
    return unicodedata.normalize("NFC", value)[:500] if value else value


class SignInForm(BaseForm):
    email = Line(_l("E-mail"), [needed(_l("Write your e-mail address."))])
    password = PasswordField(_l("Password"), [needed(_l("Write your password."))], filters=[_nfc])
    next = Hidden()


class NewPasswordForm(BaseForm):
    new_password = PasswordField(_l("New password"), [needed(_l("Write the new password."))], filters=[_nfc])
    repeat = PasswordField(
        _l("New password once more"),
        [
            needed(_l("Write the new password a second time.")),
            EqualTo("new_password", _l("The two new passwords are not the same. Write both again.")),
        ],
        filters=[_nfc],
    )


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_l("Present password"), [needed(_l("Write your present password."))], filters=[_nfc])


class AwayForm(BaseForm):
    """When somebody is away, and who acts for them. `deputy_id.choices` are passed in."""

    away_from = Day(_l("Away from"), [Optional()])
    away_until = Day(_l("Away until"), [Optional()])
    deputy_id = Select(_l("Deputy"), [Optional()], ids="staff")
    version = Version()


class PersonForm(BaseForm):
    name = Line(_l("Name"), [needed(_l("Write the name."))], most=120)
    post = Line(_l("Post"), [Optional()], most=200)
    email = Email(_l("E-mail"), [needed(_l("Write the e-mail address. The person signs in with it."))])
    roles = CheckboxList(_l("Roles"), [needed(_l("Choose at least one role."))])
    unit_id = Select(_l("Department"), [Optional()], ids="unit")
    village_id = Select(_l("Village"), [Optional()], ids="village")
    superior_id = Select(_l("Superior"), [Optional()], ids="staff")
    remind_phone = Phone(_l("Phone for reminders"), [Optional()], most=40)
    deputy_id = Select(_l("Deputy"), [Optional()], ids="staff")
    away_from = Day(_l("Away from"), [Optional()])
    away_until = Day(_l("Away until"), [Optional()])
    version = Version()
