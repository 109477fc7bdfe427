"""When a person leaves: everything open goes to a successor in one step, on record."""

from datetime import date

import pytest

from dialogues.followup.models import Commitment
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
from dialogues.post.models import Message
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.staff.models import Staff, TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_answer, make_commitment, make_dialogue, make_extension, make_question, make_staff


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


@pytest.fixture
def office(head, sign_in):
    staff = make_staff(Role.OFFICE, commune=head.commune)
    sign_in(staff)
    return staff


@pytest.fixture
def successor(worker):
    return make_staff(Role.DEPARTMENT, commune=worker.commune, name="Lò Thị Kế")


def url(person):
    return f"/office/accounts/{person.id}/hand-over"


def give(client, person, successor):
    return client.get(url(person)).form("hand-over-form").fill(successor_id=str(successor.id)).submit().follow()


def test_everything_open_goes_to_the_successor_in_one_step(client, office, worker, promise, session):
    successor = make_staff(Role.DEPARTMENT, commune=worker.commune)
    below = make_staff(Role.DEPARTMENT, commune=worker.commune, superior_id=worker.id)
    kept = make_commitment(responsible=worker, state=CommitmentState.CONFIRMED)
    path = f"/office/accounts/{worker.id}/hand-over"
    client.get(path).form("hand-over-form").fill(successor_id=str(successor.id)).submit().follow()
    client.post(path, {"successor_id": str(successor.id)}).follow()
    session.expire_all()
    found = session.get(Commitment, promise.id)
    assert (found.responsible_id, found.first_due_on, found.sequence) == (successor.id, date(2026, 12, 1), 1)
    (entry,) = found.entries
    assert (entry.kind, worker.name in entry.text, successor.name in entry.text) == (EntryKind.HANDED_OVER, True, True)
    assert session.get(Commitment, kept.id).responsible_id == worker.id
    assert session.get(type(below), below.id).superior_id == successor.id
    (letter,) = session.query(Message).filter_by(recipient=successor.email).all()
    assert "1 cam kết" in letter.text


@pytest.mark.parametrize("who", ["", "self", "closed", "village"])
def test_a_successor_who_cannot_is_refused(client, office, worker, promise, session, who):
    others = {
        "self": worker,
        "closed": make_staff(Role.DEPARTMENT, commune=worker.commune, is_active=False),
        "village": make_staff(Role.OVERSEER, commune=worker.commune),
    }
    chosen = str(others[who].id) if who else ""
    assert client.post(f"/office/accounts/{worker.id}/hand-over", {"successor_id": chosen}, status=422).errors
    session.expire_all()
    assert session.get(Commitment, promise.id).responsible_id == worker.id


def test_an_account_with_promises_is_not_closed_before_they_are_handed_over(client, sign_in, worker, promise, session):
    sign_in(make_staff(Role.ADMIN, commune=worker.commune))
    assert f"/office/accounts/{worker.id}/hand-over" in client.get(f"/office/accounts/{worker.id}/close").source
    page = client.post(f"/office/accounts/{worker.id}/close").follow()
    assert "bàn giao" in page.text.lower()
    session.expire_all()
    assert session.get(type(worker), worker.id).is_active


def test_residents_read_who_had_it_and_who_has_it(client, office, worker, successor, promise):
    give(client, worker, successor)
    page = client.get(f"/minh-tam/commitments/{promise.id}").text
    assert f"{worker.name} ({worker.post}) → Lò Thị Kế ({successor.post})" in page


def test_the_second_press_says_that_nothing_is_left(client, office, worker, successor, promise, session):
    give(client, worker, successor)
    again = client.post(url(worker), {"successor_id": str(successor.id)}).follow()
    assert "bàn giao trước đó" in again.notice
    session.expire_all()
    assert len(session.get(Commitment, promise.id).entries) == 1
    assert session.query(Message).filter_by(recipient=successor.email).count() == 1
    assert session.query(TrailEntry).filter_by(thing="staff", action="handed_over").count() == 1


def test_questions_without_a_final_answer_go_along(client, office, worker, successor, session):
    def question(**more):
        return make_question(state=QuestionState.PUBLISHED, **more)

    mine = {"assigned_staff_id": worker.id}
    waiting, drafted, noted, later, done = (question(**mine) for _ in range(5))
    make_answer(drafted, published_at=None)
    make_answer(noted, outcome=Outcome.NOTED)
    make_answer(later, outcome=Outcome.IN_WRITING, due_on=date(2026, 12, 1))
    make_answer(done)
    promised = question()
    make_answer(promised, outcome=Outcome.IN_WRITING, due_on=date(2026, 12, 1), answered_by=worker)
    elsewhere = question(assigned_staff_id=office.id)
    make_answer(elsewhere, outcome=Outcome.IN_WRITING, due_on=date(2026, 12, 1), answered_by=worker)
    give(client, worker, successor)
    session.expire_all()
    got = {
        one.id: session.get(Question, one.id).assigned_staff_id for one in (waiting, drafted, noted, later, promised)
    }
    assert set(got.values()) == {successor.id}
    assert session.get(Question, done.id).assigned_staff_id == worker.id
    assert session.get(Question, elsewhere.id).assigned_staff_id == office.id


def test_decisions_that_wait_go_to_the_successor_of_the_superior(client, sign_in, office, head, successor, promise):
    make_extension(promise)
    above = make_staff(Role.LEADER, commune=head.commune)
    give(client, head, above)
    sign_in(above)
    assert client.get("/office/extensions").select("#mine li")


def test_no_circle_comes_when_somebody_from_below_moves_up(client, office, head, worker, session):
    between = make_staff(Role.DEPARTMENT, commune=head.commune, superior_id=worker.id)
    below = make_staff(Role.DEPARTMENT, commune=head.commune, superior_id=between.id, deputy_id=worker.id)
    give(client, worker, below)
    session.expire_all()
    above = {one.id: session.get(Staff, one.id).superior_id for one in (between, below)}
    assert above == {between.id: below.id, below.id: head.id}
    assert session.get(Staff, below.id).deputy_id is None


def test_dialogues_to_come_are_named_and_stay(client, office, worker, promise):
    make_dialogue(commune=worker.commune, secretary=worker)
    assert "1 buổi đối thoại sắp tới" in client.get(url(worker)).text


def test_the_administrator_comes_from_the_account_and_back(client, sign_in, worker, successor, promise):
    sign_in(make_staff(Role.ADMIN, commune=worker.commune))
    account = f"/office/accounts/{worker.id}"
    assert url(worker) in client.get(account).source
    page = client.get(url(worker))
    assert page.select(f'a.back[href="{account}"]')
    assert "/office/commitments/" not in page.source
    give(client, worker, successor)
    client.post(f"{account}/close").follow()
    assert url(worker) in client.get(account).source  # a closed account still says where to look


@pytest.mark.parametrize("role", [Role.LEADER, Role.DEPARTMENT, Role.OVERSEER, Role.VILLAGE_HEAD])
def test_nobody_else_hands_over(client, sign_in, worker, role):
    sign_in(make_staff(role, commune=worker.commune))
    client.get(url(worker), status=403)
    client.post(url(worker), {"successor_id": "1"}, status=403)
