"""The short text of the announcement to the phones of the village heads, through the gateway for SMS or Zalo."""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.papers import service as papers
from dialogues.papers import sms
from dialogues.papers.record import facts_of
from dialogues.papers.rules import NoticeChannel
from dialogues.papers.sms import ShortText
from dialogues.places.models import Village
from dialogues.places.service import villages
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind
from dialogues.post.service import Letter
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.staff.models import Staff

S = DialogueState
_MOBILE = re.compile(r"0[35789][0-9]{8}")


def mobile(written: str) -> str | None:
    """The number of a Vietnamese mobile phone in ten digits; None when this is none."""
    digits = re.sub(r"[\s.\-()]", "", written)
    digits = re.sub(r"^(?:\+|00)?84(?=[35789][0-9]{8}$)", "0", digits)
    return digits if _MOBILE.fullmatch(digits) else None


@dataclass(frozen=True)
class Phone:
    """A number, and whose it is: one head may lead two villages."""

    number: str
    heads: tuple[str, ...]

    @property
    def name(self) -> str:
        return ", ".join(self.heads)


@dataclass(frozen=True)
class Heads:
    """Whom the text reaches, and the villages that it does not reach, with what is written there as a number."""

    phones: tuple[Phone, ...]
    unusable: tuple[tuple[str, str], ...]


def heads_of(dialogue: Dialogue) -> Heads:
    """The heads of the dialogue's villages, of all villages when it is for the whole commune."""
    wanted = {village.id for village in dialogue.villages}
    found: dict[str, list[str]] = {}
    unusable = []
    for village in villages(dialogue.commune_id):
        if wanted and village.id not in wanted:
            continue
        number = mobile(village.head_phone)
        if number is None:
            unusable.append((_named(village), village.head_phone))
        else:
            found.setdefault(number, []).append(_named(village))
    return Heads(tuple(Phone(number, tuple(names)) for number, names in found.items()), tuple(unusable))


def _named(village: Village) -> str:
    return f"{village.head_name} ({village.label})" if village.head_name else village.label


def text_of(dialogue: Dialogue) -> ShortText:
    """What they are sent: one message without marks, which every phone shows."""
    return sms.without_marks(facts_of(dialogue, papers.occasion_of(dialogue, papers.publications(dialogue))))


def thing_of(dialogue: Dialogue) -> str:
    return f"dialogue:{dialogue.id}"


def already(dialogue: Dialogue) -> list[Message]:
    """The letters to village heads that say what the dialogue says now."""
    statement = sa.select(Message).where(
        Message.commune_id == dialogue.commune_id,
        Message.thing == thing_of(dialogue),
        Message.kind == Kind.VILLAGE_HEADS,
        Message.version == dialogue.sequence,
    )
    return list(db.session.scalars(statement.order_by(Message.id)))


def has_gateway() -> bool:
    """Whether this installation can send short texts."""
    return bool(current_app.config["SETTINGS"].gateway_url)


def send(*, dialogue: Dialogue, sequence: int, text: str, actor: Staff) -> int:
    """Put one letter for each phone that has not got this version of the dialogue, and record it as a use of the kit.
    `sequence` and `text` are what the sender was shown."""
    if not has_gateway():
        raise RuleBroken(_l("No gateway is set up, so nothing can be sent. Copy the text and the numbers."))
    if dialogue.announced_at is None:
        raise RuleBroken(_l("Announce the dialogue first: nothing of a draft is handed out."))
    if dialogue.ends_at <= clock.now():
        raise RuleBroken(_l("This dialogue is over."))
    if sequence != dialogue.sequence or text != text_of(dialogue).text:
        raise RuleBroken(_l("The dialogue was changed meanwhile. Read the new text, then send it."))
    phones = heads_of(dialogue).phones
    if not phones:
        raise RuleBroken(_l("No village head has a mobile phone number. Write it on the page of the village."))
    for_whom = _l("You get this text because you are written down as the head of this village.")
    number = post.put_many(
        commune=dialogue.commune,
        letters=[
            Letter(
                kind=Kind.VILLAGE_HEADS,
                thing=thing_of(dialogue),
                recipient=phone.number,
                recipient_name=phone.name,
                version=dialogue.sequence,
                text=text,
                channel=Channel.GATEWAY,
                why=str(for_whom),
            )
            for phone in phones
        ],
    )
    if not number:
        raise RuleBroken(_l("All of them were sent this text already. Nothing is sent twice."))
    papers.record_use(
        dialogue=dialogue,
        channel=NoticeChannel.SMS,
        used_at=clock.now(),
        done_by=actor.name,
        note=ngettext("To %(num)s village head, by this program", "To %(num)s village heads, by this program", number),
        photo=None,
        actor=actor,
    )
    return number


def reason_not_to_send(message: Message) -> str | None:
    """Asked again when the text goes out: does the dialogue still stand as it says?"""
    raw = message.thing.partition(":")[2]
    dialogue = db.session.get(Dialogue, int(raw), options=[joinedload(Dialogue.commune)])
    if dialogue is None:
        return _("There is no such dialogue any more.")
    if dialogue.sequence != message.version:
        if dialogue.state is S.CANCELLED:
            return _("The dialogue was cancelled meanwhile.")
        if dialogue.state is S.POSTPONED:
            return _("The dialogue was postponed meanwhile.")
        return _("The dialogue was changed meanwhile. Send the new text.")
    if dialogue.ends_at <= clock.now():
        return _("This dialogue is over.")
    return None


def listen() -> None:
    """Offer the check to the post."""
    post.register_check(Kind.VILLAGE_HEADS, reason_not_to_send)
