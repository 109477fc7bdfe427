"""Word back in the transaction of its cause: this module listens to questions and commitments, writes down what each
asker is told, and puts letters and short texts into the outbox, or leaves a line on the list of those told by hand.

A letter waits some minutes, so that acts made one after the other come as one; what was taken back meanwhile is not
told. Every letter is checked again when it goes out.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy.orm import joinedload

from dialogues import clock
from dialogues.askers import links, wording
from dialogues.askers.models import Word
from dialogues.askers.rules import ASKS_BACK, NO_FIRST_WORD, REPLACES, TAKES_BACK, Way, way_for
from dialogues.askers.wording import Said
from dialogues.extensions import db
from dialogues.followup import events as promise_events
from dialogues.followup.models import Commitment
from dialogues.papers.village_heads import mobile
from dialogues.places.models import Commune
from dialogues.post import erasing as post_erasing
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import TO_ASKERS, Channel, Kind, MessageState
from dialogues.post.service import Letter
from dialogues.questions import events
from dialogues.questions.lineage import askers_of
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import IntakeChannel, QuestionEvent
from dialogues.words import commune_title

GATHER = timedelta(minutes=5)
"""So long a letter waits for further acts."""
CONFIRM_WITHIN = timedelta(days=7)
QUESTIONS_A_DAY = 3
"""So many letters that ask whether news is wanted may go to one address a day, whoever typed it."""
TEXTS_A_DAY = 5
"""So many short texts may go to one phone a day; further words are told by hand."""
CHANNELS = {Way.MAIL: Channel.MAIL, Way.GATEWAY: Channel.GATEWAY}


def listen() -> None:
    """Listen to questions and commitments, and offer checks to the post."""
    events.on_event(tell)
    promise_events.on_event(tell_promise)
    post.register_check(Kind.ASKER_CONFIRM, check_question)
    post.register_check(Kind.ASKER_NEWS, check_news)


def sends_mail() -> bool:
    """Whether mail leaves this installation; on a trial computer it stands on the page of all post."""
    settings = current_app.config["SETTINGS"]
    return bool(settings.smtp_url) or bool(settings.on_loopback)


def thing_of(asker: Asker) -> str:
    """How the outbox calls this asker."""
    return f"asker:{asker.id}"


# -- what happened ----------------------------------------------------------------------------------------------------


def tell(question: Question, event: QuestionEvent) -> None:
    """Tell all askers of a question what became of it."""
    with force_locale("vi"):
        said, joined = wording.said(question, event), wording.said_to_supporters(question, event)
        for asker in askers_of(question):
            if event is QuestionEvent.WITHDRAWN and asker.question_id != question.id:
                continue  # nobody's question ends with another person's: see doubles.merging
            tell_one(asker, question, event, joined if asker.is_supporter else said)


def tell_promise(commitment: Commitment, event: QuestionEvent) -> None:
    """Tell the askers of its question what became of a promise; of one in a draft nobody hears."""
    if commitment.answer.published_at is None:
        return
    question = commitment.answer.question
    with force_locale("vi"):
        said = wording.of_promise(commitment, event)
        for asker in askers_of(question):
            tell_one(asker, question, event, said, commitment.shown)


def apologise(commitment: Commitment, said: Said) -> int:
    """Tell the askers of a promise that it takes longer, in these words; how many."""
    askers = [asker for asker in askers_of(commitment.answer.question) if asker.erased_at is None]
    for asker in askers:
        tell_one(asker, commitment.answer.question, QuestionEvent.COMMITMENT_APOLOGY, said, commitment.shown)
    return len(askers)


def tell_one(asker: Asker, question: Question, event: QuestionEvent, said: Said, about: str = "") -> None:
    """Tell one asker by the own channel; what is not told yet and no longer true goes. Of a promise only words that are
    `about` the same one: an answer may hold several."""
    if asker.erased_at is not None:
        return
    before = _words_of(asker) if event is not QuestionEvent.RECEIVED else []
    taken_back = TAKES_BACK.get(event, frozenset({event}) | REPLACES.get(event, frozenset()))
    unsaid = [word for word in before if _is_unsaid(word) and word.event in taken_back and _names(word, about)]
    is_as_if_never = bool(unsaid) and event in TAKES_BACK and event is not QuestionEvent.WITHDRAWN
    if event is QuestionEvent.UNMERGED:
        unsaid += [word for word in before if word not in unsaid and _is_unsaid(word) and _is_of_others(word, asker)]
    for word in unsaid:
        before.remove(word)
        db.session.delete(word)
    db.session.flush()
    if not is_as_if_never:
        _add(asker, question, event, said, before)
    for way in {word.way for word in unsaid} & set(CHANNELS):
        write(asker, way)


def _add(asker: Asker, question: Question, event: QuestionEvent, said: Said, before: Sequence[Word]) -> None:
    is_first = event not in NO_FIRST_WORD and not any(word.is_first for word in before)
    sorry = wording.apology(asker.question) if is_first and not asker.is_supporter else ""
    way = way_of(asker, event, is_first)
    word = Word(
        commune_id=asker.commune_id,
        question_id=question.id,
        asker_id=asker.id,
        event=event,
        at=clock.now(),
        text=f"{said.title}. {sorry} {said.text}".replace("  ", " "),
        way=way,
        is_first=is_first,
    )
    db.session.add(word)
    db.session.flush()
    if way is Way.MAIL and asker.email_confirmed_at is None:
        ask(asker)
    elif way in CHANNELS:
        write(asker, way)


def way_of(asker: Asker, event: QuestionEvent, is_first: bool = True) -> Way:
    """How this asker hears of this event."""
    came_by_hand = asker.question.channel is not IntakeChannel.PORTAL
    return way_for(
        event,
        may_message=asker.may_message,
        may_contact=asker.may_contact,
        has_phone=bool(asker.phone),
        has_email=bool(asker.email),
        is_email_confirmed=asker.email_confirmed_at is not None,
        on_behalf=came_by_hand and bool(asker.name),
        sends_mail=sends_mail(),
        sends_texts=_takes_text(asker),
        is_first=is_first,
    )


def _takes_text(asker: Asker) -> bool:
    """Whether a gateway reaches this phone, and it was not sent many texts today: anybody can type any number."""
    number = mobile(asker.phone) if asker.phone else None
    if number is None or not current_app.config["SETTINGS"].gateway_url:
        return False
    return _sent_today(Kind.ASKER_NEWS, Channel.GATEWAY, number) < TEXTS_A_DAY


def _sent_today(kind: Kind, channel: Channel, recipient: str) -> int:
    lately = sa.select(sa.func.count()).where(
        Message.kind == kind,
        Message.channel == channel,
        Message.recipient == recipient,
        Message.created_at > clock.now() - timedelta(days=1),
    )
    return db.session.scalar(lately) or 0


def _words_of(asker: Asker) -> list[Word]:
    """What this asker was told or is to be told, oldest first; one query."""
    mine = sa.select(Word).where(Word.asker_id == asker.id).options(joinedload(Word.message).defer(Message.text))
    return list(db.session.scalars(mine.order_by(Word.id)))


def _names(word: Word, promise: str) -> bool:
    return " ".join(promise.split()) in " ".join(word.text.split())


def _is_of_others(word: Word, asker: Asker) -> bool:
    """Whether it says what became of a question that this asker does not share any more."""
    if word.question_id == asker.question_id:
        return False
    return asker not in askers_of(db.session.get_one(Question, word.question_id))


def _is_unsaid(word: Word) -> bool:
    """Whether the asker cannot have heard it yet."""
    if word.way is Way.OWN_PAGE or word.told_at is not None:
        return False
    message = word.message
    return message is None or (message.state is MessageState.WAITING and message.tries == 0)


# -- letters ----------------------------------------------------------------------------------------------------------


def write(asker: Asker, way: Way) -> None:
    """Bring the letter that waits for this asker up to date with everything that is not told yet, or put a new one."""
    recipient = _recipient(asker, way)
    waiting = post.waiting_for(asker.commune_id, Kind.ASKER_NEWS, thing_of(asker), recipient)[:1]
    ids = [message.id for message in waiting]
    of_it = sa.or_(Word.message_id.is_(None), Word.message_id.in_(ids))
    mine = sa.select(Word).where(Word.asker_id == asker.id, Word.way == way, Word.told_at.is_(None), of_it)
    words = list(db.session.scalars(mine.order_by(Word.id)))
    if not words:
        for message in waiting:
            reason = _("Taken back before it was sent.")
            post.drop(
                commune_id=asker.commune_id,
                kind=message.kind,
                thing=message.thing,
                recipient=recipient,
                reason=reason,
            )
        return
    letter = _letter(asker, way, recipient, words)
    found = waiting[0] if waiting else post.put(commune=_commune(asker), letter=letter)
    if waiting:
        post.rewrite(message=waiting[0], letter=letter)
    for word in words:
        word.message_id = found.id if found else None
    db.session.flush()


def _recipient(asker: Asker, way: Way) -> str:
    return asker.email if way is Way.MAIL else mobile(asker.phone) or asker.phone


def _commune(asker: Asker) -> Commune:
    return asker.question.dialogue.commune


def _letter(asker: Asker, way: Way, recipient: str, words: Sequence[Word]) -> Letter:
    commune, newest = _commune(asker), words[-1]
    title = commune_title(commune)
    url = links.page_of(asker)
    if way is Way.GATEWAY:
        text = f"{title[:1].upper()}{title[1:]}: {newest.text} {url}"
        more: dict[str, Any] = {"channel": Channel.GATEWAY, "text": text, "recipient_name": asker.name}
    else:
        more = _mail(asker, words, title, url)
    return Letter(
        kind=Kind.ASKER_NEWS,
        thing=thing_of(asker),
        recipient=recipient,
        version=newest.id,
        due_at=clock.now() + GATHER,
        **more,
    )


def _mail(asker: Asker, words: Sequence[Word], title: str, url: str) -> dict[str, Any]:
    commune, question = _commune(asker), asker.question
    told = [word.text for word in words if word.event is not QuestionEvent.RECEIVED] or [word.text for word in words]
    subject = told[-1].partition(".")[0]
    hello = _("Dear Sir or Madam %(name)s,", name=asker.name) if asker.name else _("Dear Sir or Madam,")
    subject_line = _("This is about %(what)s.", what=wording.about(question))
    where = _("All of it, and the answer, stands on your page:")
    end = [_("Respectfully,"), _("The office of %(commune)s", commune=title)]
    if commune.hotline:
        end.append(_("Phone: %(phone)s", phone=commune.hotline))
    leave = links.link(asker, clock.today(commune.time_zone))
    no_more = _("No more letters? Press here:")
    parts = [hello, subject_line, *told, f"{where}\n{url}", "\n".join(end), f"{no_more} {leave}"]
    html = [*(f"<p>{escape(part)}</p>" for part in (hello, subject_line, *told))]
    if any(word.event in ASKS_BACK for word in words):
        say, here = _("Say with one press whether it is done:"), links.say_link(asker, clock.today(commune.time_zone))
        parts.insert(len(told) + 2, f"{say}\n{here}")
        html.append(f'<p>{escape(say)}<br><a href="{escape(here)}">{escape(here)}</a></p>')
    html.append(f'<p>{escape(where)}<br><a href="{escape(url)}">{escape(url)}</a></p>')
    html.append("<p>" + "<br>".join(str(escape(line)) for line in end) + "</p>")
    html.append(f'<p>{escape(no_more)} <a href="{escape(leave)}">{escape(leave)}</a></p>')
    return {
        "subject": f"{subject} ({title})",
        "text": "\n\n".join(parts),
        "html": "".join(html),
        "recipient_name": asker.name,
        "reply_to": commune.office_email,
        "why": _("You get this letter because you allowed the office to write to you about your question."),
        "unsubscribe_url": leave,
    }


# -- the question whether letters are wanted --------------------------------------------------------------------------


def ask(asker: Asker) -> None:
    """One letter, once a day at most, that asks the owner of an address whether word should come there. It names
    nothing of the question: the address may be somebody else's."""
    commune = _commune(asker)
    today = clock.today(commune.time_zone)
    if _sent_today(Kind.ASKER_CONFIRM, Channel.MAIL, asker.email) >= QUESTIONS_A_DAY:
        return
    title = commune_title(commune)
    with force_locale("vi"):
        letter = Letter(
            kind=Kind.ASKER_CONFIRM,
            thing=thing_of(asker),
            recipient=asker.email,
            version=today.toordinal(),
            subject=_("Do you want to hear what becomes of your question to %(commune)s?", commune=title),
            text=_(
                "Thank you. Somebody, probably you, sent a question to %(commune)s and left this address.\n\n"
                "Open this page and press the button, then word of it comes to you:\n%(url)s\n\n"
                "It was not you? Then do nothing: no further letter comes. The link is good for 7 days.",
                commune=title,
                url=links.link(asker, today),
            ),
            why=_(
                "You get this one letter because the address was left with a question to %(commune)s.", commune=title
            ),
            respects_quiet_hours=False,
        )
    post.put(commune=commune, letter=letter)


def confirm(*, asker: Asker) -> None:
    """The owner of the address wants the letters: what happened meanwhile comes in one."""
    if asker.email_confirmed_at is not None:
        return
    asker.email_confirmed_at = clock.now()
    db.session.flush()
    resume(asker=asker)


def resume(*, asker: Asker) -> None:
    """Write what is not told yet to a confirmed address: after it was changed, or the consent given again."""
    with force_locale("vi"):
        write(asker, Way.MAIL)


def told_of(asker_ids: sa.Select[tuple[int]]) -> set[int]:
    """Those of these askers who heard more than that their question came in, or whose letter may be on its way."""
    words = sa.select(Word).where(Word.asker_id.in_(asker_ids)).options(joinedload(Word.message).defer(Message.text))
    return {
        word.asker_id
        for word in db.session.scalars(words)
        if word.event is not QuestionEvent.RECEIVED or not (word.way is Way.OWN_PAGE or _is_unsaid(word))
    }


def forget(asker_ids: Collection[int]) -> None:
    """These askers were never there: nothing is told to them, and their letters are erased."""
    db.session.execute(sa.delete(Word).where(Word.asker_id.in_(asker_ids)).execution_options(synchronize_session=False))
    post_erasing.erase(Message.kind.in_(TO_ASKERS), Message.thing.in_([f"asker:{id_}" for id_ in asker_ids]))


def let_go(*, asker: Asker, reason: str) -> None:
    """Take back all letters to this asker that still wait."""
    for kind in (Kind.ASKER_NEWS, Kind.ASKER_CONFIRM):
        post.drop(commune_id=asker.commune_id, kind=kind, thing=thing_of(asker), reason=reason)


# -- asked again at sending -------------------------------------------------------------------------------------------


def _asker_of(message: Message) -> Asker | None:
    asker = db.session.get(Asker, int(message.thing.partition(":")[2]))
    return asker if asker is not None and asker.erased_at is None and asker.may_message else None


def check_question(message: Message) -> str | None:
    """Nobody is asked who has answered, or whose address was changed or erased."""
    asker = _asker_of(message)
    if asker is None or asker.email != message.recipient or asker.email_confirmed_at is not None:
        return _("The address was confirmed or forgotten meanwhile.")
    return None


def check_news(message: Message) -> str | None:
    """Is it still allowed, and still this address or number?"""
    asker = _asker_of(message)
    if asker is None:
        return _("The asker does not allow messages any more.")
    if message.channel is Channel.GATEWAY:
        is_same = mobile(asker.phone) == message.recipient
    else:
        is_same = asker.email == message.recipient and asker.email_confirmed_at is not None
    return None if is_same else _("The asker has another address or number now.")
