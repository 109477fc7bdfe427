"""The year plan of the demo commune: a series, rounds past and ahead, requests of voters."""

from datetime import date, time, timedelta

import sqlalchemy as sa

from dialogues.demo.book import Book
from dialogues.demo.days import Days, working_after
from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule import recurrence
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import (
    Round,
    RoundPaper,
    RoundQuestion,
    RoundTopic,
    Series,
    SeriesTopic,
    VoterRequest,
)
from dialogues.schedule.round_rules import PLAN_MONTHS, RequestState, RoundState
from dialogues.schedule.rules import DialogueState, Trigger

RULE = recurrence.nth_weekday(1, 5, (6, 12))
HALL, ADDRESS = "Hội trường UBND xã Minh Tâm", "Thôn Cầu Đá, xã Minh Tâm, tỉnh Sơn Khê"
TITLE = "Hội nghị đối thoại định kỳ giữa người đứng đầu cấp ủy, chính quyền xã Minh Tâm với Nhân dân"
DECIDED_BY = "Chủ tịch UBND xã, sau khi thống nhất với Ủy ban MTTQ Việt Nam xã"
RESULTS = (
    "Các nội dung trong đợt đã có kết luận và được công khai theo ba hình thức; việc đã hứa có người làm và thời hạn."
)
NEAR = 60
"""A regular dialogue so many days around a day of the series was held in its stead."""


def add_rounds(book: Book, dialogues: list[Dialogue]) -> int:
    """Put every dialogue into its round and plan ahead; the number of rounds."""
    days = book.days
    series = _series(book)
    last = recurrence.months_later(days.today, PLAN_MONTHS)
    slots = recurrence.days(series.rule, series.starts_on, series.starts_on, last)
    rounds = [_round_of(book, dialogue) for dialogue in dialogues]
    for one, dialogue in zip(rounds, dialogues, strict=True):
        if dialogue.trigger is Trigger.REGULAR and dialogue.state is not DialogueState.CANCELLED:
            slots = _take_slot(one, series, slots, days)
    planned = [_planned(book, series, day) for day in slots if day > days.today]
    asked = _requests(book, rounds)
    db.session.add_all([*rounds, *planned])
    db.session.flush()
    _link_questions(book, asked)
    return len(rounds) + len(planned) + 1


def _series(book: Book) -> Series:
    created_at = book.days.office(book.days.past_before(book.days.today - timedelta(days=735)))
    series = Series(
        commune_id=book.commune_id,
        title=TITLE,
        rule=RULE,
        starts_on=book.days.on(created_at),
        starts=time(7, 30),
        ends=time(11, 30),
        place=HALL,
        address=ADDRESS,
        chair=book.staff("ha.ttt@minh-tam.example"),
        created_at=created_at,
        topic_rows=[
            SeriesTopic(field=field, position=place)
            for place, field in enumerate((Field.LAND, Field.ROADS, Field.ENVIRONMENT, Field.PROCEDURES))
        ],
    )
    db.session.add(series)
    book.tell(created_at, book.clerk, series, "created", RULE)
    return series


def _round_of(book: Book, dialogue: Dialogue) -> Round:
    one = Round(
        commune_id=book.commune_id,
        uid=book.uid("round"),
        state=RoundState.OPENED,
        trigger=dialogue.trigger,
        trigger_reason=dialogue.trigger_reason if dialogue.trigger is Trigger.NECESSITY else "",
        decided_by=DECIDED_BY if dialogue.trigger is Trigger.NECESSITY else "",
        title=dialogue.title,
        starts_at=dialogue.starts_at,
        ends_at=dialogue.ends_at,
        place=dialogue.place,
        address=dialogue.address,
        chair=dialogue.chair,
        results=RESULTS if dialogue.state is DialogueState.PUBLISHED else "",
        created_at=dialogue.created_at,
        changed_at=dialogue.created_at,
        topic_rows=[RoundTopic(field=row.field, position=row.position) for row in dialogue.topic_rows],
        dialogues=[dialogue],
    )
    book.tell(dialogue.created_at, book.clerk, one, "round_opened", dialogue.code)
    return one


def _take_slot(one: Round, series: Series, slots: list[date], days: Days) -> list[date]:
    """Count a regular dialogue for the day of the series that it stands nearest to; the days that are left."""
    on = days.on(one.starts_at)
    near = min(slots, key=lambda day: abs((day - on).days), default=None)
    if near is None or abs((near - on).days) > NEAR:
        return slots
    one.series, one.slot_on, one.is_moved = series, near, near != on
    return [day for day in slots if day != near]


def _planned(book: Book, series: Series, day: date) -> Round:
    at = book.days.office(book.days.last_working)
    return Round(
        commune_id=book.commune_id,
        series=series,
        slot_on=day,
        uid=book.uid("round"),
        title=series.title,
        starts_at=book.days.at_hour(day, "07:30"),
        ends_at=book.days.at_hour(day, "11:30"),
        place=series.place,
        address=series.address,
        chair=series.chair,
        created_at=at,
        changed_at=at,
    )


def _requests(book: Book, rounds: list[Round]) -> Round:
    """The request that led to the dialogue about land certificates, and one for which a round is planned."""
    voters, today = book.people.commune.voters or 0, book.days.today
    enough = -(-voters // 10)
    old = next(one for one in rounds if one.trigger is Trigger.VOTER_REQUEST)
    old_on = book.days.on(old.starts_at) - timedelta(days=24)
    _request(
        book, old_on, "Giấy chứng nhận cấp chậm, nhiều hộ chờ hơn một năm.", enough + 61, enough + 18,
        old_on + timedelta(days=30), old,
    )  # fmt: skip
    day = working_after(today + timedelta(days=24))
    received_on = book.days.past_before(today - timedelta(days=12))
    at = book.days.office(book.days.past_before(today - timedelta(days=4)))
    one = Round(
        commune_id=book.commune_id,
        uid=book.uid("round"),
        trigger=Trigger.VOTER_REQUEST,
        title="Đối thoại theo yêu cầu của cử tri về bãi rác tạm và nước thải ở thôn Bãi",
        starts_at=book.days.at_hour(day, "07:30"),
        ends_at=book.days.at_hour(day, "11:00"),
        place="Nhà văn hóa thôn Bãi",
        address="Thôn Bãi, xã Minh Tâm, tỉnh Sơn Khê",
        chair=book.staff("ha.ttt@minh-tam.example"),
        created_at=at,
        changed_at=at,
        topic_rows=[
            RoundTopic(field=field, position=place) for place, field in enumerate((Field.ENVIRONMENT, Field.WATER))
        ],
        papers=[
            RoundPaper(
                commune_id=book.commune_id,
                title="Kế hoạch đợt đối thoại",
                text="Một buổi tại thôn Bãi; Phòng Kinh tế báo cáo về bãi rác trước khi Nhân dân phát biểu.",
                added_at=at,
            )
        ],
    )
    book.tell(at, book.clerk, one, "created")
    _request(
        book, received_on, "Bãi rác tạm đầu thôn Bãi bốc mùi, nước thải chảy ra mương; đề nghị đối thoại.",
        enough + 55, enough + 14, received_on + timedelta(days=45), one,
    )  # fmt: skip
    db.session.add(one)
    return one


def _request(
    book: Book, received_on: date, about: str, signatures: int, valid: int, deadline_on: date, one: Round
) -> None:
    created_at = book.days.early(received_on)
    request = VoterRequest(
        commune_id=book.commune_id,
        received_on=received_on,
        about=about,
        voters=book.people.commune.voters or 0,
        signatures=signatures,
        valid_signatures=valid,
        deadline_on=deadline_on,
        state=RequestState.ACCEPTED,
        round=one,
        created_at=created_at,
    )
    db.session.add(request)
    book.tell(created_at, book.clerk, request, "created")
    decided_at = book.days.office(book.days.past(received_on + timedelta(days=3)), after=created_at)
    book.tell(decided_at, book.clerk, request, "request_accepted")


def _link_questions(book: Book, one: Round) -> None:
    """Two published questions about waste made the planned round necessary."""
    found = db.session.scalars(
        sa.select(Question.id)
        .where(Question.commune_id == book.commune_id, Question.state == QuestionState.PUBLISHED)
        .where(Question.field == Field.ENVIRONMENT)
        .order_by(Question.id.desc())
        .limit(2)
    )
    db.session.add_all([RoundQuestion(round_id=one.id, question_id=id_) for id_ in found])
