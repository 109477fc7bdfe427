"""Form base: Vietnamese messages, cleaned input, and the few kinds of field that we use."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from flask import abort, g, request
from flask_babel import format_decimal, get_translations
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import escape
from werkzeug.datastructures import CombinedMultiDict
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import RadioField as PlainRadioField
from wtforms.fields.choices import Choice
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget
from wtforms.widgets import Select as SelectWidget

from dialogues.extensions import db
from dialogues.text import clean_line, clean_text, is_email

__all__ = [
    "BaseForm", "BooleanField", "Box", "CheckboxList", "Day", "Email", "Hidden", "Hour", "Line", "Number", "OpenForm",
    "Optional", "Paragraphs", "PasswordField", "Phone", "RadioField", "Select", "ValidationError", "Version", "needed",
]  # fmt: skip

Choices = Sequence[tuple[Any, Any]]


class _Translations:
    """WTForms asks our own catalogue, as it has no Vietnamese one."""

    def gettext(self, text: str) -> str:
        return str(get_translations().ugettext(text)) if text else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        return str(get_translations().ungettext(one, many, number))


class BaseForm(FlaskForm):
    """A form of a signed-in person."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _Translations()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Only text that a form sends: a JSON body could bring numbers and lists, an upload a file."""
            if request and request.is_json:
                return None
            found = super().wrap_formdata(form, formdata)
            return request.form if isinstance(found, CombinedMultiDict) else found

    def refuse(self, field: str, message: object) -> None:
        """Put the sentence of a broken rule on its field (or on the first one, so that it is never lost)."""
        target = self._fields.get(field) or next(f for n, f in self._fields.items() if n != "csrf_token")
        target.errors = [*target.errors, message]


class OpenForm(BaseForm):
    """A form of somebody without session: its address or a signed field is the key, so it carries no session token."""

    class Meta(BaseForm.Meta):
        csrf = False


class Needed(InputRequired):
    """Something must be left after cleaning: a text of blanks or invisible characters is empty."""

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data and not field.process_errors:
            raise StopValidation(self.message)


def needed(message: object) -> Needed:
    """The field must be filled; the message says what to do ("Choose the day of the dialogue")."""
    return Needed(message)


def _clean_with(clean: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: clean(value) if isinstance(value, str) else value


class Line(StringField):
    """Text of one line, cleaned, at most `most` characters."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), most: int = 200, **kwargs: Any) -> None:
        too_long = _l("This is too long: at most %(most)s characters.", most=most)
        super().__init__(
            label, [*validators, Length(max=most, message=too_long)], filters=[_clean_with(clean_line)], **kwargs
        )
        self.most = most


class Paragraphs(TextAreaField):
    """Text of several lines, cleaned, at most `most` characters."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), most: int = 4000, **kwargs: Any) -> None:
        too_long = _l("This is too long: at most %(most)s characters. Please shorten it or split it.", most=most)
        super().__init__(
            label, [*validators, Length(max=most, message=too_long)], filters=[_clean_with(clean_text)], **kwargs
        )
        self.most = most


class Email(Line):
    """An e-mail address, checked by its form only."""

    def pre_validate(self, form: Any) -> None:
        if self.data and not is_email(self.data):
            if self.flags.required:
                raise ValidationError(str(_l("Write the e-mail address like ten@example.com.")))
            raise ValidationError(str(_l("Write the e-mail address like ten@example.com, or leave it empty.")))


def name_of(field: Any) -> str:
    """What a sentence calls a field; a label that asks loses its question mark."""
    return str(field.label.text).rstrip("?")


class Phone(Line):
    """A phone number as people write it; digits, spaces, dots, hyphens, brackets and a leading plus."""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        digits = re.sub(r"[\s.\-()]", "", self.data)
        if not re.fullmatch(r"\+?[0-9]{3,15}", digits):
            raise ValidationError(str(_l("Write the phone number with digits, for example 0900 000 101.")))


class _Range:
    """Days that a person can mean; keeps 0001 and 9999 away from arithmetic."""

    FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)


class Day(DateField):
    """A native date field."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        self.data = None
        raw = clean_line(valuelist[0])
        is_far = False
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
            try:
                found = datetime.strptime(raw, form).date()  # noqa: DTZ007 (a day has no zone)
            except ValueError:
                continue
            if _Range.FIRST <= found <= _Range.LAST:
                self.data = found
                return
            is_far = True
        if is_far:
            first, last = _Range.FIRST.year, _Range.LAST.year
            raise ValueError(str(_l("Choose a day between %(first)s and %(last)s.", first=first, last=last)))
        raise ValueError(str(_l("There is no such day. Write it like 29/10/2026.")))


class Hour(TimeField):
    """A native time field."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        found = re.fullmatch(r"(\d{1,2})\s*(?:[:hg.]|giờ)\s*(\d{2})?(?::\d{2})?", clean_line(valuelist[0]), re.I)
        try:
            if found:
                self.data = time(int(found[1]), int(found[2] or 0))
                return
        except ValueError:
            pass
        raise ValueError(str(_l("There is no such time. Write it like 7:30.")))


class Number(IntegerField):
    """A whole number from `low` to `high`; dots and spaces between thousands are understood."""

    def __init__(
        self, label: Any, validators: Sequence[Any] = (), low: int = 0, high: int = 100_000_000, **kw: Any
    ) -> None:
        super().__init__(label, validators, **kw)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        digits = re.sub(r"[\s.,]", "", clean_line(valuelist[0]))
        if not (digits.isascii() and digits.isdigit() and len(digits) < 12 and self.low <= int(digits) <= self.high):
            low, high = format_decimal(self.low), format_decimal(self.high)
            raise ValueError(str(_l("Write a whole number from %(low)s to %(high)s.", low=low, high=high)))
        self.data = int(digits)


def _id(value: Any) -> int | None:
    """Choices whose value is a row's id; "" means none. Unreadable values match no choice."""
    if value in (None, "", "None"):
        return None
    return int(value) if str(value).isascii() and str(value).isdigit() and len(str(value)) < 10 else -1


def _only_own_rows(table: str, ids: Sequence[int | None]) -> None:
    """404 when one of these ids is no row of the commune of this page, as for addresses: whether another commune has
    it is not told. A row that was closed meanwhile passes, for a sentence beside what was typed."""
    asked = {id_ for id_ in ids if id_ is not None}
    rows = db.metadata.tables[table]
    found = sa.select(sa.func.count()).where(rows.c.id.in_(asked), rows.c.commune_id == g.commune.id)
    if asked and db.session.scalar(found) != len(asked):
        abort(404)


def _empty_value(choice: Choice) -> Choice:
    """The empty choice is sent as an empty text, not as the word None."""
    return choice._replace(value="") if choice.value is None else choice


class _Options(SelectWidget):
    """The options of a list with 70 of them: as WTForms writes them, at a tenth of the time."""

    @classmethod
    def render_option(cls, choice: Any, **kwargs: Any) -> Any:
        if kwargs or choice.render_kw or isinstance(choice.value, bool):
            return super().render_option(choice, **kwargs)
        chosen = " selected" if choice.selected else ""
        return f'<option{chosen} value="{escape(choice.value)}">{escape(choice.label or choice.value)}</option>'


class Select(SelectField):
    """One of the passed choices. `ids`: values are ids of rows of this table, the empty one is None; an id that is no
    row of this commune is answered with 404."""

    widget = _Options()

    def __init__(
        self, label: Any, validators: Sequence[Any] = (), ids: str = "", choices: Any = None, **kwargs: Any
    ) -> None:
        if ids:
            kwargs.setdefault("coerce", _id)
        super().__init__(label, validators, **kwargs)
        self.table = ids
        self.choices = choices

    def named_row(self) -> tuple[str, int | None]:
        """Table and id of the row that was chosen."""
        return self.table, self.data

    def iter_choices(self) -> Any:
        return [_empty_value(choice) for choice in super().iter_choices()]

    def iter_groups(self) -> Any:
        return [(group, [_empty_value(choice) for choice in found]) for group, found in super().iter_groups()]

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            table, row_id = self.named_row()
            if table:
                _only_own_rows(table, [row_id])
            raise ValidationError(str(_l("%(field)s: choose one of the list.", field=name_of(self)))) from None


class RadioField(PlainRadioField):
    """One of the passed choices, all of them seen at once."""

    def __init__(self, label: Any, validators: Sequence[Any] = (), choices: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.choices = choices

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(str(_l("%(field)s: choose one of the list.", field=name_of(self)))) from None


class CheckboxList(SelectMultipleField):
    """Several of the passed choices, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(
        self, label: Any, validators: Sequence[Any] = (), ids: str = "", choices: Any = None, **kwargs: Any
    ) -> None:
        if ids:
            kwargs.setdefault("coerce", _id)
        super().__init__(label, validators, **kwargs)
        self.table = ids
        self.choices = choices

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            if self.table:
                _only_own_rows(self.table, self.data or [])
            raise ValidationError(str(_l("%(field)s: choose from the list.", field=name_of(self)))) from None


class Box(BooleanField):
    """One check box."""


class Hidden(HiddenField):
    """A hidden value, cleaned."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, filters=[_clean_with(clean_line)], **kwargs)


class Version(Hidden):
    """The version of the row that the form was opened with; see `EditConflict`."""

    @property
    def number(self) -> int:
        raw = self.data or ""
        return int(raw) if str(raw).isascii() and str(raw).isdigit() and len(str(raw)) < 10 else -1


def is_shown(field: Field) -> bool:
    """Whether a person sees this field."""
    return not isinstance(field, HiddenField)


def in_words(field: Field) -> str:
    """What stands in a field, as a person reads it: the words of choices, yes or no, the text."""
    if isinstance(field, (SelectField, SelectMultipleField)):
        return ", ".join(str(choice.label) for choice in field.iter_choices() if choice.selected)
    if isinstance(field, BooleanField):
        return str(_l("yes") if field.data else _l("no"))
    return str(field._value())


def differences(typed: FlaskForm, saved: FlaskForm) -> list[tuple[object, str]]:
    """After an `EditConflict`: label and saved words of every field in which the two forms (of one class) differ."""
    return [
        (field.label.text, in_words(saved[field.name]))
        for field in typed
        if is_shown(field) and field.name in saved and in_words(field) != in_words(saved[field.name])
    ]
