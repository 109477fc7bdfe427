"""Letters of the demo commune: residents who get news, letters that were sent, one that failed, some that wait. None of
them is ever really sent."""

from datetime import datetime, timedelta

from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.post.service import Letter
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.subscribers import news
from dialogues.subscribers.models import Subscriber

S = MessageState
READERS = (
    "hoa.tran",
    "gia-dinh-bac-tu",
    "chi-hoi-phu-nu",
    "nguyen.van.lam",
    "be.le",
    "doan-thanh-nien",
    "to-tu-quan-3",
)
NEW_READER = "moi-dang-ky"
FULL = "552 5.2.2 Hộp thư của người nhận đã đầy"


def add_post(book: Book, dialogues: list[Dialogue]) -> int:
    """Readers, and the letters about the next dialogue and the newest result. Returns how many letters there are."""
    today, lately = book.days.today, book.days.at(book.days.yesterday, 16 * 60)
    coming = [one for one in dialogues if one.state is DialogueState.ANNOUNCED and book.days.on(one.starts_at) > today]
    published = [one for one in dialogues if one.state is DialogueState.PUBLISHED]
    villages = list(book.people.villages.values())
    readers = [
        _reader(book, name, villages[place].id if place % 2 else None, lately - timedelta(days=200))
        for place, name in enumerate(READERS)
    ]
    asked = _reader(book, NEW_READER, None, lately, is_confirmed=False)
    db.session.add_all([*readers, asked])
    db.session.flush()
    count = 0
    for dialogue in [*published[-1:], *coming[:1]]:
        told_at = dialogue.published_at if dialogue.state is DialogueState.PUBLISHED else dialogue.announced_at
        at = min(told_at or lately, lately)
        for place, letter in enumerate(news.letters(dialogue, readers, Kind.SUBSCRIBER_NEWS)):
            is_full = place == len(readers) - 1 and dialogue in coming
            sent = message(book, letter, dialogue.commune_id, at)
            sent.state, sent.ended_at = (S.FAILED if is_full else S.SENT), at + news.GATHER
            sent.tries, sent.last_error = 1, FULL if is_full else ""
            count += 1
    for dialogue in coming[:1]:
        for letter in news.letters(dialogue, readers[:3], Kind.SUBSCRIBER_REMINDER):
            sent = message(book, letter, dialogue.commune_id, lately)
            sent.next_try_at = dialogue.starts_at - timedelta(days=1)
            count += 1
    message(book, news.question(asked), asked.commune_id, lately)
    return count + 1


def _reader(book: Book, name: str, village_id: int | None, at: datetime, is_confirmed: bool = True) -> Subscriber:
    return Subscriber(
        commune=book.people.commune,
        email=f"{name}@nguoi-dan.example",
        village_id=village_id,
        language="vi",
        key=f"{book.random.getrandbits(140):035x}"[:24],
        created_at=at,
        confirmed_at=at if is_confirmed else None,
    )


def message(book: Book, letter: Letter, commune_id: int, at: datetime) -> Message:
    """A letter of the demo, which is never really sent."""
    found = Message(
        commune_id=commune_id,
        kind=letter.kind,
        thing=letter.thing,
        recipient=letter.recipient,
        version=letter.version,
        subject=letter.subject,
        text=letter.text,
        why=letter.why,
        unsubscribe_url=letter.unsubscribe_url,
        message_id=f"<{book.uid('thu')}>",
        is_demo=True,
        created_at=at,
        next_try_at=at,
    )
    db.session.add(found)
    return found
