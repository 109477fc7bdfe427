"""The letters to subscribers: the question whether they want news, the news, the reminder the day before.

News is written in the transaction of its cause: this module listens to the dialogues (`schedule.events`). It goes out
some minutes later, so that changes made one after the other come as one letter; every letter is checked again when it
goes out.
"""

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.extensions import db
from dialogues.places.models import Commune
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.post.service import Letter
from dialogues.schedule import events, told
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.schedule.told import Facts, facts_before, facts_of
from dialogues.subscribers import service
from dialogues.subscribers.models import Subscriber
from dialogues.words import commune_title

S = DialogueState
GATHER = timedelta(minutes=3)
"""How long news waits for further changes."""
OLD_NEWS = timedelta(days=14)
REMIND_FROM = time(8)
"""The reminder goes out from this hour of the day before."""
Held = dict[str, Any] | None
"""What a reader knows of a dialogue (`told.Facts` as it is kept), or nothing."""
MOVES = ("starts_at", "ends_at", "place", "address", "online_link")


def listen() -> None:
    """Listen to the dialogues, and offer checks and reminders to the post."""
    events.on_change(tell)
    post.register_check(Kind.SUBSCRIBER_CONFIRM, check_question)
    post.register_check(Kind.SUBSCRIBER_NEWS, check_news)
    post.register_check(Kind.SUBSCRIBER_REMINDER, check_news)
    post.register_reminders("subscribers", due_reminders)


# -- the question -----------------------------------------------------------------------------------------------------


def ask(*, subscriber: Subscriber) -> None:
    """One letter a day at most that asks whether the news is wanted."""
    post.put(commune=subscriber.commune, letter=question(subscriber))


def question(subscriber: Subscriber) -> Letter:
    """The letter that asks. It respects no quiet hours: somebody waits for it."""
    commune = subscriber.commune
    title, url = commune_title(commune), address("subscribers.own", commune, key=subscriber.key)
    with force_locale(subscriber.language):
        about = subscriber.village.label if subscriber.village else _("the whole commune")
        return Letter(
            kind=Kind.SUBSCRIBER_CONFIRM,
            thing=f"subscriber:{subscriber.id}",
            recipient=subscriber.email,
            version=clock.today(commune.time_zone).toordinal(),
            subject=_("Do you want news of the dialogues of %(commune)s?", commune=title),
            text=_(
                "Somebody, probably you, left this address for news of the dialogues of %(commune)s (%(area)s).\n\n"
                "Open this page and press the button, then the news comes to you:\n%(url)s\n\n"
                "It was not you? Then do nothing: no further letter comes, and the address is forgotten after 7 days.",
                commune=title,
                area=about,
                url=url,
            ),
            why=_("You get this one letter because the address was left on the page of %(commune)s.", commune=title),
            respects_quiet_hours=False,
        )


def check_question(message: Message) -> str | None:
    """Nobody is asked who has answered, or whose address was forgotten."""
    subscriber = db.session.get(Subscriber, id_of(message.thing))
    if subscriber is None or subscriber.confirmed_at is not None:
        return _("The address was confirmed or forgotten meanwhile.")
    return None


# -- news -------------------------------------------------------------------------------------------------------------


def tell(dialogue: Dialogue, before: events.Before) -> None:
    """Write the news of a change to everybody who wants it, in the transaction of the change: from what each reader
    knows to what is true now. Who knows nothing else already, or learned of a change that was taken back, gets none."""
    is_news = _is_news(dialogue, before)
    if dialogue.announced_at is None or not (is_news or before["title"] != dialogue.title):
        return
    readers = service.readers(dialogue)
    if not readers:
        return
    commune, thing = dialogue.commune, f"dialogue:{dialogue.id}"
    knew = facts_before(before).to_json() if before["state"] is not S.DRAFT else None
    waiting = post.held_by(commune.id, Kind.SUBSCRIBER_NEWS, thing)
    if not is_news:  # another title alone is no news, but a letter that waits must say it
        readers = [reader for reader in readers if reader.email in waiting]
    newer = _("A newer letter about this dialogue replaces this one.")
    for kind in (Kind.SUBSCRIBER_NEWS, Kind.SUBSCRIBER_REMINDER):
        post.drop(commune_id=commune.id, kind=kind, thing=thing, reason=newer)
    by_held: dict[str, list[Subscriber]] = {}
    for reader in readers:
        held = waiting.get(reader.email, knew)
        by_held.setdefault(json.dumps(held, sort_keys=True), []).append(reader)
    for kept, group in by_held.items():
        held = json.loads(kept)
        if _is_new_to(held, dialogue):
            post.put_many(commune=commune, letters=letters(dialogue, group, Kind.SUBSCRIBER_NEWS, held))


def _is_news(dialogue: Dialogue, before: events.Before) -> bool:
    if before["state"] is not dialogue.state:
        return dialogue.state in (S.ANNOUNCED, S.POSTPONED, S.CANCELLED, S.PUBLISHED)
    return dialogue.state is S.ANNOUNCED and any(before[name] != getattr(dialogue, name) for name in MOVES)


def _is_new_to(held: Held, dialogue: Dialogue) -> bool:
    """Whether somebody who knows `held` (None: never heard of it) learns anything."""
    if dialogue.state is S.PUBLISHED:
        return True
    now = facts_of(dialogue)
    return not Facts.from_json(held).is_same(now) if held else not now.off


def letters(dialogue: Dialogue, readers: list[Subscriber], kind: Kind, held: Held = None) -> Iterator[Letter]:
    """What each reader gets about the dialogue as it stands now; `held`: what they know of it (None: nothing)."""
    commune = dialogue.commune
    due_at = clock.now() + GATHER if kind is Kind.SUBSCRIBER_NEWS else None
    for language, group in groupby(sorted(readers, key=lambda one: one.language), key=lambda one: one.language):
        with force_locale(language):
            subject, text = _said(dialogue, kind, Facts.from_json(held) if held else None, language)
            end = _("No more letters? Press here: ")
            why = _(
                "You get this letter because you asked for news of the dialogues of %(commune)s.",
                commune=commune_title(commune),
            )
        for reader in group:
            url = address("subscribers.own", commune, key=reader.key)
            yield Letter(
                kind=kind,
                thing=f"dialogue:{dialogue.id}",
                recipient=reader.email,
                version=dialogue.sequence,
                subject=subject,
                text=f"{text}\n\n{end}{url}",
                why=why,
                unsubscribe_url=url,
                held=held,
                due_at=due_at,
            )


def _said(dialogue: Dialogue, kind: Kind, held: Facts | None, language: str) -> tuple[str, str]:
    """Subject and text, in the language that is set."""
    subject, first = _opening(dialogue.state, kind, held)
    zone, lines = dialogue.commune.time_zone, [dialogue.title, "", first]
    if dialogue.state is S.ANNOUNCED:
        now = facts_of(dialogue)
        new = told.changes(held, now, zone, language) if held and kind is Kind.SUBSCRIBER_NEWS else []
        if new:
            lines += ["", *(f"* {name}: {old} → {is_now}" for name, old, is_now in new)]
        lines += ["", _("When: %(moment)s", moment=told.hours(now, zone, language))]
        if now.place:
            lines.append(_("Where: %(place)s", place=now.place))
        if now.online_link:
            lines.append(_("Online: %(link)s", link=now.online_link))
    elif dialogue.state in told.OFF:
        if held and not held.off:
            was = told.moment(held.starts_at, zone, language)
            lines.append(_("It was announced for %(moment)s.", moment=was))
        lines.append(_("Reason: %(reason)s", reason=dialogue.state_reason))
    page = "schedule.results" if dialogue.state is S.PUBLISHED else "schedule.dialogue"
    return subject % {"title": dialogue.title}, "\n".join([*lines, "", _base() + _path(page, code=dialogue.code)])


def _opening(state: DialogueState, kind: Kind, held: Facts | None) -> tuple[str, str]:
    """The subject (with a place for the title) and the first sentence."""
    if kind is Kind.SUBSCRIBER_REMINDER:
        return _("Tomorrow: %(title)s"), _("The dialogue takes place tomorrow.")
    if state is S.PUBLISHED:
        return _("Result: %(title)s"), _("The result of the dialogue is published. Read it here:")
    if state is S.CANCELLED:
        return _("Cancelled: %(title)s"), _("The dialogue is cancelled.")
    if state is S.POSTPONED:
        first = _("The dialogue does not take place on the day announced. The new day will be announced.")
        return _("Postponed: %(title)s"), first
    if held is None:
        return _("Announcement: %(title)s"), _("A dialogue is announced. Come, or send your question before it.")
    if held.off:
        return _("New day: %(title)s"), _("The dialogue was postponed. Now its new day is fixed:")
    return _("New day or place: %(title)s"), _("The time or place of the dialogue has changed:")


def check_news(message: Message) -> str | None:
    """Asked when the letter goes out: is it still wanted, still right, still in time?"""
    dialogue = db.session.get(Dialogue, id_of(message.thing))
    now = clock.now()
    if dialogue is None or not service.is_reader(message.commune_id, message.recipient):
        return _("The reader does not want news any more.")
    if dialogue.sequence != message.version:
        return _("A newer letter about this dialogue replaces this one.")
    if message.kind is Kind.SUBSCRIBER_REMINDER and (dialogue.state is not S.ANNOUNCED or dialogue.starts_at <= now):
        return _("The dialogue has begun already.")
    if dialogue.state is S.ANNOUNCED and dialogue.ends_at <= now:
        return _("The dialogue is over already.")
    if message.created_at < now - OLD_NEWS:
        return _("The news is too old.")
    return None


# -- reminders --------------------------------------------------------------------------------------------------------


def due_reminders(now: datetime) -> Iterator[tuple[Commune, Letter]]:
    """From 8:00 of the day before until the dialogue begins, to every reader; the post puts each once."""
    soon = sa.select(Dialogue).where(
        Dialogue.state == S.ANNOUNCED, Dialogue.starts_at > now, Dialogue.starts_at <= now + timedelta(hours=48)
    )
    for dialogue in db.session.scalars(soon.options(joinedload(Dialogue.commune))):
        zone = dialogue.commune.time_zone
        eve = clock.local(dialogue.starts_at, zone).date() - timedelta(days=1)
        if clock.local(now, zone).date() == eve and now >= clock.instant(datetime.combine(eve, REMIND_FROM), zone):
            for letter in letters(dialogue, service.readers(dialogue), Kind.SUBSCRIBER_REMINDER):
                yield dialogue.commune, letter


# -- addresses --------------------------------------------------------------------------------------------------------


def address(endpoint: str, commune: Commune, **values: str) -> str:
    return _base() + _path(endpoint, commune=commune.slug, **values)


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)


def _path(endpoint: str, **values: str) -> str:
    """A path, also outside of requests: the worker writes reminders."""
    return current_app.url_map.bind("localhost").build(endpoint, values)


def id_of(thing: str) -> int:
    return int(thing.partition(":")[2])
