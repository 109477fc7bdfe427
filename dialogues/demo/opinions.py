"""How residents of the demo commune rated the newest answers, and who follows a promise by e-mail."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from dialogues.demo.book import Book
from dialogues.demo.post import message
from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED
from dialogues.followup.service import visible_commitments
from dialogues.questions.models import Asker
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.subscribers import promise_news
from dialogues.subscribers.models import Follower
from dialogues.verdicts import rating_steps, ratings
from dialogues.verdicts.models import AnswerRating
from dialogues.verdicts.ratings import Answered
from dialogues.verdicts.rules import Rating, RatingWay

CLERK = "mai.lt@minh-tam.example"
DIALOGUES = 2
PILES = ((5, 1, 0), (2, 1, 1), (0, 1, 3), (4, 0, 1), (1, 2, 0))
"""Satisfied, so-so, not satisfied: of one question after the other, again and again."""
WRITTEN = (
    (Rating.SATISFIED, "Trả lời rõ, có ngày cụ thể. Cảm ơn xã."),
    (Rating.NOT_SATISFIED, "Trả lời còn chung chung, chưa nói bao giờ làm."),
    (Rating.NEUTRAL, "Đợi xem làm có đúng hẹn không đã."),
)
FOLLOWERS = ("gia-dinh-bac-tu", "chi-hoi-phu-nu")
NEW_FOLLOWER = "hoi-cuu-chien-binh"


def add_opinions(book: Book, dialogues: list[Dialogue]) -> int:
    """Ratings of the newest answers, followers of the promise that is due next; how many ratings."""
    published = [one for one in dialogues if one.state is DialogueState.PUBLISHED and one.published_at is not None]
    count = 0
    for dialogue in published[-DIALOGUES:]:
        at = min((dialogue.published_at or dialogue.ends_at) + timedelta(hours=26), _lately(book))
        for place, one in enumerate(ratings.answered(dialogue)):
            count += _rate(book, one, place, at)
        db.session.flush()
        rating_steps.count_in(dialogue)
    _follow(book)
    db.session.flush()
    return count


def _lately(book: Book) -> datetime:
    return book.days.at(book.days.yesterday, 16 * 60)


def _rate(book: Book, one: Answered, place: int, at: datetime) -> int:
    """A pile of papers, or what was touched at the desk; of every third question its asker too."""
    way = RatingWay.DESK if place % 4 == 3 else RatingWay.PAPER
    clerk = book.people.staff[CLERK].id
    pile = zip(Rating, PILES[place % len(PILES)], strict=True)
    said = [rating for rating, number in pile for _one in range(number)]
    rows = {"commune_id": book.commune_id, "answer_id": one.answer_id, "at": at}
    sheet = f"demo-{book.random.getrandbits(60):015x}"
    db.session.add_all(
        AnswerRating(way=way, rating=rating, staff_id=clerk, sheet=sheet, position=position, **rows)
        for position, rating in enumerate(said)
    )
    if place % 3:
        return len(said)
    rating, text = WRITTEN[place // 3 % len(WRITTEN)]
    asker = db.session.scalar(sa.select(Asker).where(Asker.question_id == one.question_id).order_by(Asker.id).limit(1))
    if asker is None:
        return len(said)
    db.session.add(AnswerRating(way=RatingWay.CODE, rating=rating, text=text, asker_id=asker.id, **rows))
    return len(said) + 1


def _follow(book: Book) -> None:
    statement = visible_commitments(book.commune_id).where(Commitment.state.in_(UNFINISHED))
    promise = db.session.scalar(
        statement.where(Commitment.due_on > book.days.today).order_by(Commitment.due_on, Commitment.uid).limit(1)
    )
    if promise is None:
        return
    lately = _lately(book)
    people = [_follower(book, promise, name, lately - timedelta(days=20)) for name in FOLLOWERS]
    asked = _follower(book, promise, NEW_FOLLOWER, lately, is_confirmed=False)
    db.session.add_all([*people, asked])
    db.session.flush()
    message(book, promise_news.question(asked, book.people.commune), book.commune_id, lately)


def _follower(book: Book, promise: Commitment, name: str, at: datetime, is_confirmed: bool = True) -> Follower:
    return Follower(
        commune_id=book.commune_id,
        commitment=promise,
        email=f"{name}@nguoi-dan.example",
        language="vi",
        key=f"{book.random.getrandbits(140):035x}"[:24],
        created_at=at,
        confirmed_at=at if is_confirmed else None,
    )
