"""The story of a promise as residents read it, from the question to the day that is to come."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from dialogues.followup.models import CommitmentEntry, CommitmentStep
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.questions.models import Asker
from dialogues.questions.rules import QuestionState
from tests.make import make_answer, make_commitment, make_question, make_staff, make_village, save

LIST = "/minh-tam/commitments"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


@pytest.fixture
def promise():
    question = make_question(
        state=QuestionState.PUBLISHED, received_at=datetime(2026, 9, 1, 0, 30, tzinfo=ZONE), village=make_village()
    )
    answer = make_answer(question, answered_on=date(2026, 9, 8), answered_by=make_staff(name="Trịnh Thu Hà", post="CT"))
    return make_commitment(
        answer, promised_on=date(2026, 9, 8), first_due_on=date(2026, 10, 1), due_on=date(2026, 12, 1),
        state=CommitmentState.IN_PROGRESS,
    )  # fmt: skip


def entry(promise, kind, day, text="Thợ đã vào.", **more):
    at = datetime(2026, *day, 23, 30, tzinfo=ZONE)
    return save(
        CommitmentEntry(commune_id=promise.commune_id, commitment_id=promise.id, kind=kind, at=at, text=text, **more)
    )


def moments(client, promise):
    page = client.get(f"{LIST}/{promise.id}")
    lines = page.texts("#story .timeline > li")
    return page, lines


def test_it_goes_from_the_question_to_the_day_that_is_to_come(client, promise):
    entry(promise, EntryKind.PROGRESS, (9, 20))
    moved = {"old_due_on": date(2026, 10, 1), "new_due_on": date(2026, 12, 1)}
    entry(promise, EntryKind.EXTENSION, (9, 30), "Mưa suốt tháng.", **moved)
    entry(promise, EntryKind.EXTENSION_ASKED, (10, 2), "Xin thêm ngày.")
    page, lines = moments(client, promise)
    for line, (what, day) in zip(
        lines,
        [
            ("Bà con hỏi", "01/09/2026"), ("Được trả lời", "08/09/2026"),
            ("Hứa làm xong trước ngày 01/10/2026", "08/09"), ("Tiến độ", "20/09/2026"),
            ("Gia hạn từ 01/10/2026 đến 01/12/2026", "30/09"),
            ("Hạn phải xong", "01/12/2026"),
        ],
        strict=True,
    ):  # fmt: skip
        assert what in line
        assert day in line
    assert "Trịnh Thu Hà, CT" in lines[1]
    assert "Mưa suốt tháng." in lines[4]
    assert "Xin thêm ngày." not in page.source  # told when it is decided
    assert [bool("is-to-come" in li.get("class", [])) for li in page.select("#story li")] == [False] * 5 + [True]


def test_a_day_that_went_by_stands_in_its_place(client, promise, session):
    promise.due_on = promise.first_due_on = date(2026, 9, 25)
    session.commit()
    entry(promise, EntryKind.PROGRESS, (9, 20))
    entry(promise, EntryKind.PROGRESS, (9, 30), "Đang đổ đá.")
    page, lines = moments(client, promise)
    assert "Đến hạn, chưa xong" in lines[-2]
    assert "25/09/2026" in lines[-2]
    assert "Đang đổ đá." in lines[-1]
    assert not page.select(".is-to-come")


def test_two_lines_of_one_day_keep_their_order(client, promise):
    first, second = (entry(promise, EntryKind.PROGRESS, (9, 8), text) for text in ("Một", "Hai"))
    _page, lines = moments(client, promise)
    assert [line for line in lines if "Một" in line or "Hai" in line] == lines[3:5]
    assert first.text in lines[3]
    assert second.text in lines[4]


@pytest.mark.parametrize("state", [CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN])
def test_what_ended_has_nothing_to_come(client, promise, session, state):
    promise.state = state
    page, _lines = moments(client, promise)
    assert not page.select(".is-to-come")


def test_the_question_is_told_with_the_number_of_people_and_nobody_is_named(client, promise):
    for number in range(2):
        save(
            Asker(
                commune_id=promise.commune_id, question_id=promise.answer.question_id, code=f"AAAAAAAA{number:04}",
                joined_at=promise.created_at, name="Người Đi Cùng", is_supporter=True,
            )
        )  # fmt: skip
    page, lines = moments(client, promise)
    assert "3 người hỏi việc này" in page.main
    assert "3 người hỏi việc này" in lines[0]
    assert "Người Đi Cùng" not in page.source


def test_a_hidden_question_takes_its_part_of_the_story_along(client, promise, session):
    promise.answer.question.state = QuestionState.WITHDRAWN
    page, lines = moments(client, promise)
    assert "Hứa làm xong" in lines[0]
    assert promise.answer.question.public_text not in page.source
    assert "Cam kết vẫn còn" in page.main or page.select("#question .muted")


def test_late_days_both_dates_and_the_number_of_extensions(client, promise, session):
    promise.due_on = date(2026, 11, 10)
    for _ in range(2):
        entry(promise, EntryKind.EXTENSION, (10, 1))
    page, _lines = moments(client, promise)
    assert "Quá hạn 10 ngày" in page.main or "10 ngày" in page.main
    assert "Đã gia hạn 2 lần. Hạn đầu tiên là ngày 01/10/2026." in page.main


def test_a_day_of_the_commune_is_not_that_of_utc(client, promise):
    entry(promise, EntryKind.PROGRESS, (9, 21))  # 23:30 on the wall
    _page, lines = moments(client, promise)
    assert "21/09/2026" in lines[3]


def test_many_entries_cost_the_same(client, promise, queries):
    with queries() as few:
        client.get(f"{LIST}/{promise.id}?a=1")
    for day in range(1, 20):
        entry(promise, EntryKind.PROGRESS, (10, day), author_id=make_staff().id)
        save(
            CommitmentStep(
                commune_id=promise.commune_id, commitment_id=promise.id, text="Bước", due_on=date(2026, 11, day),
            )
        )  # fmt: skip
    with queries() as many:
        client.get(f"{LIST}/{promise.id}?a=2")
    assert many.count == few.count
