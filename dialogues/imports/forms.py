"""What is typed about a file: which dialogue, what its columns mean, what a row should say."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField

from dialogues.forms import (
    BaseForm,
    Box,
    Day,
    Email,
    Line,
    Number,
    Paragraphs,
    Phone,
    Select,
    ValidationError,
    Version,
    needed,
)
from dialogues.imports.judging import Entry
from dialogues.imports.plan import Plan, SheetPlan
from dialogues.imports.rules import Column
from dialogues.imports.values import Window
from dialogues.places.rules import Field
from dialogues.questions.rules import MAX_TEXT, Consent, IntakeChannel
from dialogues.words import choices, label


class UploadForm(BaseForm):
    """The file itself is read by the view: forms take texts only."""

    dialogue = Select(_l("For which dialogue"), [needed(_l("Choose the dialogue."))], ids="dialogue")
    file = FileField(_l("File with the questions (.xlsx, .xls, .ods or .csv, up to 10 MB)"))


class PlanForm(BaseForm):
    """When and how the rows came in; the columns of each sheet are added by `plan_form`."""

    first_day = Day(_l("Collected from"), [needed(_l("Choose the first day of collecting."))])
    last_day = Day(_l("to"), [needed(_l("Choose the last day of collecting."))])
    channel = Select(_l("Rows that do not say how they came in came by"))

    def validate_last_day(self, field: Any) -> None:
        if self.first_day.data and field.data and field.data < self.first_day.data:
            raise ValidationError(str(_l("The last day lies before the first one.")))

    def window(self) -> Window:
        first: Any = self.first_day.data
        last: Any = self.last_day.data
        return Window(first, last)

    def box(self, sheet: int) -> Any:
        return self[f"read-{sheet}"]

    def header(self, sheet: int) -> Any:
        return self[f"header-{sheet}"]

    def columns(self, sheet: int) -> list[Any]:
        """The choices of the columns of a sheet, from left to right."""
        return [field for field in self if field.name.startswith(f"column-{sheet}-")]

    def meanings(self, sheet: int) -> dict[int, Column]:
        """What was chosen for each column of a sheet."""
        return {int(f.name.rsplit("-", 1)[1]): Column(f.data) for f in self.columns(sheet)}

    def check_columns(self, plan: Plan) -> bool:
        """Every sheet that is read needs a column with the questions; at least one sheet is read."""
        is_good = True
        for number, _sheet in enumerate(plan.sheets):
            if self.box(number).data and Column.TEXT not in self.meanings(number).values():
                box = self.box(number)
                box.errors = [*box.errors, _("Say in which column the questions stand, or do not read this sheet.")]
                is_good = False
        if not any(self.box(number).data for number, _sheet in enumerate(plan.sheets)):
            self.refuse("read-0", _("Choose at least one sheet to be read."))
            return False
        return is_good


def plan_form(plan: Plan, names: list[str], **more: Any) -> Any:
    """The form with a choice for each column of each sheet, filled with the plan."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        "first_day": plan.window.first, "last_day": plan.window.last, "channel": plan.channel.value
    }  # fmt: skip
    for number, one in enumerate(plan.sheets):
        fields[f"read-{number}"] = Box(names[number] or _("The file"))
        fields[f"header-{number}"] = Number(_l("Row of the header (0: none)"), high=6000)
        data[f"read-{number}"], data[f"header-{number}"] = one.is_read, header_row(one)
        for column, meaning in sorted(one.layout.columns.items()):
            fields[f"column-{number}-{column}"] = Select(
                label_of_column(column, one.layout.labels), choices=choices(Column), default=Column.NOTHING.value
            )
            data[f"column-{number}-{column}"] = meaning.value
    form = type("PlanFormOfFile", (PlanForm,), fields)(data=data, **more)
    form.channel.choices = choices(IntakeChannel)
    return form


def header_row(plan: SheetPlan) -> int:
    """The row of the header as a person counts; 0: there is none."""
    return plan.layout.first + 1 if plan.layout.last >= plan.layout.first else 0


def letters(column: int) -> str:
    """A, B, ..., Z, AA: the column as a spreadsheet names it."""
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def label_of_column(column: int, labels: tuple[str, ...]) -> str:
    words = labels[column] if column < len(labels) else ""
    return f"{letters(column)} · {words[:120]}" if words else _("%(letter)s (no header)", letter=letters(column))


class RowForm(BaseForm):
    """One row, as it would come in."""

    text = Paragraphs(
        _l("The question itself"), [needed(_l("Write the question, or leave the row out."))], most=MAX_TEXT
    )
    name = Line(_l("Name"), most=120, render_kw={"autocomplete": "off"})
    phone = Phone(_l("Phone"), most=40, render_kw={"autocomplete": "off", "inputmode": "tel"})
    email = Email(_l("E-mail"), most=200, render_kw={"autocomplete": "off"})
    village = Select(_l("Village"), ids="village")
    field = Select(_l("Field"))
    channel = Select(_l("Channel"))
    day = Day(_l("Received on"))
    message = Box(label(Consent.MESSAGE))
    publish_name = Box(label(Consent.PUBLISH_NAME))
    is_wanted = Box(_l("Bring this row in"))
    version = Version()

    def offer(self, villages: list[tuple[int | None, object]], has_doubt: bool, today: date) -> None:
        """The choices; a place that was not understood must be decided."""
        self.village.choices = villages
        if has_doubt:
            self.village.choices = [(None, _l("Please choose")), (0, _l("No village given")), *villages[1:]]
        self.field.choices = [("", _l("Other, as the file names none")), *choices(Field)]
        self.channel.choices = choices(IntakeChannel)
        self.has_doubt, self.today = has_doubt, today

    def validate_village(self, field: Any) -> None:
        if self.has_doubt and field.data is None and self.is_wanted.data:
            raise ValidationError(str(_l("Choose the village, or “No village given”.")))

    def validate_day(self, field: Any) -> None:
        if field.data and field.data > self.today:
            raise ValidationError(str(_l("This day is still to come. Write the day on which it came in.")))

    def validate_publish_name(self, field: Any) -> None:
        if field.data and not self.name.data:
            raise ValidationError(str(_l("Write the name that may be shown, or leave this box empty.")))

    def values(self, entry: Entry) -> dict[str, Any]:
        """What was typed, for `staging.change_row`."""
        kept = entry.fields if entry.field == self.field.data else ((self.field.data,) if self.field.data else ())
        return {
            "text": self.text.data, "name": self.name.data or "", "phone": self.phone.data or "",
            "email": self.email.data or "", "village_id": self.village.data or None, "field": self.field.data,
            "fields": kept, "channel": self.channel.data, "message": self.message.data,
            "day": self.day.data.isoformat() if self.day.data else "", "publish_name": self.publish_name.data,
        }  # fmt: skip
