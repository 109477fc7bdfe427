"""Everything that is stored about one asker, as a text that every phone and computer shows."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock, codes, formatting
from dialogues.askers import requests, telling
from dialogues.askers.letters import thing_of
from dialogues.attachments import service as attachments
from dialogues.extensions import db
from dialogues.language import spoken_language
from dialogues.post.models import Message
from dialogues.questions.corrections import corrections_of
from dialogues.questions.intake import FLAGS, consent_lines
from dialogues.questions.models import Asker
from dialogues.questions.rules import Consent, QuestionState
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.words import commune_title, label


def file_name(asker: Asker) -> str:
    """Letters and digits only."""
    return f"du-lieu-{asker.code}.txt"


def text_of(asker: Asker) -> str:
    """The whole text, with the line ends that an old Windows needs too."""
    parts = [_head(asker), _person(asker), _question(asker), _consents(asker), _told(asker), _letters(asker)]
    if not asker.is_supporter:
        parts.insert(3, _files(asker))
    parts += [_verdicts(asker), _requests(asker)]
    return "\n".join(line for part in parts for line in [*part, ""]).replace("\n", "\r\n")


def _when(asker: Asker, at: datetime) -> str:
    zone = asker.question.dialogue.commune.time_zone
    return formatting.short_datetime(clock.local(at, zone), spoken_language() or "vi")


def _pairs(title: str, pairs: Iterable[tuple[str, object]]) -> list[str]:
    return [title.upper(), *(f"{name}: {value}" for name, value in pairs)]


def _lines(title: str, lines: Iterable[str]) -> list[str]:
    found = [f"- {line}" for line in lines]
    return [title.upper(), *(found or [_("Nothing.")])]


def _head(asker: Asker) -> list[str]:
    commune = asker.question.dialogue.commune
    who = commune_title(commune)
    return [
        _("What is stored about you and your question"),
        _("People's Committee of %(commune)s", commune=who),
        _("Made on %(moment)s", moment=_when(asker, clock.now())),
    ]


def _person(asker: Asker) -> list[str]:
    none = _("not given")
    pairs: list[tuple[str, object]] = [
        (_("Name"), asker.name or none),
        (_("Phone"), asker.phone or none),
        (_("E-mail"), asker.email or none),
        (_("Tracking code"), codes.grouped(asker.code)),
        (_("Since"), _when(asker, asker.joined_at)),
    ]
    if asker.erased_why is not None and asker.erased_at is not None:
        pairs.append((str(label(asker.erased_why)), _when(asker, asker.erased_at)))
    return _pairs(_("You"), pairs)


def _question(asker: Asker) -> list[str]:
    return _joined(asker) if asker.is_supporter else _own(asker)


def _joined(asker: Asker) -> list[str]:
    """Of a question of somebody else only what residents read."""
    q = asker.question
    is_public = q.state is QuestionState.PUBLISHED
    pairs: list[tuple[str, object]] = [
        (_("Dialogue"), q.dialogue.title),
        (_("Field"), label(q.field)),
        (_("State"), label(q.state)),
        (_("As residents read it"), q.public_text if is_public else _("not public now")),
    ]
    return _pairs(_("The question that you joined"), pairs)


def _files(asker: Asker) -> list[str]:
    return _lines(
        _("Files with your question, kept by the office"),
        (f"{_when(asker, one.added_at)}: {label(one.kind)} {one.title}".strip()
         for one in attachments.listed(asker.question_id)),
    )  # fmt: skip


def _own(asker: Asker) -> list[str]:
    q = asker.question
    pairs: list[tuple[str, object]] = [
        (_("Dialogue"), q.dialogue.title),
        (_("Kind"), label(q.kind)),
        (_("Field"), label(q.field)),
        (_("Village"), q.village.label if q.village else _("Not known")),
        (_("Channel"), label(q.channel)),
        (_("Received"), _when(asker, q.received_at)),
        (_("State"), label(q.state)),
        (_("What you wrote"), q.text),
    ]
    pairs += [(_("Corrected on %(moment)s", moment=_when(asker, one.at)), one.text) for one in corrections_of(q)]
    if q.public_text:
        pairs.append((_("As residents read it"), q.public_text))
    if q.state_note:
        pairs.append((_("Sentence to you"), q.state_note))
    return _pairs(_("Your question"), pairs)


def _consents(asker: Asker) -> list[str]:
    yes, no, given, taken_back = _("yes"), _("no"), _("given"), _("taken back")
    now = [f"{label(one)}: {yes if getattr(asker, FLAGS[one]) else no}" for one in Consent]
    changes = [
        f"{_when(asker, one.at)}: {label(one.consent)}: {given if one.is_given else taken_back}, {label(one.how)}"
        for one in consent_lines(asker.question_id).get(asker.id, [])
    ]
    return _lines(_("What you allow"), [*now, *changes])


def _told(asker: Asker) -> list[str]:
    return _lines(
        _("What you were told"),
        (f"{_when(asker, one.at)} ({one.how}): {one.text}" for one in telling.told_lines(asker)),
    )


def _letters(asker: Asker) -> Iterator[str]:
    mine = sa.select(Message).where(Message.commune_id == asker.commune_id, Message.thing == thing_of(asker))
    rows = db.session.scalars(mine.order_by(Message.id)).all()
    yield from _lines(
        _("Letters to you"),
        (f"{_when(asker, one.created_at)}: {one.subject or one.text} → {one.recipient}, {label(one.state)}"
         for one in rows if one.erased_at is None),
    )  # fmt: skip


def _verdicts(asker: Asker) -> list[str]:
    """What was said of promises, also what the office did not publish."""
    mine = sa.select(CommitmentVerdict).where(CommitmentVerdict.asker_id == asker.id)
    rows = db.session.scalars(mine.options(joinedload(CommitmentVerdict.commitment)).order_by(CommitmentVerdict.id))
    return _lines(
        _("What you said of commitments"),
        (f"{_when(asker, one.at)}, {label(one.way)}: {one.commitment.shown} → {label(one.judgement)} {one.text}".strip()
         for one in rows),
    )  # fmt: skip


def _requests(asker: Asker) -> list[str]:
    zone = spoken_language() or "vi"
    return _lines(
        _("Your requests about your data"),
        (f"{formatting.short_date(one.received_on, zone)}: {label(one.kind)}, {label(one.how)} {one.note}".strip()
         for one in requests.of_asker(asker)),
    )  # fmt: skip
