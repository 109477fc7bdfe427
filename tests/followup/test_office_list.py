"""The office's list: promises, and what an answer left open, each with its own clock."""

from datetime import date

import pytest

from dialogues.followup.models import CommitmentSupport
from dialogues.followup.rules import CommitmentKind, CommitmentState, Outcome
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
    save,
)

LIST = "/office/commitments"
OUT, C = Outcome, CommitmentState


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


@pytest.fixture
def office(app, now, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def left_open(outcome, **more):
    """An answer with words that its row can be known by."""
    question = make_question(state=QuestionState.PUBLISHED)
    more.setdefault("escalated_to", "UBND tỉnh" if outcome is OUT.ESCALATED else "")
    return make_answer(question, outcome=outcome, **more)


def words(answer):
    return answer.question.public_text


def test_matters_stand_between_what_is_at_work_and_what_is_done(client, office):
    noted = left_open(OUT.NOTED, answered_on=date(2026, 11, 1))
    up = left_open(OUT.ESCALATED, answered_on=date(2026, 10, 1))
    late = left_open(OUT.IN_WRITING, due_on=date(2026, 11, 10))
    coming = left_open(OUT.IN_WRITING, due_on=date(2026, 12, 10))
    answer = make_answer()
    soon = make_commitment(answer, due_on=date(2026, 11, 25))
    overdue = make_commitment(answer, due_on=date(2026, 11, 1))
    done = make_commitment(answer, state=C.CONFIRMED)
    withdrawn = make_commitment(answer, state=C.WITHDRAWN, due_on=date(2026, 10, 1))
    page = client.get(LIST)
    assert page.texts("tbody th a") == [
        overdue.result, words(late), soon.result, words(coming), words(up), words(noted), done.result,
        withdrawn.result,
    ]  # fmt: skip
    rows = {row.select_one("th a").get_text(): row.get_text(" ", strip=True) for row in page.select("tbody tr")}
    assert "UBND tỉnh" in rows[words(up)]
    assert "chờ từ 01/10/2026" in rows[words(up)]
    assert "50 ngày" in rows[words(up)]
    assert "ghi nhận" in rows[words(noted)]
    assert "10 ngày" in rows[words(late)]


def test_what_was_answered_later_or_is_a_draft_does_not_wait(client, office):
    left_open(OUT.IN_WRITING, due_on=date(2026, 11, 10), final_text="Đây.", final_on=date(2026, 11, 9))
    left_open(OUT.NOTED, published_at=None)
    left_open(OUT.ESCALATED, published_at=None)
    make_answer()
    assert not client.get(LIST).select("tbody tr")


def test_a_matter_passed_up_while_the_question_waits_is_listed_without_its_words(client, office):
    question = make_question(state=QuestionState.WAITING)
    values = {"version": question.version, "body": "UBND tỉnh", "on": "2026-11-20", "note": ""}
    client.post(f"/office/questions/{question.id}/escalate", values)
    page = client.get(LIST)
    assert "UBND tỉnh" in page.main
    assert question.text not in page.main


@pytest.mark.parametrize(
    ("outcome", "kind", "state", "stands"),
    [
        (OUT.ESCALATED, CommitmentKind.PASS_UP, C.OPEN, True),
        (OUT.ESCALATED, CommitmentKind.PASS_UP, C.CONFIRMED, False),  # reported back, and no word from above
        (OUT.ESCALATED, CommitmentKind.DO, C.OPEN, False),
        (OUT.IN_WRITING, CommitmentKind.ANSWER_IN_WRITING, C.IN_PROGRESS, True),
        (OUT.IN_WRITING, CommitmentKind.ANSWER_IN_WRITING, C.WITHDRAWN, False),
        (OUT.NOTED, CommitmentKind.DO, C.OPEN, True),
        (OUT.NOTED, CommitmentKind.DO, C.CONFIRMED, True),
        (OUT.NOTED, CommitmentKind.DO, C.WITHDRAWN, False),
    ],
)
def test_a_matter_is_not_listed_twice_beside_its_promise(client, office, outcome, kind, state, stands):
    answer = left_open(outcome, due_on=date(2026, 12, 1) if outcome is OUT.IN_WRITING else None)
    promise = make_commitment(answer, kind=kind, state=state)
    shown = client.get(LIST).texts("tbody th a")
    assert promise.result in shown
    assert (words(answer) not in shown) is stands


def test_filters_narrow_both(client, office):
    unit, helps = make_unit(), make_unit()
    old = left_open(OUT.NOTED, answered_on=date(2025, 3, 1))
    up = left_open(OUT.ESCALATED)
    up.question.assigned_unit_id = unit.id
    written = left_open(OUT.IN_WRITING, due_on=date(2026, 11, 10), answered_by=office)
    answer = make_answer()
    promise = make_commitment(answer, kind=CommitmentKind.PASS_UP, responsible=make_staff(unit=unit))
    helped = make_commitment(answer, promised_on=date(2025, 5, 1))
    save(CommitmentSupport(commitment_id=helped.id, unit_id=helps.id))
    gone = make_commitment(answer, state=C.WITHDRAWN)

    def shown(query):
        return set(client.get(f"{LIST}?{query}").texts("tbody th a"))

    assert shown("kind=open_matters") == {words(old), words(up), words(written)}
    assert shown("kind=noted") == {words(old)}
    assert shown("kind=escalated") == {words(up)}
    assert shown("kind=in_writing") == {words(written)}
    assert shown("kind=pass_up") == {promise.result}
    assert shown("state=overdue") == {words(written)}
    assert shown("state=withdrawn") == {gone.result}
    assert shown(f"unit={unit.id}") == {words(up), promise.result}
    assert shown(f"unit={helps.id}") == {helped.result}
    assert shown("year=2025") == {words(old), helped.result}
    assert shown(f"responsible={office.id}") == {words(written)}
    assert shown("year=2025&kind=noted&state=withdrawn") == set()
    everything = {words(old), words(up), words(written), promise.result, helped.result, gone.result}
    for nonsense in ("kind=x", "year=abc", "unit=0", "unit=%00", "year=99999"):
        assert shown(nonsense) == everything


def test_another_commune_and_long_lists(client, office, queries):
    foreign = make_question(make_dialogue(commune=make_commune()), state=QuestionState.PUBLISHED)
    make_answer(foreign, outcome=OUT.NOTED)
    make_commitment()
    left_open(OUT.NOTED)
    with queries() as few:
        assert len(client.get(LIST).select("tbody tr")) == 2
    for _ in range(20):
        left_open(OUT.NOTED)
        make_commitment(make_answer())
    with queries() as many:
        assert len(client.get(LIST).select("tbody tr")) == 30
    assert many.count == few.count <= 12
    assert len(client.get(f"{LIST}?page=2").select("tbody tr")) == 12


def test_my_work_says_since_when_a_matter_is_open_and_shows_what_the_unit_helps(client, sign_in, session):
    unit = make_unit()
    person = make_staff(Role.DEPARTMENT, unit=unit)
    noted = left_open(OUT.NOTED, answered_on=date(2026, 11, 2))
    noted.question.assigned_staff_id = person.id
    helped = make_commitment()
    save(CommitmentSupport(commitment_id=helped.id, unit_id=unit.id))
    sign_in(person)
    page = client.get("/office/work")
    assert "chờ từ 02/11/2026" in page.main
    assert helped.result in page.main
