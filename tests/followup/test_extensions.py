"""A later day: asked for by who is responsible, decided by who stands above, both days read by residents."""

from datetime import date

import pytest

from dialogues.askers.models import Word
from dialogues.extensions import db
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import CommitmentState, EntryKind, ExtensionState
from dialogues.post.models import Message
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.rules import Role
from tests.make import make_commitment, make_extension, make_staff

X = ExtensionState
WANTED = {"new_due_on": "2026-12-28", "reason": "Mưa lũ kéo dài."}


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


@pytest.fixture
def head(app, now):
    return make_staff(Role.LEADER, name="Chủ Tịch")


@pytest.fixture
def worker(head):
    return make_staff(Role.DEPARTMENT, commune=head.commune, superior_id=head.id)


@pytest.fixture
def promise(worker):
    return make_commitment(responsible=worker, due_on=date(2026, 12, 1))


def url(promise, act=""):
    return f"/office/commitments/{promise.id}" + (f"/{act}" if act else "")


def asked(session):
    session.expire_all()
    return session.query(ExtensionRequest).order_by(ExtensionRequest.id).all()


def test_who_is_responsible_asks_and_nothing_is_extended_yet(client, sign_in, worker, promise, session):
    sign_in(worker)
    page = client.get(url(promise))
    assert not page.select("#extend-form")
    page.form("ask-form").fill(**WANTED).submit().follow()
    (request,) = asked(session)
    assert (request.state, request.new_due_on, request.asked_by_id) == (X.ASKED, date(2026, 12, 28), worker.id)
    found = session.get(Commitment, promise.id)
    assert (found.due_on, found.sequence) == (date(2026, 12, 1), 0)
    assert [entry.kind for entry in found.entries] == [EntryKind.EXTENSION_ASKED]
    assert "Mưa lũ kéo dài." in client.get(url(promise)).text
    assert "Mưa lũ" not in client.get(f"/minh-tam/commitments/{promise.id}").text


def test_the_same_form_twice_is_one_request_and_another_day_must_wait(client, sign_in, worker, promise, session):
    sign_in(worker)
    for _ in range(2):
        client.post(url(promise, "ask-extension"), WANTED, status=303)
    client.post(url(promise, "ask-extension"), {**WANTED, "new_due_on": "2027-01-15"}, status=422)
    assert len(asked(session)) == 1


@pytest.mark.parametrize(
    "fields", [{"new_due_on": "2026-12-01"}, {"new_due_on": "2026-10-01"}, {"new_due_on": ""}, {"reason": " "}]
)
def test_a_day_that_cannot_be_is_refused_and_the_words_stay(client, sign_in, worker, promise, session, fields):
    sign_in(worker)
    page = client.post(url(promise, "ask-extension"), {**WANTED, **fields}, status=422)
    assert page.errors
    assert fields.get("reason") or "Mưa lũ kéo dài." in page.source
    assert asked(session) == []


def test_the_superior_grants_and_residents_read_both_days(client, sign_in, head, promise, session):
    request = make_extension(promise, new_due_on=date(2026, 12, 28))
    sign_in(head)
    assert "Mưa lũ" in client.get("/office/extensions").select("#mine")[0].text
    client.get(f"/office/extensions/{request.id}").form("grant-form").fill(note="Đúng là mưa nhiều.").submit().follow()
    session.expire_all()
    found = session.get(Commitment, promise.id)
    assert (found.due_on, found.first_due_on, found.sequence) == (date(2026, 12, 28), date(2026, 12, 1), 1)
    assert asked(session)[0].state is X.GRANTED
    page = client.get(f"/minh-tam/commitments/{promise.id}").text
    assert "Mưa lũ kéo dài." in page
    assert "01/12/2026" in page
    assert "28/12/2026" in page
    assert "Đúng là mưa nhiều." not in page
    assert session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_EXTENDED).count() == 1


def test_a_refusal_needs_a_reason_and_keeps_the_day(client, sign_in, head, promise, session):
    request = make_extension(promise)
    sign_in(head)
    path = f"/office/extensions/{request.id}"
    assert client.post(path, {"answer": "refuse", "note": ""}, status=422).errors
    client.post(path, {"answer": "refuse", "note": "Còn đủ thời gian."}).follow()
    session.expire_all()
    assert asked(session)[0].state is X.REFUSED
    assert session.get(Commitment, promise.id).due_on == date(2026, 12, 1)
    assert "Còn đủ thời gian." in client.get(f"/minh-tam/commitments/{promise.id}").text


def test_the_second_of_two_leaders_sees_what_was_decided(client, new_client, sign_in, head, promise, session):
    request = make_extension(promise)
    office = make_staff(Role.OFFICE, commune=head.commune)
    sign_in(head)
    other = new_client()
    sign_in(office, browser=other)
    path = f"/office/extensions/{request.id}"
    form = other.get(path).form("refuse-form").fill(note="Không.")
    client.post(path, {"answer": "grant"}).follow()
    page = form.submit(status=303).follow()
    assert "Đồng ý" in page.text
    assert asked(session)[0].state is X.GRANTED


def test_nobody_decides_on_the_own_day(client, sign_in, head, session):
    promise = make_commitment(responsible=head, due_on=date(2026, 12, 1))
    request = make_extension(promise)
    sign_in(head)
    path = f"/office/extensions/{request.id}"
    assert not client.get(path).select("#grant-form")
    client.post(path, {"answer": "grant"}).follow()
    assert asked(session)[0].state is X.ASKED
    client.post(url(promise, "extend"), {**WANTED, "version": promise.version}, status=422)
    sign_in(make_staff(Role.OFFICE, commune=head.commune))
    client.post(path, {"answer": "grant"}).follow()  # nobody stands above the head: the office writes it down
    assert asked(session)[0].state is X.GRANTED


def test_a_stranger_reads_but_does_not_decide(client, sign_in, head, worker, promise, session):
    request = make_extension(promise)
    for role in (Role.DEPARTMENT, Role.LEADER):
        sign_in(make_staff(role, commune=head.commune))
        page = client.post(f"/office/extensions/{request.id}", {"answer": "grant"}).follow()
        assert "quyết định việc gia hạn" in page.text
    assert asked(session)[0].state is X.ASKED


def test_the_deputy_decides_while_the_superior_is_away(client, sign_in, head, promise, session):
    deputy = make_staff(Role.LEADER, commune=head.commune)
    head.away_from, head.away_until, head.deputy_id = date(2026, 11, 18), date(2026, 11, 27), deputy.id
    request = make_extension(promise)
    db.session.commit()
    sign_in(deputy)
    assert client.get("/office/extensions").select("#mine")
    client.post(f"/office/extensions/{request.id}", {"answer": "grant"}).follow()
    assert asked(session)[0].decided_by_id == deputy.id


@pytest.mark.parametrize("state", [CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN])
def test_what_is_not_at_work_gets_no_later_day(client, sign_in, worker, promise, session, state):
    promise.state = state
    db.session.commit()
    sign_in(worker)
    assert not client.get(url(promise)).select("#ask-form")
    client.post(url(promise, "ask-extension"), WANTED, status=422)
    assert asked(session) == []


# -- the apology ------------------------------------------------------------------------------------------------------


@pytest.fixture
def office(head, sign_in):
    staff = make_staff(Role.OFFICE, commune=head.commune)
    sign_in(staff)
    return staff


def test_an_apology_is_read_changed_and_sent_with_a_second_press_once(client, office, promise, session):
    promise.due_on = promise.first_due_on = date(2026, 11, 18)
    session.commit()
    path = f"/office/askers/apology/{promise.id}"
    page = client.get(path)
    assert promise.shown in page.source
    form = page.form("apology-form").fill(text="Xã xin lỗi bà con vì chậm.")
    again = form.submit(status=200)
    assert session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_APOLOGY).count() == 0
    assert "1 người" in again.text
    again.form("apology-form").submit().follow()
    (word,) = session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_APOLOGY).all()
    assert "Xã xin lỗi bà con vì chậm." in word.text
    client.post(path, {"text": "Lần nữa.", "send": "now"}, status=422)
    assert session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_APOLOGY).count() == 1
    assert promise.shown in client.get(f"{path}/print").text


def test_no_apology_where_nothing_is_late(client, office, promise):
    page = client.get(f"/office/askers/apology/{promise.id}", status=303).follow()
    assert "quá hạn" in page.text


# -- handing over -----------------------------------------------------------------------------------------------------


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
