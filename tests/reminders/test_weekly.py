"""The weekly letter to leaders: Monday morning, once, only with something to say, only to who wants it."""

from datetime import timedelta

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.post import service as post
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.reminders import weekly
from dialogues.staff.rules import Role
from tests.make import make_commitment, make_commune, make_dialogue, make_staff, wall

MONDAY = "2026-11-23"


@pytest.fixture
def leader(app, at):
    at(f"{MONDAY} 06:59")
    make_commune(head_name="Lương Quốc Vinh")
    make_staff(Role.LEADER, name="Lương Quốc Vinh", wants_weekly=False)
    staff = make_staff(Role.LEADER, name="Trịnh Thị Thu Hà")
    make_commitment(responsible=staff, due_on=clock.today() - timedelta(days=4), result="Đường thôn Đồng hết ổ gà.")
    return staff


def offered():
    return [letter for _commune, letter in weekly.due(clock.now())]


def write():
    for commune, letter in weekly.due(clock.now()):
        post.put(commune=commune, letter=letter)
    db.session.commit()


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("2026-11-22 10:00", 0),
        ("2026-11-23 06:59", 0),
        ("2026-11-23 07:00", 1),
        ("2026-11-24 23:00", 1),
        ("2026-11-25 07:00", 0),
    ],
)
def test_it_is_offered_from_monday_seven_for_two_days(leader, at, moment, number):
    at(moment)
    assert len(offered()) == number


def test_it_says_the_numbers_of_the_start_page_in_words(leader, at):
    make_dialogue(title="Đối thoại cuối năm", starts_at=wall(3))
    their = make_staff(Role.DEPARTMENT, superior_id=leader.id, name="Đinh Thị Lệ")
    make_commitment(responsible=their, due_on=clock.today() - timedelta(days=9), result="Bốn bóng đèn sáng.")
    at(f"{MONDAY} 07:00")
    (letter,) = offered()
    assert letter.subject == "Tuần từ 23/11/2026: 2 cam kết quá hạn"
    said = ("Trịnh Thị Thu Hà", "Đường thôn Đồng hết ổ gà.", "4 ngày", "Bốn bóng đèn sáng.", "Đinh Thị Lệ", "cuối năm")
    for words in said:
        assert words in letter.text, words
    assert "http://localhost/office/leading" in letter.text


def test_each_week_brings_one_letter_however_often_the_worker_asks(leader, at):
    at(f"{MONDAY} 07:00")
    write()
    at(f"{MONDAY} 07:30")
    assert offered() == []
    write()
    at("2026-11-30 07:00")
    write()
    assert db.session.query(Message).filter_by(kind=Kind.LEADER_WEEKLY).count() == 2


@pytest.mark.parametrize("change", ["off", "closed", "no password", "no role"])
def test_who_gets_none(leader, at, change):
    at(f"{MONDAY} 07:00")
    if change == "off":
        leader.wants_weekly = False
    elif change == "closed":
        leader.is_active = False
    elif change == "no password":
        leader.password_hash = ""
    elif change == "no role":
        leader.role_rows[0].role = Role.DEPARTMENT
    db.session.commit()
    assert offered() == []


def test_a_leader_of_whom_there_is_nothing_to_say_gets_none(leader, at):
    make_staff(Role.LEADER)
    at(f"{MONDAY} 07:00")
    assert [letter.recipient for letter in offered()] == [leader.email]


def test_a_letter_is_checked_again_when_it_goes_out(leader, at):
    at(f"{MONDAY} 07:00")
    write()
    (message,) = db.session.query(Message).filter_by(kind=Kind.LEADER_WEEKLY)
    assert post.CHECKS[message.kind](message) is None
    leader.wants_weekly = False
    assert post.CHECKS[message.kind](message)
    leader.wants_weekly = True
    at("2026-11-25 08:00")
    assert post.CHECKS[message.kind](message)


def test_the_worker_asks_for_them(app):
    assert post.REMINDERS["weekly summaries"] is weekly.due


def test_who_has_a_letter_costs_no_further_statements(leader, at, queries):
    at(f"{MONDAY} 07:00")
    write()
    with queries() as seen:
        offered()
    for _ in range(3):
        make_commitment(responsible=leader, due_on=clock.today() - timedelta(days=2))
    with queries() as again:
        offered()
    assert seen.count == again.count <= 2
