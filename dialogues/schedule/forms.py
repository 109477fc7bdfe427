"""What the office types about a dialogue, and what people narrow a list to."""

from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.forms import (
    BaseForm,
    Box,
    CheckboxList,
    Day,
    Hour,
    Line,
    Number,
    OpenForm,
    Optional,
    Paragraphs,
    Phone,
    RadioField,
    Select,
    ValidationError,
    Version,
    needed,
)
from dialogues.places.rules import Field
from dialogues.schedule.legal import WRITE_REASON
from dialogues.schedule.plan import Plan, Times
from dialogues.schedule.rules import AnnouncementCheck as C
from dialogues.schedule.rules import DialogueKind, HoldingForm, Trigger
from dialogues.words import choices

DEADLINE_HOUR = time(17)
WHEN = ("starts_on", "starts", "ends", "deadline_on", "deadline")


class Link(Line):
    """A web address: residents press on it, so nothing but http and https."""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            parts = urlsplit(self.data)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in self.data
        except ValueError:
            good = False
        if not good:
            raise ValidationError(str(_l("Write a link that begins with https://, or leave it empty.")))


class FilterForm(OpenForm):
    """The public list."""

    q = Line(_l("Words"))
    village = Select(_l("Village"), ids="village")
    field = Select(_l("Field"))
    period = Select(_l("When"))


class OfficeFilterForm(OpenForm):
    """The office's list."""

    q = Line(_l("Words"))
    state = Select(_l("State"))
    village = Select(_l("Village"), ids="village")
    field = Select(_l("Field"))
    period = Select(_l("When"))


class WhenForm(BaseForm):
    """Day, hours and the last moment for questions."""

    starts_on = Day(_l("Day"), [needed(_l("Choose the day of the dialogue."))])
    starts = Hour(_l("Start"), [needed(_l("Write when it begins, for example 7:30."))])
    ends = Hour(_l("End"), [needed(_l("Write when it ends, for example 11:30."))])
    deadline_on = Day(_l("Last day for questions"), [Optional()])
    deadline = Hour(_l("Until what time"), [Optional()])

    def validate_deadline(self, field: Hour) -> None:
        if field.data and not self.deadline_on.data and not self.deadline_on.errors:
            raise ValidationError(str(_l("Choose the last day for questions too, or leave both empty.")))

    def times(self, zone: str) -> Times:
        """The instants that were meant, read on the commune's clock."""

        def instant(day: Any, hour: Any) -> datetime:
            return clock.instant(datetime.combine(day, hour), zone)

        day, last_day = self.starts_on.data, self.deadline_on.data
        return Times(
            starts_at=instant(day, self.starts.data),
            ends_at=instant(day, self.ends.data),
            deadline_at=instant(last_day, self.deadline.data or DEADLINE_HOUR) if last_day else None,
        )


class DialogueForm(WhenForm):
    """Everything that is decided before a dialogue is held."""

    version = Version()
    kind = RadioField(_l("Kind"), choices=choices(DialogueKind), validators=[needed(_l("Choose the kind."))])
    trigger = RadioField(
        _l("Why it is held"), choices=choices(Trigger), validators=[needed(_l("Choose why it is held."))]
    )
    trigger_reason = Paragraphs(_l("Reason"), most=1000)
    form = RadioField(
        _l("How it is held"), choices=choices(HoldingForm), validators=[needed(_l("Choose how it is held."))]
    )
    title = Line(_l("Title"), [needed(_l("Write a title."))], most=300)
    purpose = Paragraphs(_l("Purpose"), most=4000)
    topics = CheckboxList(_l("Fields"), choices=choices(Field))
    villages = CheckboxList(_l("Villages"), ids="village")
    place = Line(_l("Place"), most=200)
    address = Line(_l("Address"), most=300)
    online_link = Link(_l("Online link"), most=500)
    chair_id = Select(_l("Chair"), ids="staff")
    co_chair_id = Select(_l("Co-chair"), ids="staff")
    secretary_id = Select(_l("Secretary"), ids="staff")
    mttq_partner = Line(_l("MTTQ partner"), most=200)
    party_invited = Box(_l("The Party committee is invited"))
    hotline = Phone(_l("Hotline"), most=40)
    how_to_attend = Paragraphs(_l("How to take part"), most=2000)
    late_reason = Paragraphs(_l("Why the new day or place comes at short notice"), most=1000)

    def plan(self, zone: str) -> Plan:
        """What was typed, as values. Without the time fields (postponed dialogues) without times."""
        return Plan(
            kind=DialogueKind(self.kind.data),
            trigger=Trigger(self.trigger.data),
            trigger_reason=self.trigger_reason.data or "",
            form=HoldingForm(self.form.data),
            title=self.title.data,
            purpose=self.purpose.data or "",
            topics=tuple(field for field in Field if field.value in (self.topics.data or ())),
            village_ids=tuple(sorted(set(self.villages.data or ()))),
            place=self.place.data or "",
            address=self.address.data or "",
            online_link=self.online_link.data or "",
            times=self.times(zone) if "starts_on" in self else None,
            chair_id=self.chair_id.data,
            co_chair_id=self.co_chair_id.data,
            secretary_id=self.secretary_id.data,
            mttq_partner=self.mttq_partner.data or "",
            party_invited=bool(self.party_invited.data),
            hotline=self.hotline.data or "",
            how_to_attend=self.how_to_attend.data or "",
        )

    def leave_out_times(self) -> None:
        """A postponed dialogue gets its day when it is announced again."""
        for name in WHEN:
            delattr(self, name)


class AnnounceForm(WhenForm):
    """A reason for everything that is missing or late; the view leaves out what is there."""

    version = Version()
    reason_notice = Paragraphs(
        _l("Why it is announced less than 7 days before"), [needed(WRITE_REASON[C.NOTICE])], most=1000
    )
    reason_mttq = Paragraphs(
        _l("Why the Fatherland Front (MTTQ) is no partner"), [needed(WRITE_REASON[C.MTTQ])], most=1000
    )
    reason_chair = Paragraphs(_l("Why no chair is named"), [needed(WRITE_REASON[C.CHAIR])], most=1000)
    reason_co_chair = Paragraphs(
        _l("Why no co-chair from the Standing People's Council is named"), [needed(WRITE_REASON[C.CO_CHAIR])], most=1000
    )
    reason_party = Paragraphs(_l("Why the Party committee is not invited"), [needed(WRITE_REASON[C.PARTY])], most=1000)


class ReasonForm(BaseForm):
    """Postpone or cancel."""

    reason = Paragraphs(
        _l("Reason"), [needed(_l("Write the reason. Residents read it on the page of the dialogue."))], most=1000
    )


class StepForm(BaseForm):
    """A step that was done: on which day, and what shows it."""

    done_on = Day(_l("Done on"), [needed(_l("Choose the day on which it was done."))])
    evidence = Paragraphs(_l("What shows it"), most=2000)


class HeldForm(BaseForm):
    """It took place."""

    residents_present = Number(_l("Residents present"), [Optional()], high=100_000)


class ConclusionForm(BaseForm):
    """What the chair decided."""

    conclusion = Paragraphs(_l("Conclusion"), [needed(_l("Write the conclusion."))], most=8000)
    residents_present = Number(_l("Residents present"), [Optional()], high=100_000)
