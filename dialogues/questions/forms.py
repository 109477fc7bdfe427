"""What is typed about questions: by residents without account, and by the office."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from dialogues.forms import (
    BaseForm,
    Box,
    CheckboxList,
    Day,
    Email,
    Hidden,
    Line,
    OpenForm,
    Paragraphs,
    Phone,
    Select,
    ValidationError,
    Version,
    needed,
)
from dialogues.places.rules import Field
from dialogues.questions.matters import MoreMatters
from dialogues.questions.redaction import listed
from dialogues.questions.rules import (
    MAX_TEXT,
    Consent,
    ConsentHow,
    DeclineReason,
    QuestionKind,
    lacking_for,
)
from dialogues.questions.splitting import FEWEST, MOST
from dialogues.words import choices, label

# -- residents --------------------------------------------------------------------------------------------------------


class PersonFields:
    """Who asks, and what they allow; a mixin, as residents and the office type the same."""

    name = Line(_l("Name"), most=120, render_kw={"autocomplete": "name"})
    phone = Phone(_l("Phone"), most=40, render_kw={"autocomplete": "tel", "inputmode": "tel"})
    email = Email(_l("E-mail"), most=200, render_kw={"autocomplete": "email", "inputmode": "email"})
    contact = Box(label(Consent.CONTACT))
    message = Box(label(Consent.MESSAGE))
    publish_name = Box(label(Consent.PUBLISH_NAME))

    def consents(self) -> set[Consent]:
        """The boxes that are ticked."""
        return {consent for consent in Consent if getattr(self, consent.value).data}

    def _check_consent(self, field: Any) -> None:
        """Say at the box what it lacks, together with whatever else is wrong."""
        has_reach = bool(self.phone.data or self.email.data)
        lacking = lacking_for(Consent(field.short_name), bool(self.name.data), has_reach) if field.data else None
        if lacking:
            raise ValidationError(str(label(lacking)))

    validate_contact = validate_message = validate_publish_name = _check_consent


class AskForm(PersonFields, MoreMatters, OpenForm):
    """A resident's question, or several. `website` is a trap for programs: people do not see it."""

    text = Paragraphs(_l("Your question or opinion"), [needed(_l("Write your question."))], most=MAX_TEXT)
    field = Select(_l("What is it about?"), [needed(_l("Choose what it is about."))])
    village = Select(_l("Where do you live?"), ids="village")
    kind = Select(_l("It is"), default=QuestionKind.QUESTION.value)
    website = Line(_l("Leave this empty"), most=4000)
    stamp = Hidden()

    @property
    def is_trapped(self) -> bool:
        """Whether something that people do not see was filled in."""
        return bool(self.website.data)

    def offer(self, villages: list[tuple[int | None, object]]) -> None:
        """Fill in what can be chosen."""
        self.field.choices = [("", _l("Please choose")), *choices(Field)]
        self.kind.choices = choices(QuestionKind)
        self.village.choices = villages


class FindForm(OpenForm):
    """The box for a tracking code."""

    code = Line(
        _l("Tracking code"),
        [needed(_l("Write the tracking code."))],
        most=60,
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )


class ConsentForm(OpenForm):
    """One press: this consent, given ("1") or taken back ("0")."""

    consent = Hidden(_l("Consent"))
    given = Hidden(_l("Given"))

    @property
    def is_readable(self) -> bool:
        """Whether it came from one of the buttons."""
        return self.consent.data in set(Consent) and self.given.data in ("0", "1")


class ListFilters(OpenForm):
    """The public list of questions."""

    q = Line(_l("Words"))
    field = Select(_l("Field"))
    village = Select(_l("Village"), ids="village")
    stage = Select(_l("Answer"))


# -- the office -------------------------------------------------------------------------------------------------------


class EnterForm(PersonFields, BaseForm):
    """A question entered on behalf of a person."""

    text = Paragraphs(_l("The question, in the person's words"), [needed(_l("Write the question."))], most=MAX_TEXT)
    field = Select(_l("Field"), [needed(_l("Choose the field."))])
    village = Select(_l("Village"), ids="village")
    kind = Select(_l("It is"), default=QuestionKind.QUESTION.value)
    dialogue = Select(_l("Dialogue"), [needed(_l("Choose the dialogue."))], ids="dialogue")
    channel = Select(_l("Channel"), [needed(_l("Choose how it came in."))])
    received_on = Day(_l("Received on"), [needed(_l("Write the day on which it came in."))])
    how = Select(_l("The person agreed"), default="")
    file = FileField(_l("Photo, scan or voice recording"))
    key = Hidden()

    def offer(
        self,
        dialogues: list[tuple[int | None, object]],
        channels: list[tuple[str, object]],
        villages: list[tuple[int | None, object]],
        today: date,
    ) -> None:
        """Fill in what can be chosen, and the last day that can be meant."""
        self.dialogue.choices, self.channel.choices, self.village.choices = dialogues, channels, villages
        self.field.choices = [("", _l("Please choose")), *choices(Field)]
        self.kind.choices = choices(QuestionKind)
        self.today = today
        if self.how is not None:  # the forms in enter_forms know it without asking
            self.how.choices = [
                ("", _l("Please choose")),
                *choices(ConsentHow, ConsentHow.PAPER, ConsentHow.SPOKEN),
            ]

    @property
    def agreed_how(self) -> ConsentHow:
        """How the person gave the consents."""
        return ConsentHow(self.how.data or ConsentHow.PAPER)

    def validate_received_on(self, field: Any) -> None:
        if field.data and field.data > self.today:
            raise ValidationError(str(_l("This day is still to come. Write the day on which it came in.")))

    def validate_how(self, field: Any) -> None:
        if self.consents() and not field.data:
            raise ValidationError(str(_l("Choose how the person agreed: on paper or spoken.")))


class QueueFilters(OpenForm):
    """The office's list."""

    q = Line(_l("Words"))
    dialogue = Select(_l("Dialogue"), ids="dialogue")
    field = Select(_l("Field"))
    village = Select(_l("Village"), ids="village")
    channel = Select(_l("Channel"))
    assigned = Select(_l("Assigned to"))


class ActForm(BaseForm):
    """What all forms of one act on a question have: the version that was looked at."""

    version = Version()

    def number(self, question_id: int) -> None:
        """Ids of their own, as several of these forms may stand on one page."""
        for field in self:
            field.id = f"{field.short_name}-{question_id}"
            field.label.field_id = field.id


class _Words(CheckboxList):
    """Words that were found; those of a text that changed meanwhile are no mistake."""

    def pre_validate(self, form: Any) -> None:
        return None


class PublishForm(ActForm):
    """`proposal` is the print of the text that the program proposed last: as long as nobody wrote in it, ticks make it
    anew from the original, so that a word comes back when its tick is taken away."""

    leave_out = _Words(_l("Leave out"))
    also = Line(_l("Also leave out these names or words"), most=400)
    public_text = Paragraphs(
        _l("What residents will read"), [needed(_l("Write what residents will read."))], most=MAX_TEXT
    )
    on_purpose = Box(_l("The number or address that still stands in it stays on purpose"))
    proposal = Hidden()

    def words(self) -> list[str]:
        """Everything that is to be left out."""
        return [*(self.leave_out.data or []), *listed(self.also.data or "")]


class DeclineForm(ActForm):
    reason = Select(_l("Reason"), [needed(_l("Choose a reason."))])
    note = Paragraphs(
        _l("A sentence to the asker"),
        [needed(_l("Write a sentence to the asker: why, and what they can do."))],
        most=1000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [("", _l("Please choose")), *choices(DeclineReason)]


class _Assignee(Select):
    def named_row(self) -> tuple[str, int | None]:
        kind, _colon, row_id = (self.data or "").partition(":")
        is_id = row_id.isascii() and row_id.isdigit() and len(row_id) < 10
        return "unit" if kind == "u" else "staff", int(row_id) if is_id else -1


class AssignForm(ActForm):
    """One choice of a department (`u:<id>`), a person (`s:<id>`) or nobody (``)."""

    assigned = _Assignee(_l("Who prepares the answer?"))
    support = CheckboxList(_l("Who helps?"), ids="unit")
    due_on = Day(_l("Answer prepared by"))

    def target(self) -> dict[str, Any]:
        kind, _colon, row_id = (self.assigned.data or "").partition(":")
        return {
            "unit_id": int(row_id) if kind == "u" else None,
            "staff_id": int(row_id) if kind == "s" else None,
            "support_ids": [id_ for id_ in self.support.data or [] if id_ is not None],
            "due_on": self.due_on.data,
        }


class ComplaintForm(ActForm):
    note = Paragraphs(
        _l("A sentence to the asker: to whom it was handed over"),
        [needed(_l("Write to whom it was handed over, so that the asker knows."))],
        most=1000,
    )


class EscalateForm(ActForm):
    """To which body it went, and when."""

    body = Line(
        _l("To which body (province, department, company)?"),
        [needed(_l("Name the body that the matter was passed up to."))],
        most=200,
    )
    on = Day(_l("Passed up on"), [needed(_l("Choose the day on which it was passed up."))])
    note = Paragraphs(_l("What residents read about it"), most=2000)


class DeferForm(ActForm):
    """To which dialogue, and why."""

    dialogue = Select(_l("To which dialogue?"), [needed(_l("Choose a dialogue to come."))], ids="dialogue")
    note = Paragraphs(
        _l("A sentence to the asker: why it waits until then"),
        [needed(_l("Write to the asker why it waits until then."))],
        most=1000,
    )


class PartForm(OpenForm):
    """One matter of a text that is split; a part without text is left away."""

    text = Paragraphs(_l("Matter"), most=MAX_TEXT)
    field = Select(_l("Field"), choices=choices(Field))
    kind = Select(_l("It is"), choices=choices(QuestionKind))


class SplitForm(ActForm):
    """How many matters stand on the page; each is a PartForm."""

    count = Hidden()

    @property
    def number_of_parts(self) -> int:
        raw = self.count.data or ""
        return min(max(int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 3 else FEWEST, FEWEST), MOST)


class PressForm(BaseForm):
    """One press, without anything to fill in."""


class TakeBackForm(ActForm):
    note = Paragraphs(
        _l("Why (stays in the history)"),
        [needed(_l("Write why, for those who look at the history later."))],
        most=1000,
    )
