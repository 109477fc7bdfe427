"""The letters to followers of a promise: the question whether they want them, and what happened to it.

News is written in the transaction of its cause (`followup.events`) and waits some minutes for more: a letter that still
waits is written anew with all that happened since the last one. Each is checked again when it goes out.
"""

from datetime import timedelta
from itertools import groupby

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup import events
from dialogues.followup.models import Commitment, CommitmentEntry
from dialogues.followup.rules import UNTOLD
from dialogues.followup.service import is_public, stage_of
from dialogues.followup.story import what_of
from dialogues.language import short_day
from dialogues.places.models import Commune
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.post.service import Letter
from dialogues.questions.rules import QuestionEvent
from dialogues.subscribers import following
from dialogues.subscribers.models import Follower
from dialogues.subscribers.news import OLD_NEWS, address, id_of
from dialogues.words import commune_title, label

GATHER = timedelta(minutes=10)
"""How long news waits for more."""
IN_SUBJECT = 70


def listen() -> None:
    """Listen to the promises, and offer checks to the post."""
    events.on_event(tell)
    post.register_check(Kind.FOLLOWER_CONFIRM, check_question)
    post.register_check(Kind.FOLLOWER_NEWS, check_news)


# -- the question -----------------------------------------------------------------------------------------------------


def ask(*, follower: Follower) -> None:
    """One letter a day at most that asks whether the promise is to be followed."""
    commune = db.session.get_one(Commune, follower.commune_id)
    post.put(commune=commune, letter=question(follower, commune))


def question(follower: Follower, commune: Commune) -> Letter:
    """The letter that asks. It respects no quiet hours: somebody waits for it."""
    url = address("following.own", commune, key=follower.key)
    with force_locale(follower.language):
        return Letter(
            kind=Kind.FOLLOWER_CONFIRM,
            thing=f"follower:{follower.id}",
            recipient=follower.email,
            version=clock.today(commune.time_zone).toordinal(),
            subject=_("Do you want to follow a commitment of %(commune)s?", commune=commune_title(commune)),
            text=_(
                "Somebody, probably you, wants to follow this commitment of %(commune)s by e-mail:\n\n"
                "%(promise)s\n\n"
                "Open this page and press the button, then a letter comes whenever something happens:\n%(url)s\n\n"
                "It was not you? Then do nothing: no further letter comes, and the address is forgotten after 7 days.",
                commune=commune_title(commune),
                promise=follower.commitment.shown,
                url=url,
            ),
            why=_(
                "You get this one letter because the address was left on the page of %(commune)s.",
                commune=commune_title(commune),
            ),
            respects_quiet_hours=False,
        )


def check_question(message: Message) -> str | None:
    """Nobody is asked who has answered, whose address was forgotten, or about what is not public any more."""
    follower = db.session.get(Follower, id_of(message.thing))
    if follower is None or follower.confirmed_at is not None:
        return _("The address was confirmed or forgotten meanwhile.")
    return None if is_public(follower.commitment) else _("Residents cannot read this commitment any more.")


# -- news -------------------------------------------------------------------------------------------------------------


def tell(commitment: Commitment, _event: QuestionEvent | None = None) -> None:
    """Write to the followers what happened, in the transaction of it. Whoever has a letter that waits gets it written
    anew; who began to follow later than it happened gets none."""
    people = following.followers(commitment)
    if not people:
        return
    entries = _entries(commitment)
    if not entries or not is_public(commitment):
        return
    commune = db.session.get_one(Commune, commitment.commune_id)
    waiting = {one.recipient: one for one in post.waiting_for(commune.id, Kind.FOLLOWER_NEWS, _thing(commitment))}
    before = entries[-2].id if len(entries) > 1 else 0
    told: list[Letter] = []
    for language, group in groupby(sorted(people, key=lambda one: one.language), key=lambda one: one.language):
        with force_locale(language):
            for follower in group:
                message = waiting.get(follower.email)
                if message is not None:
                    letter = _letter(commitment, follower, commune, entries, int((message.held or {}).get("after", 0)))
                    post.rewrite(message=message, letter=letter)
                    message.version = letter.version  # so that it counts as told
                elif follower.confirmed_at and follower.confirmed_at <= entries[-1].at:
                    told.append(_letter(commitment, follower, commune, entries, before))
    db.session.flush()
    post.put_many(commune=commune, letters=told)


def _thing(commitment: Commitment) -> str:
    return f"commitment:{commitment.id}"


def _entries(commitment: Commitment) -> list[CommitmentEntry]:
    """What happened so far that residents read, the oldest first; one query."""
    e = CommitmentEntry
    statement = sa.select(e).where(e.commitment_id == commitment.id, e.kind.not_in(UNTOLD)).order_by(e.id)
    return list(db.session.scalars(statement))


def _letter(
    commitment: Commitment, follower: Follower, commune: Commune, entries: list[CommitmentEntry], after: int
) -> Letter:
    """All that happened since the entry `after`, in the language that is set."""
    own = address("following.own", commune, key=follower.key)
    new = [entry for entry in entries if entry.id > after]
    return Letter(
        kind=Kind.FOLLOWER_NEWS,
        thing=_thing(commitment),
        recipient=follower.email,
        version=entries[-1].id,
        subject=f"{label(entries[-1].kind)}: {_short(commitment.shown)}",
        text="\n".join([*_text(commitment, commune, new), "", _("No more letters? Press here: ") + own]),
        why=_("You get this letter because you follow a commitment of %(commune)s.", commune=commune_title(commune)),
        unsubscribe_url=own,
        held={"after": after},
        due_at=clock.now() + GATHER,
    )


def _text(commitment: Commitment, commune: Commune, new: list[CommitmentEntry]) -> list[str]:
    today = clock.today(commune.time_zone)
    lines = [commitment.shown, ""]
    for entry in new:
        day = short_day(clock.local(entry.at, commune.time_zone).date())
        lines += [f"* {day}: {what_of(entry)}", *([f"  {entry.text}"] if entry.text else [])]
    due = _("Due on %(day)s.", day=short_day(commitment.due_on))
    if commitment.first_due_on != commitment.due_on:
        due += " " + _("First promised for %(day)s.", day=short_day(commitment.first_due_on))
    page = address("followup.commitment", commune, commitment_id=str(commitment.id))
    stage = _("Now: %(stage)s.", stage=label(stage_of(commitment, today)))
    return [*lines, "", f"{stage} {due}", "", _("The whole story: %(url)s", url=page)]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= IN_SUBJECT else line[: IN_SUBJECT - 1].rstrip() + "…"


def check_news(message: Message) -> str | None:
    """Asked when the letter goes out: is it still wanted, and may residents still read it?"""
    if not following.still_follows(id_of(message.thing), message.recipient):
        return _("The reader does not follow this commitment any more, or residents cannot read it.")
    if message.created_at < clock.now() - OLD_NEWS:
        return _("The news is too old.")
    return None
