"""Telling at once whom it concerns: somebody says that a promise is done only in part, or not at all.

The words of an asker are not in the letter: nobody but the office has read them, and they may be about others.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues import clock, formatting
from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.post.service import Letter
from dialogues.staff.standins import acting, superior_of
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement
from dialogues.words import commune_title

MOST_A_DAY = 5
"""So many letters about one promise may go to one person a day; all voices stand on its page."""


def thing_of(commitment: Commitment) -> str:
    """How the outbox calls this promise."""
    return f"commitment:{commitment.id}"


def tell_staff(commitment: Commitment, verdict: CommitmentVerdict) -> None:
    """To the responsible person, who acts for them while they are away, and the office; of "not done" to the superior
    too. "Done" needs no letter."""
    if verdict.judgement is Judgement.DONE:
        return
    person, commune = commitment.responsible, commitment.dialogue.commune
    with force_locale("vi"):
        own = _("You get this letter because you are responsible for this commitment.")
        for one in {person, acting(person, clock.today(commune.time_zone))}:
            _put(commitment, verdict, one.email, one.name, own)
        superior = superior_of(person) if verdict.judgement is Judgement.NOT_DONE else None
        if superior is not None:
            why = _("You get this letter because you are the superior of the person responsible.")
            _put(commitment, verdict, superior.email, superior.name, why)
        if commune.office_email:
            _put(commitment, verdict, commune.office_email, "", _("You get this letter as the office of the commune."))


def _put(commitment: Commitment, verdict: CommitmentVerdict, recipient: str, name: str, why: str) -> None:
    commune, thing = commitment.dialogue.commune, thing_of(commitment)
    waiting = post.waiting_for(commune.id, Kind.VERDICT, thing, recipient)
    number, newest = _sent(thing, recipient)
    if not waiting and number >= MOST_A_DAY:
        return
    letter = Letter(
        kind=Kind.VERDICT,
        thing=thing,
        recipient=recipient,
        recipient_name=name,
        version=newest + 1,
        subject=_subject(commitment, verdict),
        text=_text(commitment, verdict, name),
        why=why,
    )
    if waiting:
        post.rewrite(message=waiting[0], letter=letter)
    else:
        post.put(commune=commune, letter=letter)


def _sent(thing: str, recipient: str) -> tuple[int, int]:
    """How many letters about this promise went to this address within a day, and the newest version of all."""
    mine = sa.select(Message.created_at, Message.version).where(
        Message.kind == Kind.VERDICT, Message.thing == thing, Message.recipient == recipient
    )
    rows = db.session.execute(mine).all()
    since = clock.now() - timedelta(days=1)
    return sum(at > since for at, _version in rows), max((version for _at, version in rows), default=0)


def _subject(commitment: Commitment, verdict: CommitmentVerdict) -> str:
    title = commune_title(commitment.dialogue.commune)
    if verdict.judgement is Judgement.NOT_DONE:
        return _("It is said that a commitment is not done (%(commune)s)", commune=title)
    return _("It is said that a commitment is done only in part (%(commune)s)", commune=title)


def _text(commitment: Commitment, verdict: CommitmentVerdict, name: str) -> str:
    hello = _("Dear Sir or Madam %(name)s,", name=name) if name else _("Dear Sir or Madam,")
    who = _("A resident who asked") if verdict.asker_id else _("The overseer")
    if verdict.judgement is Judgement.NOT_DONE:
        said = _("%(who)s says: this is not done. The commitment is open again.", who=who)
    else:
        said = _("%(who)s says: only a part of this is done.", who=who)
    facts = _(
        "What was promised: %(result)s\nResponsible: %(person)s\nDue: %(day)s",
        result=commitment.shown,
        person=commitment.responsible.name,
        day=formatting.short_date(commitment.due_on),
    )
    words = _("What they wrote stands on the page as soon as the office has read it.")
    where = _("Please look at it, and write there what is done about it:")
    return "\n\n".join([hello, said, facts, *([words] if verdict.asker_id else []), f"{where}\n{_url(commitment)}"])


def _url(commitment: Commitment) -> str:
    base = str(current_app.config["SETTINGS"].base_url)
    return f"{base}/office/commitments/{commitment.id}"
