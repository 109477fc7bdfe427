"""My work: mine and my unit's, oldest and overdue first, and nothing of others."""

from datetime import date, timedelta

import pytest

from dialogues import clock
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.questions.rules import QuestionState
from dialogues.staff.rules import Role
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_unit,
)

PUBLISHED = QuestionState.PUBLISHED
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


@pytest.fixture
def member(now, sign_in):
    staff = make_staff(Role.DEPARTMENT, unit=make_unit())
    sign_in(staff)
    return staff


def ago(days):
    return clock.now() - timedelta(days=days)


def in_section(page, name):
    return page.texts(f"#{name} .card h3")


def test_questions_of_mine_and_my_unit_oldest_first(client, member):
    young = make_question(assigned_staff_id=member.id, received_at=ago(1), text="Mới hỏi")
    old = make_question(state=PUBLISHED, assigned_unit_id=member.unit_id, received_at=ago(30), text="Hỏi lâu rồi")
    noted = make_question(state=PUBLISHED, assigned_unit_id=member.unit_id, received_at=ago(9), text="Mới ghi nhận")
    make_answer(noted, outcome=Outcome.NOTED)
    answered = make_question(state=PUBLISHED, assigned_unit_id=member.unit_id, text="Đã trả lời")
    make_answer(answered)
    make_question(state=PUBLISHED, assigned_unit_id=make_unit().id, text="Của phòng khác")
    make_question(state=QuestionState.WITHDRAWN, assigned_unit_id=member.unit_id, text="Đã rút")
    page = client.get("/office/work")
    assert in_section(page, "to-answer") == [old.text, noted.text, young.text]
    assert f"/office/questions/{old.id}/answer" in page.links()


def test_promised_answers_by_their_day_until_they_are_given(client, member):
    def promised(due_on, **over):
        question = make_question(state=PUBLISHED, assigned_unit_id=member.unit_id)
        return make_answer(question, outcome=Outcome.IN_WRITING, due_on=due_on, **over)

    later, late = promised(date(2026, 12, 1)), promised(date(2026, 11, 1))
    promised(date(2026, 11, 2), final_on=date(2026, 11, 2), final_text="Xong")
    own = make_answer(outcome=Outcome.IN_WRITING, due_on=date(2026, 11, 25), answered_by_id=member.id)
    page = client.get("/office/work")
    assert in_section(page, "later-answers") == [a.question.text for a in (late, own, later)]


def test_commitments_overdue_first_then_those_to_be_confirmed(client, member):
    colleague = make_staff(Role.DEPARTMENT, unit_id=member.unit_id)
    soon = make_commitment(responsible=member, due_on=TODAY)
    late = make_commitment(responsible=colleague, due_on=date(2026, 11, 19))
    reported = make_commitment(responsible=member, state=CommitmentState.REPORTED_DONE)
    make_commitment(responsible=member, state=CommitmentState.CONFIRMED)
    make_commitment()
    page = client.get("/office/work")
    assert in_section(page, "overdue-and-due") == [late.result, soon.result]
    assert in_section(page, "reported") == [reported.result]


def test_people_without_unit_get_only_their_own(client, sign_in):
    leader = make_staff(Role.LEADER)
    sign_in(leader)
    make_commitment()
    make_question(state=PUBLISHED)
    own = make_commitment(responsible=leader)
    page = client.get("/office/work")
    assert page.texts(".card h3") == [own.result]


def test_office_sees_what_departments_wrote(client, sign_in):
    sign_in(make_staff(Role.OFFICE))
    draft = make_answer(published_at=None)
    later = make_answer(outcome=Outcome.IN_WRITING, due_on=TODAY, final_text="Đã đo xong.")
    move = make_answer(outcome=Outcome.MOVED_TO_COMPLAINT, published_at=None)
    make_answer(make_question(), published_at=None)
    make_answer()
    page = client.get("/office/work")
    assert sorted(in_section(page, "to-publish")) == sorted(a.question.text for a in (draft, later, move))


def test_department_does_not_see_the_drafts_of_others(client, member):
    make_answer(published_at=None)
    assert client.get("/office/work").select(".empty")


def test_another_commune_stays_apart(client, member):
    other = make_commune()
    question = make_question(make_dialogue(commune=other), state=PUBLISHED, assigned_unit_id=member.unit_id)
    make_commitment(make_answer(question), responsible=member)
    assert client.get("/office/work").select(".empty")


def test_it_costs_the_same_however_much_there_is(client, member, queries):
    def more():
        make_question(state=PUBLISHED, assigned_unit_id=member.unit_id)
        question = make_question(state=PUBLISHED, assigned_unit_id=member.unit_id)
        make_commitment(make_answer(question, outcome=Outcome.IN_WRITING, due_on=TODAY), responsible=member)

    more()
    with queries() as few:
        client.get("/office/work")
    for _ in range(6):
        more()
    with queries() as many:
        client.get("/office/work")
    assert many.count == few.count <= 10


def test_long_lists_are_cut_and_say_so(client, member):
    answer = make_answer()
    for _ in range(62):
        make_commitment(answer, responsible=member)
    page = client.get("/office/work?all=1")
    assert len(in_section(page, "overdue-and-due")) == 60
    assert "(62)" in page.main


def test_ten_of_a_list_stand_there_until_all_are_asked_for(client, member):
    for number in range(12):
        make_question(state=PUBLISHED, assigned_unit_id=member.unit_id, text=f"Câu hỏi số {number}")
    page = client.get("/office/work")
    assert len(page.select("#to-answer li")) == 10
    everything = client.get(page.one("#to-answer .btn[href*='all=1']")["href"])
    assert len(everything.select("#to-answer li")) == 12
    assert not everything.select("#to-answer .btn[href*='all=1']")
