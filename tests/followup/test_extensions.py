"""A later day: asked for by who is responsible, decided by who stands above, both days read by residents."""

from datetime import date

import pytest

from dialogues.askers.models import Word
from dialogues.extensions import db
from dialogues.followup.models import Commitment, ExtensionRequest
from dialogues.followup.rules import CommitmentState, EntryKind, ExtensionState
from dialogues.post.models import Message
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import make_commitment, make_extension, make_holiday, make_staff

X = ExtensionState
WANTED = {"new_due_on": "2026-12-28", "reason": "Mưa lũ kéo dài."}


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


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


@pytest.mark.parametrize("state", [CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN])
def test_what_is_settled_gets_no_later_day(client, sign_in, worker, head, promise, session, state):
    request = make_extension(promise)
    session.get(Commitment, promise.id).state = state
    session.commit()
    sign_in(worker)
    asking = client.post(url(promise, "ask-extension"), {**WANTED, "new_due_on": "2027-01-15"}, status=422)
    assert asking.errors
    assert "Mưa lũ kéo dài." in asking.source
    sign_in(head)
    granting = client.post(f"/office/extensions/{request.id}", {"answer": "grant", "note": ""}, status=None)
    assert granting.status in (303, 422)
    session.expire_all()
    assert session.get(Commitment, promise.id).due_on == date(2026, 12, 1)
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
    page = form.submit(status=422)
    assert "Đã có người quyết định việc này." in page.main
    assert page.texts("#wrote .prose") == ["Không."]
    assert "Đồng ý" in form.fill(note="").submit(status=303).follow().main
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


# -- what the office writes down --------------------------------------------------------------------------------------


def test_the_office_writes_down_who_decided_and_residents_read_that_name(client, sign_in, head, promise, session):
    request = make_extension(promise)
    office = make_staff(Role.OFFICE, commune=head.commune, name="Văn Thư")
    sign_in(office)
    path = f"/office/extensions/{request.id}"
    assert client.post(path, {"answer": "grant"}, status=422).select("#grant-decided_by_id-error")
    assert client.post(path, {"answer": "grant", "decided_by_id": str(office.id)}, status=422).errors
    assert asked(session)[0].state is X.ASKED
    form = client.get(path).form("grant-form")
    assert form["decided_by_id"] == str(head.id)  # the superior is chosen until somebody else is
    form.submit().follow()
    assert asked(session)[0].decided_by_id == head.id
    page = client.get(f"/minh-tam/commitments/{promise.id}").text
    assert "Chủ Tịch" in page
    assert "Văn Thư" not in page
    (line,) = session.query(TrailEntry).filter_by(action="extended").all()
    assert (line.staff_id, "Chủ Tịch" in line.note) == (office.id, True)


def test_who_asked_is_not_named_as_who_decided(client, sign_in, head, promise, session):
    request = make_extension(promise, asked_by_id=head.id)
    sign_in(make_staff(Role.OFFICE, commune=head.commune))
    values = {"answer": "grant", "decided_by_id": str(head.id)}
    assert client.post(f"/office/extensions/{request.id}", values, status=422).select("#grant-decided_by_id-error")
    assert asked(session)[0].state is X.ASKED


def test_a_day_given_at_once_settles_what_waits_and_names_who_decided(client, sign_in, head, promise, session):
    make_extension(promise)
    sign_in(make_staff(Role.OFFICE, commune=head.commune))
    client.get(url(promise)).form("extend-form").fill(new_due_on="2027-01-15", reason="Lũ.").submit().follow()
    (request,) = asked(session)
    assert (request.state, request.decided_by_id) == (X.GRANTED, head.id)
    found = session.get(Commitment, promise.id)
    assert (found.due_on, found.entries[-1].author_id) == (date(2027, 1, 15), head.id)


# -- days -------------------------------------------------------------------------------------------------------------


def test_it_is_late_while_the_word_waits_and_may_still_be_granted(client, sign_in, head, promise, at, session):
    make_extension(promise, new_due_on=date(2026, 12, 28))
    at("2026-12-03 09:00")
    assert "Quá hạn" in client.get(f"/minh-tam/commitments/{promise.id}").text
    sign_in(head)
    client.post(f"/office/extensions/{asked(session)[0].id}", {"answer": "grant"}).follow()
    assert "Quá hạn" not in client.get(f"/minh-tam/commitments/{promise.id}").select("#facts")[0].text


@pytest.mark.parametrize("due_on", [date(2026, 12, 31), date(2027, 1, 31)])
def test_a_day_that_came_meanwhile_or_passed_is_not_granted(client, sign_in, head, promise, at, session, due_on):
    request = make_extension(promise, new_due_on=date(2026, 12, 31))
    promise.due_on = due_on
    session.commit()
    sign_in(head)
    client.post(f"/office/extensions/{request.id}", {"answer": "grant"}, status=422)
    at("2027-01-02 09:00")
    sign_in(head)
    client.post(f"/office/extensions/{request.id}", {"answer": "grant"}, status=422)
    assert asked(session)[0].state is X.ASKED
    assert session.get(Commitment, promise.id).due_on == due_on


def test_a_day_off_is_said_and_allowed(client, sign_in, worker, head, promise, session):
    make_holiday(head.commune, on_day=date(2026, 12, 28), name="Ngày hội xã")
    sign_in(worker)
    page = client.get(url(promise)).form("ask-form").fill(**WANTED).submit().follow()
    assert "29/12/2026" in page.notice
    sign_in(head)
    assert "29/12/2026" in client.get(f"/office/extensions/{asked(session)[0].id}").text


# -- who hears of it --------------------------------------------------------------------------------------------------


def test_my_work_says_how_many_wait_and_who_asked_hears_the_decision(client, sign_in, head, worker, promise, session):
    request = make_extension(promise)
    sign_in(head)
    assert "1 đề nghị gia hạn" in client.get("/office/work").select("#later-days")[0].text
    client.post(f"/office/extensions/{request.id}", {"answer": "refuse", "note": "Còn kịp."}).follow()
    assert not client.get("/office/work").select("#later-days")
    (letter,) = session.query(Message).filter_by(recipient=worker.email).all()
    assert "01/12/2026" in letter.subject
    assert "Còn kịp." in letter.text


def test_each_promise_of_an_answer_tells_of_its_own_later_day(client, sign_in, head, worker, promise, session):
    other = make_commitment(promise.answer, responsible=worker, due_on=date(2026, 12, 1))
    sign_in(head)
    for one in (promise, other):
        values = {"new_due_on": "2027-01-15", "reason": "Mưa.", "version": one.version}
        client.post(url(one, "extend"), values).follow()
    told = [word.text for word in session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_EXTENDED)]
    assert len(told) == 2
    assert [sum(one.shown in text for text in told) for one in (promise, other)] == [1, 1]


def test_the_list_costs_the_same_however_many(client, sign_in, head, worker, queries):
    sign_in(head)
    seen = []
    for _ in range(2):
        for _ in range(4):
            make_extension(make_commitment(responsible=make_staff(Role.DEPARTMENT, superior_id=head.id)))
        with queries() as found:
            assert client.get("/office/extensions").select("#mine li")
        seen.append(found.count)
    assert seen[0] == seen[1] <= 9
