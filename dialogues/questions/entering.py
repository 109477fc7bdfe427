"""Entering questions on behalf: which form the work needs, what can be chosen in it, and what was typed."""

import enum
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from dialogues import clock, codes
from dialogues.language import short_days
from dialogues.places import service as places
from dialogues.places.rules import Field
from dialogues.questions import intake
from dialogues.questions.enter_forms import FloorForm, PhoneForm, PileForm
from dialogues.questions.forms import EnterForm
from dialogues.questions.rules import (
    ON_BEHALF_CHANNELS,
    VILLAGE_HEAD_CHANNELS,
    ConsentHow,
    IntakeChannel,
    QuestionKind,
)
from dialogues.schedule.models import Dialogue
from dialogues.staff.models import Staff
from dialogues.web import query_member, query_number, query_text
from dialogues.words import choices


class Way(enum.StrEnum):
    """How the work goes: one after the other, a pile of papers, a call, or spoken in the session."""

    ONE = "one"
    PILE = "pile"
    PHONE = "phone"
    FLOOR = "floor"


FORMS: dict[Way, type[EnterForm]] = {Way.ONE: EnterForm, Way.PILE: PileForm, Way.PHONE: PhoneForm}
CALLS = (IntakeChannel.PHONE, IntakeChannel.HOTLINE)
_PILE = re.compile(r"[0-9a-f]{16}")
_SCANNED = re.compile(r"/d/([0-9A-Za-z]+)/ask(?:\?village=([0-9]{1,9}))?$")


def way_of(staff: Staff) -> Way:
    """The way that the address names; nobody speaks on the floor before a village head."""
    way = query_member("way", Way) or Way.ONE
    return Way.ONE if way is Way.FLOOR and intake.is_bound_to_village(staff) else way


def dialogue_choices(dialogues: Sequence[Dialogue]) -> list[tuple[int | None, object]]:
    """The day first: the titles of regular dialogues are all alike."""
    days = short_days(dialogue.starts_at for dialogue in dialogues)
    return [(dialogue.id, f"{day} · {dialogue.title}") for dialogue, day in zip(dialogues, days, strict=True)]


def channels_of(staff: Staff, way: Way) -> tuple[IntakeChannel, ...]:
    """The channels that this person can mean."""
    known = VILLAGE_HEAD_CHANNELS if intake.is_bound_to_village(staff) else ON_BEHALF_CHANNELS
    return tuple(channel for channel in known if way is not Way.PHONE or channel in CALLS)


def villages_of(staff: Staff) -> list[tuple[int | None, object]]:
    """The villages that this person can choose; village heads only their own."""
    villages = places.village_choices(staff.commune_id, _("Not known"))
    if intake.is_bound_to_village(staff):
        villages = [(id_, name) for id_, name in villages if id_ == staff.village_id and id_ is not None]
    return villages


def form_for(staff: Staff, way: Way) -> Any:
    """The form with what this person can choose; what was chosen for the last one stands in the address."""
    dialogues = intake.dialogues_to_enter_for(staff)
    usual = intake.usual_dialogue(dialogues)
    field = query_member("field", Field)
    values: dict[str, Any] = {
        "dialogue": query_number("dialogue", usual.id if usual else 0),
        "field": field.value if field else "",
    }
    if way is Way.FLOOR:
        floor = FloorForm(data={**values, "field": field.value if field else Field.OTHER.value})
        floor.offer(dialogue_choices(dialogues), villages_of(staff))
        return floor
    known = channels_of(staff, way)
    channel, today = query_member("channel", IntakeChannel), clock.today(staff.commune.time_zone)
    usual_channel = {Way.PHONE: CALLS[0], Way.PILE: IntakeChannel.PAPER_FORM}.get(way)
    is_bound = intake.is_bound_to_village(staff)
    values |= {
        "channel": channel.value if channel else usual_channel.value if usual_channel else "",
        "village": staff.village_id if is_bound else query_number("village", 0) or None,
        "received_on": _day(query_text("on"), today),
        "pile": pile_key(),
    }
    form = FORMS[way](data=values)
    offered = [("", _("Please choose")), *choices(IntakeChannel, *known)]
    form.offer(dialogue_choices(dialogues), offered, villages_of(staff), today)
    return form


def pile_key() -> str:
    """The key of the pile in the address, or one for a new pile."""
    key = query_text("pile", 16)
    return key if _PILE.fullmatch(key) else secrets.token_hex(8)


def is_pile_key(key: str) -> bool:
    return _PILE.fullmatch(key) is not None


def _day(raw: str, today: date) -> date:
    try:
        return min(date.fromisoformat(raw), today)
    except ValueError:
        return today


def entered(form: Any, staff: Staff) -> dict[str, Any]:
    """What was typed, as `intake.receive` takes it."""
    common = {
        "dialogue": places.row_or_404(Dialogue, staff.commune_id, form.dialogue.data),
        "text": form.text.data,
        "field": Field(form.field.data),
        "village_id": form.village.data,
        "name": form.name.data or "",
        "key": f"{staff.id}:{form.key.data}" if form.key.data else "",
    }
    if isinstance(form, FloorForm):
        return {**common, "channel": IntakeChannel.DIALOGUE, "how": ConsentHow.SPOKEN}
    zone = staff.commune.time_zone
    today = clock.today(zone)
    day = form.received_on.data or today
    noon = clock.instant(datetime.combine(day, time(12)), zone)
    return {
        **common,
        "kind": QuestionKind(form.kind.data),
        "channel": IntakeChannel(form.channel.data),
        "phone": form.phone.data or "",
        "email": form.email.data or "",
        "consents": form.consents(),
        "how": form.agreed_how,
        "received_at": None if day == today else noon,
    }


@dataclass(frozen=True)
class OnForm:
    """What the code on a paper form says."""

    dialogue_id: int
    village_id: int | None


def read_code(staff: Staff, typed: str) -> OnForm | None:
    """The dialogue and village behind a typed code or a scanned address of a form; None when this person has none
    such."""
    scanned = _SCANNED.search(typed)
    found = codes.read_form_code(codes.normalise(typed))
    if scanned:
        found = codes.normalise(scanned[1]), int(scanned[2] or 0)
    if found is None:
        return None
    dialogue_id = next((d.id for d in intake.dialogues_to_enter_for(staff, 200) if d.code == found[0]), None)
    village_id = found[1] or None
    if dialogue_id is None or village_id not in {None, *(id_ for id_, _name in villages_of(staff))}:
        return None
    return OnForm(dialogue_id, village_id)
