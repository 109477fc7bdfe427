"""Changing the plan, steps, withdrawing: dated lines in the story, never edits."""

from datetime import date

import pytest
import sqlalchemy as sa

from dialogues.askers.models import Word
from dialogues.followup.models import Commitment, CommitmentStep
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.questions.rules import QuestionEvent
from dialogues.staff.rules import Role
from tests.make import make_answer, make_commitment, make_question, make_staff, make_step, make_unit

C = CommitmentState


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


@pytest.fixture
def office(app, now, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def url(commitment, act=""):
    return f"/office/commitments/{commitment.id}" + (f"/{act}" if act else "")


def public(commitment):
    return f"/minh-tam/commitments/{commitment.id}"


def fresh(session, commitment):
    session.expire_all()
    return session.get(Commitment, commitment.id)


# -- the plan ---------------------------------------------------------------------------------------------------------


def test_a_changed_plan_names_old_and_new_and_the_reason(client, office, session):
    helps = make_unit()
    commitment = make_commitment(result="Đường rộng 5 m.", place="Thôn Đồng")
    form = client.get(url(commitment, "plan")).form("plan-form")
    form.fill(result="Đường rộng 4 m.", place="", reason="Hai hộ chưa hiến đất.").check(helps.name)
    form.submit().follow()
    found = fresh(session, commitment)
    assert (found.result, found.place, [row.unit_id for row in found.supports]) == ("Đường rộng 4 m.", "", [helps.id])
    assert (found.entries[-1].kind, found.sequence) == (EntryKind.PLAN_CHANGED, 1)
    story = client.get(public(found)).select("#story")[0].get_text(" ", strip=True)
    for words in (
        "“Đường rộng 5 m.” → “Đường rộng 4 m.”",
        "“Thôn Đồng” → –",
        f"– → “{helps.name}”",
        "Hai hộ chưa hiến",
    ):
        assert words in story


def test_words_for_the_office_alone_never_reach_the_story(client, office, session):
    commitment = make_commitment(result="Nhà ông Tư dời hàng rào.", public_text="Hàng rào được dời.")
    form = client.get(url(commitment, "plan")).form("plan-form")
    form.fill(result="Nhà ông Tư và bà Sáu dời hàng rào.", budget_note="Hỗ trợ mật").submit().follow()
    found = fresh(session, commitment)
    assert (found.entries, found.budget_note) == ([], "Hỗ trợ mật")
    page = client.get(url(found))
    assert "bà Sáu" in page.main
    assert "Hỗ trợ mật" not in page.select("#story")[0].get_text()
    assert "ông Tư" not in client.get(public(found)).text
    assert found.folded == "hang rao duoc doi."  # nobody finds it by words that nobody may read


@pytest.mark.parametrize(
    ("more", "field"),
    [({"reason": ""}, "reason"), ({"result": ""}, "result"), ({"kind": "pass_up"}, "escalated_to")],
)
def test_a_plan_that_lacks_something_is_refused_at_its_field(client, office, session, more, field):
    commitment = make_commitment(result="Đường rộng 5 m.")
    values = {"version": commitment.version, "result": "Đường rộng 4 m.", "reason": "Thiếu đất.", **more}
    page = client.post(url(commitment, "plan"), values, status=422)
    assert page.select(f"#{field}-error")
    assert fresh(session, commitment).result == "Đường rộng 5 m."


def test_nothing_changed_is_no_line(client, office, session):
    commitment = make_commitment()
    client.get(url(commitment, "plan")).form("plan-form").submit().follow()
    assert fresh(session, commitment).entries == []


def test_two_people_who_change_the_plan_see_both(client, office, session):
    commitment = make_commitment(result="Đường rộng 5 m.")
    form = client.get(url(commitment, "plan")).form("plan-form").fill(result="Đường rộng 3 m.", reason="Khác.")
    other = client.get(url(commitment, "plan")).form("plan-form")
    other.fill(result="Đường rộng 4 m.", reason="Thiếu đất.").submit().follow()
    page = form.submit(status=409)
    assert "Đường rộng 4 m." in page.select("#conflict")[0].get_text()
    assert page.form("plan-form")["result"] == "Đường rộng 3 m."
    page.form("plan-form").submit().follow()
    assert fresh(session, commitment).result == "Đường rộng 3 m."


def test_a_weaker_promise_is_pointed_out_once(client, office, session):
    commitment = make_commitment(result="Đường rộng 5 m.")
    form = client.get(url(commitment, "plan")).form("plan-form").fill(result="Sẽ xem xét.", reason="Thiếu đất.")
    page = form.submit(status=422)
    assert "sẽ xem xét" in page.select("#result-error")[0].get_text()
    page.form("plan-form").submit().follow()
    assert fresh(session, commitment).result == "Sẽ xem xét."


def test_only_who_promised_and_the_office_change_it_and_only_while_it_is_at_work(client, sign_in, session):
    unit = make_unit()
    responsible = make_staff(Role.LEADER, unit=unit)
    commitment, done = make_commitment(responsible=responsible), make_commitment(state=C.CONFIRMED)
    values = {"version": 1, "result": "Khác.", "reason": "Vì vậy.", "text": "Bước", "due_on": "2026-11-25"}
    sign_in(make_staff(Role.DEPARTMENT, unit=unit))
    client.get(url(commitment, "plan"), status=303)
    for act in ("plan", "steps/new"):
        assert client.post(url(commitment, act), values, status=422).errors
    sign_in(make_staff(Role.OFFICE))
    for act in ("plan", "steps/new"):
        assert client.post(url(done, act), values, status=422).errors
    assert not client.get(url(done)).select('main a[href$="/plan"], main a[href$="/withdraw"]')
    sign_in(responsible)
    client.post(url(commitment, "plan"), values).follow()
    assert fresh(session, commitment).result == "Khác."


# -- steps ------------------------------------------------------------------------------------------------------------


def test_a_step_is_added_shown_and_done(client, office, session):
    commitment = make_commitment()
    page = client.get(url(commitment)).click("Thêm bước")
    form = page.form("step-form").fill(text="Đo xong mặt đường", due_on="2026-11-30")
    form.submit().follow()
    form.submit().follow()  # pressed twice
    step = session.scalars(sa.select(CommitmentStep)).one()
    assert "Đo xong mặt đường" in client.get(public(commitment)).select("#steps")[0].get_text()
    done = client.get(url(commitment)).form(f"/office/commitments/{commitment.id}/steps/{step.id}/done")
    done.submit().follow()
    client.post(url(commitment, f"steps/{step.id}/done"), {}).follow()
    found = fresh(session, commitment)
    assert [entry.kind for entry in found.entries] == [EntryKind.PLAN_CHANGED, EntryKind.STEP_DONE]
    assert (found.state, found.steps[0].done_on) == (C.IN_PROGRESS, date(2026, 11, 20))
    assert "xong ngày 20/11/2026" in client.get(public(found)).select("#steps")[0].get_text()


@pytest.mark.parametrize("day", ["", "2026-11-19", "2026-12-21", "hôm nào đó"])
def test_a_step_comes_before_the_promise_and_not_in_the_past(client, office, session, day):
    commitment = make_commitment(due_on=date(2026, 12, 20))
    page = client.post(url(commitment, "steps/new"), {"text": "Đo đường", "due_on": day}, status=422)
    assert page.select("#step-due_on-error")
    assert page.form("step-form")["text"] == "Đo đường"
    step = make_step(commitment)
    values = {"due_on": day, "reason": "Mưa."}
    assert client.post(url(commitment, f"steps/{step.id}/move"), values, status=422).select("#move-due_on-error")
    assert len(fresh(session, commitment).steps) == 1


def test_a_day_off_for_a_step_is_said_and_allowed(client, office, session):
    commitment = make_commitment(due_on=date(2026, 12, 20))
    page = client.post(url(commitment, "steps/new"), {"text": "Đo đường", "due_on": "2026-11-28"}).follow()
    assert "28/11/2026 là ngày nghỉ" in page.notice
    assert "30/11/2026" in page.notice
    step = session.scalars(sa.select(CommitmentStep)).one()
    page = client.post(url(commitment, f"steps/{step.id}/move"), {"due_on": "2026-12-06", "reason": "Mưa."}).follow()
    assert "06/12/2026 là ngày nghỉ" in page.notice
    page = client.post(url(commitment, f"steps/{step.id}/move"), {"due_on": "2026-12-07", "reason": "Mưa."}).follow()
    assert "ngày nghỉ" not in page.notice


def test_a_step_moves_and_falls_away_with_a_sentence(client, office, session):
    commitment = make_commitment()
    step = make_step(commitment, text="Đo đường", due_on=date(2026, 11, 27))
    page = client.get(url(commitment, f"steps/{step.id}"))
    page.form("move-form").fill(due_on="2026-12-04", reason="").submit(status=422)
    page.form("move-form").fill(due_on="2026-12-04", reason="Mưa.").submit().follow()
    page.form("drop-form").submit(status=422)
    page.form("drop-form").fill(reason="Không cần nữa.").submit().follow()
    found = fresh(session, commitment)
    assert [entry.text for entry in found.entries] == [
        "Bước “Đo đường”: 27/11/2026 → 04/12/2026.\nMưa.", "Bỏ bước: Đo đường\nKhông cần nữa.",
    ]  # fmt: skip
    assert found.steps[0].dropped_on == date(2026, 11, 20)
    for act, values in (("done", {}), ("move", {"due_on": "2026-12-01", "reason": "x"})):
        assert client.post(url(commitment, f"steps/{step.id}/{act}"), values, status=422).errors
    assert client.get(url(commitment, f"steps/{step.id}"), status=303).location.endswith("#steps")


def test_a_step_stands_under_its_own_promise_only(client, office):
    step, other = make_step(), make_commitment()
    client.get(url(other, f"steps/{step.id}"), status=404)
    for act in ("done", "move", "drop"):
        client.post(url(other, f"steps/{step.id}/{act}"), {"reason": "x", "due_on": "2026-12-01"}, status=404)


def test_a_step_wakes_the_kept_page_of_residents(client, new_client, office, session):
    commitment = make_commitment()
    reader = new_client()
    assert not reader.get(public(commitment)).select("#steps")
    client.post(url(commitment, "steps/new"), {"text": "Đo đường", "due_on": "2026-11-30"}).follow()
    assert "Đo đường" in reader.get(public(commitment)).select("#steps")[0].get_text()


def test_at_most_so_many_steps(client, office):
    commitment = make_commitment()
    for _ in range(20):
        make_step(commitment)
    page = client.post(url(commitment, "steps/new"), {"text": "Thêm nữa", "due_on": "2026-11-30"}, status=422)
    assert page.select("#step-text-error")


# -- withdrawing ------------------------------------------------------------------------------------------------------


def test_withdrawing_is_public_for_ever_and_who_asked_is_told(client, office, session):
    question = make_question(state="published", asker={"phone": "0900 000 555", "may_message": True})
    commitment = make_commitment(make_answer(question))
    page = client.get(url(commitment)).click("Rút cam kết")
    page.form("withdraw-form").submit(status=422)
    page.form("withdraw-form").fill(reason="Nhà nước làm đường khác.").submit().follow()
    found = fresh(session, commitment)
    assert (found.state, found.withdrawn_on, found.sequence) == (C.WITHDRAWN, date(2026, 11, 20), 1)
    assert (found.entries[-1].kind, found.entries[-1].text) == (EntryKind.WITHDRAWN, "Nhà nước làm đường khác.")
    shown = client.get(public(found))
    assert "Nhà nước làm đường khác." in shown.main
    assert found.result in client.get("/minh-tam/commitments").main
    assert QuestionEvent.COMMITMENT_WITHDRAWN in [word.event for word in session.scalars(sa.select(Word))]
    assert not client.get(url(found)).select("main form")
    client.post(url(found, "withdraw"), {"version": found.version, "reason": "Lần nữa."}, status=422)


@pytest.mark.parametrize("state", [C.REPORTED_DONE, C.CONFIRMED, C.WITHDRAWN])
def test_what_is_done_is_not_withdrawn(client, office, session, state):
    commitment = make_commitment(state=state)
    client.get(url(commitment, "withdraw"), status=303)
    page = client.post(url(commitment, "withdraw"), {"version": commitment.version, "reason": "Thôi."}, status=422)
    assert "Thôi." in page.main
    assert fresh(session, commitment).state is state


def test_nobody_withdraws_the_own_promise_and_only_the_office_does(client, office, sign_in, session):
    own, commitment = make_commitment(responsible=office), make_commitment()
    client.get(url(own, "withdraw"), status=303)
    client.post(url(own, "withdraw"), {"version": own.version, "reason": "Thôi."}, status=422)
    for role in (Role.LEADER, Role.DEPARTMENT, Role.OVERSEER):
        sign_in(make_staff(role))
        client.post(url(commitment, "withdraw"), {"version": 1, "reason": "Thôi."}, status=403)
    assert fresh(session, own).state is C.OPEN


def test_a_stale_page_withdraws_nothing(client, office, session):
    commitment = make_commitment()
    form = client.get(url(commitment, "withdraw")).form("withdraw-form").fill(reason="Không làm nữa.")
    client.post(url(commitment, "progress"), {"text": "Đã làm được một nửa."}).follow()
    page = form.submit(status=409)
    assert page.form("withdraw-form")["reason"] == "Không làm nữa."
    assert fresh(session, commitment).state is C.IN_PROGRESS
