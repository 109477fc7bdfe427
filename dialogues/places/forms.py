"""What the administrator types about the commune."""

from flask_babel import lazy_gettext as _l

from dialogues.forms import (
    BaseForm,
    Day,
    Email,
    Line,
    Number,
    OpenForm,
    Optional,
    Phone,
    RadioField,
    Select,
    Version,
    needed,
)


class CommuneForm(BaseForm):
    kind = Select(_l("Kind"), [needed(_l("Choose one of the list."))])
    name = Line(_l("Name"), [needed(_l("Write the name, for example Minh Tâm."))], most=100)
    address = Line(_l("Address of the office"), [Optional()], most=300)
    hotline = Phone(_l("Hotline"), [Optional()], most=40)
    office_email = Email(_l("E-mail of the office"), [Optional()], most=200)
    head_name = Line(_l("Name of the chairperson"), [Optional()], most=120)
    head_post = Line(_l("Post of the chairperson"), [Optional()], most=200)
    voters = Number(_l("Number of voters"), [Optional()])
    quiet_from = Number(
        _l("No letters from (hour)"), [needed(_l("Write from which hour on no letters go out, from 0 to 23."))], high=23
    )
    quiet_to = Number(
        _l("until (hour)"), [needed(_l("Write at which hour letters go out again, from 0 to 23."))], high=23
    )
    time_zone = Line(_l("Time zone"), [needed(_l("Write the time zone, for example Asia/Ho_Chi_Minh."))], most=60)
    version = Version()


class VillageForm(BaseForm):
    kind = Line(_l("Local word"), [needed(_l("Write what it is called there: thôn, bản, ấp, tổ dân phố ..."))], most=30)
    name = Line(_l("Name"), [needed(_l("Write the name of the village."))], most=100)
    former_commune = Line(_l("Former commune"), [Optional()], most=100)
    old_names = Line(_l("Old names"), [Optional()], most=300)
    head_name = Line(_l("Name of the head"), [Optional()], most=120)
    head_phone = Phone(_l("Phone of the head"), [Optional()], most=40)
    households = Number(_l("Households"), [Optional()], high=1_000_000)
    voters = Number(_l("Voters"), [Optional()], high=10_000_000)
    version = Version()


class UnitForm(BaseForm):
    name = Line(_l("Name"), [needed(_l("Write the name of the department."))], most=150)
    version = Version()


class SearchForm(OpenForm):
    q = Line(_l("Name of the commune or province"), [Optional()], most=100)


class DayOffForm(BaseForm):
    kind = RadioField(
        _l("What kind of day"),
        choices=[
            ("off", _l("Day off")),
            ("worked", _l("Saturday or Sunday that is worked in exchange (make-up day)")),
        ],
        validators=[needed(_l("Choose what kind of day it is."))],
    )
    first = Day(_l("First day"), [needed(_l("Choose the day."))])
    last = Day(_l("Last day"), [Optional()])
    name = Line(_l("Reason"), [needed(_l("Write the reason, for example Nghỉ bù Tết."))], most=100)


class NumberForm(BaseForm):
    value = Number(_l("Number"), [needed(_l("Write a number."))], high=1000)
    valid_from = Day(_l("Valid from"), [needed(_l("Choose the day from which it counts."))])
