"""Promises: made, extended, listed. Reported done with evidence: test_done; the second voice: tests/verdicts."""

from datetime import date

import pytest
import sqlalchemy as sa

from dialogues.followup.models import Commitment
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
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

TODAY = date(2026, 11, 20)  # a Friday
C = CommitmentState


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")


@pytest.fixture
def office(app, now, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def new_url(answer):
    return f"/office/questions/{answer.question_id}/commitments/new"


def url(commitment, act=""):
    return f"/office/commitments/{commitment.id}" + (f"/{act}" if act else "")


def fresh(session, commitment):
    session.expire_all()
    return session.get(Commitment, commitment.id)


# -- making -----------------------------------------------------------------------------------------------------------


def test_a_promise_has_a_person_a_result_and_a_day(client, office, session):
    answer, person = make_answer(), make_staff(Role.DEPARTMENT)
    form = client.get(new_url(answer)).form("commitment-form")
    form.fill(responsible_id=person.id, result="Đường hết ổ gà.", due_on="2026-12-01").submit().follow()
    made = session.scalars(sa.select(Commitment)).one()
    assert (made.responsible_id, made.due_on, made.first_due_on) == (person.id, date(2026, 12, 1), date(2026, 12, 1))
    assert (made.state, made.sequence, made.dialogue_id) == (C.OPEN, 0, answer.question.dialogue_id)
    assert made.uid.startswith("commitment-")
    assert made.uid.endswith("@localhost")


def test_the_page_tells_who_made_the_promise_and_when(client, office, session):
    answer, person = make_answer(), make_staff(Role.DEPARTMENT)
    form = client.get(new_url(answer)).form("commitment-form")
    form.fill(responsible_id=person.id, result="Đường hết ổ gà.", due_on="2026-12-01").submit().follow()
    made = session.scalars(sa.select(Commitment)).one()
    line = client.get(url(made)).soup.select(".timeline li")[-1].get_text(" ", strip=True)
    assert "Lập cam kết" in line
    assert office.name in line
    assert f"{person.name}, 01/12/2026" in line


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"responsible_id": ""}, "responsible_id"),
        ({"result": ""}, "result"),
        ({"result": " \n "}, "result"),
        ({"result": "x" * 2001}, "result"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": " "}, "due_on"),
        ({"due_on": "2026-11-19"}, "due_on"),
        ({"due_on": "2026-02-31"}, "due_on"),
        ({"due_on": "9999-12-31"}, "due_on"),
    ],
)
def test_it_cannot_be_saved_without_them(client, office, session, over, field):
    answer = make_answer()
    values = {"responsible_id": str(office.id), "result": "Đường hết ổ gà.", "due_on": "2026-11-20"}
    page = client.post(new_url(answer), {**values, **over}, status=422)
    assert page.select(f"#{field}-error")
    assert session.scalars(sa.select(Commitment)).all() == []
    client.post(new_url(answer), values)


def test_person_of_another_commune_or_with_a_closed_account_is_not_offered(client, office, session):
    answer = make_answer()
    for person, status in ((make_staff(commune=make_commune()), 404), (make_staff(is_active=False), 422)):
        values = {"responsible_id": str(person.id), "result": "Đường.", "due_on": "2026-12-01"}
        client.post(new_url(answer), values, status=status)
    assert session.scalars(sa.select(Commitment)).all() == []


def test_without_answer_the_way_leads_to_the_answer(client, office):
    question = make_question(state=QuestionState.PUBLISHED)
    page = client.get(f"/office/questions/{question.id}/commitments/new", status=303)
    assert page.location.endswith(f"/office/questions/{question.id}/answer")


def test_complaint_gets_no_commitment(client, office, session):
    answer = make_answer(outcome=Outcome.MOVED_TO_COMPLAINT, published_at=None)
    values = {"responsible_id": str(office.id), "result": "Đường.", "due_on": "2026-12-01"}
    client.post(new_url(answer), values, status=422)
    assert session.scalars(sa.select(Commitment)).all() == []


# -- the story --------------------------------------------------------------------------------------------------------


def test_first_progress_starts_the_work_and_calendars_hear_of_it_once(client, office, session):
    commitment = make_commitment()
    for text in ("Đã mua xi măng.", "Đã đổ xong 50 m."):
        client.get(url(commitment)).form("progress-form").fill(text=text).submit().follow()
    found = fresh(session, commitment)
    assert (found.state, found.sequence) == (C.IN_PROGRESS, 1)
    assert [entry.kind for entry in found.entries] == [EntryKind.PROGRESS] * 2


def test_extension_keeps_the_first_day_and_the_reason(client, office, session):
    commitment = make_commitment(due_on=date(2026, 11, 1))
    form = client.get(url(commitment)).form("extend-form")
    form.fill(new_due_on="2026-12-15", reason="Mưa suốt tháng.").submit().follow()
    found = fresh(session, commitment)
    assert (found.first_due_on, found.due_on, found.sequence) == (date(2026, 11, 1), date(2026, 12, 15), 1)
    entry = found.entries[0]
    assert (entry.old_due_on, entry.new_due_on, entry.text) == (
        date(2026, 11, 1),
        date(2026, 12, 15),
        "Mưa suốt tháng.",
    )
    page = client.get(url(commitment))
    assert "01/11/2026" in page.main
    assert "Mưa suốt tháng." in page.main


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"new_due_on": ""}, "new_due_on"),
        ({"new_due_on": "2026-11-10"}, "new_due_on"),
        ({"new_due_on": "2026-11-15"}, "new_due_on"),
        ({"new_due_on": "hôm nào đó"}, "new_due_on"),
        ({"reason": ""}, "extend-reason"),
        ({"reason": "  "}, "extend-reason"),
    ],
)
def test_extension_needs_a_later_day_and_a_reason(client, office, session, over, field):
    commitment = make_commitment(due_on=date(2026, 11, 10))
    values = {"version": commitment.version, "new_due_on": "2026-12-01", "reason": "Mưa.", **over}
    page = client.post(url(commitment, "extend"), values, status=422)
    assert page.select(f"#{field}-error")
    assert fresh(session, commitment).due_on == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (C.OPEN, "reopen"),
        (C.REPORTED_DONE, "progress"),
        (C.REPORTED_DONE, "done"),
        (C.REPORTED_DONE, "extend"),
        (C.CONFIRMED, "progress"),
        (C.CONFIRMED, "done"),
        (C.CONFIRMED, "extend"),
        (C.CONFIRMED, "reopen"),
    ],
)
def test_illegal_moves_say_why_and_keep_what_was_typed(client, office, session, state, act):
    commitment = make_commitment(state=state)
    words = "Đã làm được một nửa."
    values = {
        "version": commitment.version,
        "text": words,
        "reason": words,
        "new_due_on": "2027-01-05",
        "to_asker": "x",
    }
    page = client.post(url(commitment, act), values, status=422)
    assert page.errors
    assert words in page.main
    assert fresh(session, commitment).state is state


def test_stale_form_changes_nothing_and_keeps_what_was_typed(client, office, session):
    commitment = make_commitment()
    form = (
        client.get(url(commitment))
        .form("done-form")
        .fill(text="Xong rồi.", to_asker="Cảm ơn ông/bà.", number="45/QĐ-UBND")
    )
    client.get(url(commitment)).form("extend-form").fill(new_due_on="2027-01-05", reason="Mưa.").submit()
    page = form.submit(status=409)
    assert fresh(session, commitment).state is C.OPEN
    assert page.form("done-form")["text"] == "Xong rồi."
    assert "Mưa." in page.main
    page.form("done-form").submit()
    assert fresh(session, commitment).state is C.REPORTED_DONE


def test_own_unit_reports_others_do_not(client, sign_in, session):
    unit = make_unit()
    commitment = make_commitment(responsible=make_staff(Role.DEPARTMENT, unit=unit))
    elsewhere = make_commitment(responsible=make_staff(Role.DEPARTMENT, unit=make_unit()))
    homeless = make_commitment()
    sign_in(make_staff(Role.DEPARTMENT, unit=unit))
    client.post(url(commitment, "progress"), {"text": "Đang làm."})
    values = {"version": commitment.version, "new_due_on": "2027-01-05", "reason": "Mưa."}
    client.post(url(commitment, "extend"), values, status=422)
    assert not client.get(url(commitment)).select("#extend-form")
    for other in (elsewhere, homeless):
        client.post(url(other, "progress"), {"text": "Đang làm."}, status=422)
        assert fresh(session, other).state is C.OPEN


def test_addresses_of_forms_lead_back_to_the_page(client, office):
    commitment = make_commitment()
    for act in ("progress", "done", "evidence", "extend", "reopen"):
        assert client.get(url(commitment, act), status=303).location.endswith(url(commitment))


def test_another_commune_is_not_there(client, office):
    other = make_commune()
    question = make_question(make_dialogue(commune=other), state=QuestionState.PUBLISHED)
    elsewhere = make_commitment(make_answer(question))
    client.get(url(elsewhere), status=404)
    for act in ("progress", "done", "evidence", "extend", "reopen"):
        client.post(url(elsewhere, act), {"text": "x", "version": 1}, status=404)
    assert elsewhere.result not in client.get("/office/commitments").text


# -- lists ------------------------------------------------------------------------------------------------------------


def test_overdue_commitment_is_listed_first(client, office):
    answer = make_answer()
    done = make_commitment(answer, due_on=date(2026, 10, 1), state=C.CONFIRMED, result="Đã xong từ lâu")
    later = make_commitment(answer, due_on=date(2026, 12, 30), result="Còn lâu mới đến hạn")
    soon = make_commitment(answer, due_on=TODAY, result="Hôm nay đến hạn")
    reported = make_commitment(answer, due_on=date(2026, 9, 1), state=C.REPORTED_DONE, result="Báo xong")
    late = make_commitment(answer, due_on=date(2026, 11, 19), result="Trễ một ngày")
    later_still = make_commitment(answer, due_on=date(2026, 8, 1), result="Trễ ba tháng")
    order = [later_still, late, soon, later, reported, done]
    assert client.get("/office/commitments").texts("tbody th a") == [c.result for c in order]
    shown = client.get("/office/commitments?state=overdue").texts("tbody th a")
    assert shown == [later_still.result, late.result]
    shown = client.get(f"/office/commitments?responsible={soon.responsible_id}").texts("tbody th a")
    assert shown == [soon.result]
    for nonsense in ("state=x", "responsible=abc", "dialogue=%00", "field=1'--", "page=99999", "_scheme=x&page=1"):
        assert len(client.get(f"/office/commitments?{nonsense}").select("tbody tr")) == 6


def test_office_pages_cost_the_same_however_many(client, office, queries):
    commitment = make_commitment()
    seen = []
    for _ in range(2):
        for address in ("/office/commitments", url(commitment)):
            with queries() as found:
                client.get(address)
            seen.append(found.count)
        for _ in range(6):
            make_commitment(make_answer())
            client.post(url(commitment, "progress"), {"text": "Đang làm."})
    assert seen[:2] == seen[2:]
    assert max(seen) <= 19
