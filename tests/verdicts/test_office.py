"""The overseer's word, asking at the door, sentences that the office reads."""

import pytest
import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.questions.rules import QuestionState
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement, VerdictWay
from tests.make import (
    make_answer,
    make_commitment,
    make_question,
    make_reported,
    make_staff,
    make_verdict,
    make_village,
)

C, J = CommitmentState, Judgement
LIST = "/office/verdicts"
SENTENCES = f"{LIST}/sentences"


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


@pytest.fixture
def overseer(sign_in):
    staff = make_staff(Role.OVERSEER, name="Hoàng Văn Sáng", post="Chủ tịch Ủy ban MTTQ")
    sign_in(staff)
    return staff


@pytest.fixture
def clerk(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def page_of(commitment):
    return f"/office/commitments/{commitment.id}"


def fresh(commitment):
    db.session.expire_all()
    return db.session.get(Commitment, commitment.id)


def verdicts():
    db.session.expire_all()
    return list(db.session.scalars(sa.select(CommitmentVerdict).order_by(CommitmentVerdict.id)))


def say(client, commitment, judgement, text="", status=303):
    form = client.get(page_of(commitment)).form("verdict-form")
    return form.fill(judgement=judgement.value, text=text).submit(status=status)


# -- the overseer -----------------------------------------------------------------------------------------------------


def test_the_overseer_confirms_and_the_words_are_public_at_once(client, overseer):
    commitment = make_reported()
    say(client, commitment, J.DONE, "Đã xem tận nơi, đúng như báo cáo.").follow()
    found = fresh(commitment)
    assert (found.state, found.entries[-1].author_id) == (C.CONFIRMED, overseer.id)
    assert [(v.asker_id, v.staff_id, v.way) for v in verdicts()] == [(None, overseer.id, VerdictWay.OVERSEER)]
    page = client.get(f"/minh-tam/commitments/{commitment.id}")
    assert "Hoàng Văn Sáng, Chủ tịch Ủy ban MTTQ" in page.texts("#voices li")[0]
    assert "Đã xem tận nơi, đúng như báo cáo." in page.texts("#voices li")[0]


def test_the_overseer_opens_it_again_with_a_reason(client, overseer):
    commitment = make_reported()
    page = say(client, commitment, J.NOT_DONE, status=422)
    assert page.select("#verdict-text-error")
    assert fresh(commitment).state is C.REPORTED_DONE
    say(client, commitment, J.NOT_DONE, "Còn ba ổ gà.")
    found = fresh(commitment)
    assert (found.state, found.entries[-1].kind, found.entries[-1].text) == (
        C.IN_PROGRESS,
        EntryKind.REOPENED,
        "Còn ba ổ gà.",
    )


def test_nobody_confirms_the_own_promise_also_not_as_overseer(client, sign_in):
    both = make_staff(roles=[Role.OVERSEER, Role.DEPARTMENT])
    sign_in(both)
    own = make_reported(responsible=both)
    reported = make_reported()
    reported.entries[-1].author_id = both.id
    for commitment in (own, reported):
        assert not client.get(page_of(commitment)).select("#verdict-form")
        assert client.get(page_of(commitment)).select("#second-voice .note")
        page = client.post(f"{page_of(commitment)}/verdict", {"judgement": "done"}, status=422)
        assert page.errors
        assert fresh(commitment).state is C.REPORTED_DONE


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER, Role.DEPARTMENT])
def test_office_and_leaders_do_not_confirm_on_their_own(client, sign_in, role):
    sign_in(make_staff(role))
    commitment = make_reported()
    assert not client.get(page_of(commitment)).select("#verdict-form")
    client.post(f"{page_of(commitment)}/verdict", {"judgement": "done"}, status=403)


def test_without_a_report_there_is_nothing_to_say(client, overseer):
    commitment = make_commitment(state=C.IN_PROGRESS)
    assert not client.get(page_of(commitment)).select("#verdict-form")
    client.get(f"{page_of(commitment)}/verdict", status=303)
    page = client.post(f"{page_of(commitment)}/verdict", {"judgement": "not_done", "text": "Còn."}, status=422)
    assert "Còn." in page.main
    assert verdicts() == []


def test_contradictions_stand_side_by_side_for_everybody(client, overseer):
    commitment = make_reported()
    say(client, commitment, J.DONE, "Đã xem.")
    make_verdict(commitment, entry_id=commitment.entries[0].id, judgement=J.NOT_DONE)
    for address in (page_of(commitment), f"/minh-tam/commitments/{commitment.id}"):
        page = client.get(address)
        report, done, not_done = page.texts(".voices li")
        assert "Người chịu trách nhiệm báo đã xong" in report
        assert "Đã xem." in done
        assert "Giám sát: Hoàng Văn Sáng" in done
        assert not_done == "Chưa xong 1 người hỏi"
        assert "Ý kiến chưa giống nhau" in page.main
        assert "gần trạm bơm" not in page.text


# -- at the door ------------------------------------------------------------------------------------------------------


def test_the_office_writes_down_what_an_asker_says(client, clerk):
    question = make_question(state=QuestionState.PUBLISHED, asker={"name": "Bà Hoa", "phone": "0900 000 206"})
    commitment = make_reported(make_answer(question))
    page = client.get(LIST)
    assert "Bà Hoa" in page.main
    note = f"{LIST}/{commitment.id}/askers/{question.askers[0].id}"
    form = client.get(note).form("note-form")
    assert form.fill(judgement="not_done").submit(status=422).select("#text-error")
    form.fill(judgement="done").submit().follow()
    assert fresh(commitment).state is C.CONFIRMED
    assert [(v.way, v.asker_id, v.staff_id) for v in verdicts()] == [
        (VerdictWay.AT_THE_DOOR, question.askers[0].id, clerk.id)
    ]
    assert "verdict_noted" in db.session.scalars(sa.select(TrailEntry.action)).all()


def test_who_is_responsible_does_not_write_down_that_it_is_done(client, clerk):
    commitment = make_reported(responsible=clerk)
    note = f"{LIST}/{commitment.id}/askers/{commitment.answer.question.askers[0].id}"
    assert client.get(note).select(".note")
    page = client.post(note, {"judgement": "done"}, status=422)
    assert page.errors
    assert fresh(commitment).state is C.REPORTED_DONE


def test_a_village_head_asks_the_own_people_and_reads_no_other_names(client, sign_in):
    village, elsewhere = make_village(), make_village()
    head = make_staff(Role.VILLAGE_HEAD, village=village)
    mine = make_question(
        state=QuestionState.PUBLISHED, village=village, entered_by_id=head.id, asker={"name": "Ông Sáu"}
    )
    portal = make_question(state=QuestionState.PUBLISHED, village=village, asker={"name": "Bà Kín Tiếng"})
    far = make_question(state=QuestionState.PUBLISHED, village=elsewhere, asker={"name": "Ông Xa Lạ"})
    asked, hidden, foreign = (make_reported(make_answer(one)) for one in (mine, portal, far))
    sign_in(head)
    page = client.get(LIST)
    assert "Ông Sáu" in page.main
    assert hidden.shown in page.main
    assert foreign.shown not in page.main
    for secret in ("Bà Kín Tiếng", "Ông Xa Lạ"):
        assert secret not in page.text
    for question, commitment in ((portal, hidden), (far, foreign), (portal, asked)):
        address = f"{LIST}/{commitment.id}/askers/{question.askers[0].id}"
        client.get(address, status=404)
        client.post(address, {"judgement": "done"}, status=404)
    client.get(f"{LIST}/{asked.id}/askers/{mine.askers[0].id}").form("note-form").fill(
        judgement="partly", text="Còn một đoạn."
    ).submit()
    assert [v.staff_id for v in verdicts()] == [head.id]
    assert fresh(asked).state is C.REPORTED_DONE


def test_the_list_costs_the_same_however_many(client, clerk, queries):
    make_reported()
    seen = []
    for _ in range(2):
        with queries() as found:
            client.get(LIST)
        seen.append(found.count)
        for _more in range(4):
            make_reported()
    assert seen[0] == seen[1] <= 14


# -- sentences --------------------------------------------------------------------------------------------------------


def test_a_sentence_is_published_without_what_is_private(client, clerk):
    verdict = make_verdict(text="Ông Nguyễn Văn Tám bảo gọi 0901 234 567, mới làm một nửa.")
    form = client.get(f"{SENTENCES}/{verdict.id}").form("sentence-form")
    assert "Nguyễn Văn Tám" not in form["public_text"]
    page = form.fill(public_text="Gọi 0901 234 567, mới làm một nửa.").submit("Đăng", status=422)
    assert page.select("#public_text-error")
    page.form("sentence-form").fill(public_text="Mới làm một nửa.").submit("Đăng").follow()
    assert verdicts()[0].public_text == "Mới làm một nửa."
    assert client.get(SENTENCES).texts("[id^=sentence-]") == []


def test_a_sentence_can_be_kept_back_and_still_counts(client, clerk):
    verdict = make_verdict()
    client.get(f"{SENTENCES}/{verdict.id}").form("sentence-form").submit("Không đăng").follow()
    found = verdicts()[0]
    assert (found.public_text, found.published_at is not None) == ("", True)
    page = client.get(f"/minh-tam/commitments/{found.commitment_id}")
    assert page.texts(".voices li:not(.is-report)") == ["Mới xong một phần 1 người hỏi"]
    assert not page.select("blockquote")


def test_words_that_were_changed_meanwhile_are_read_again(client, clerk, at):
    verdict = make_verdict()
    form = client.get(f"{SENTENCES}/{verdict.id}").form("sentence-form").fill(public_text="Câu cũ.")
    at("2026-11-20 10:00")
    verdict.text, verdict.at = "Câu mới.", verdict.at.replace(hour=3)
    page = form.submit("Đăng", status=409)
    assert "Câu mới." in page.main
    assert page.form("sentence-form")["public_text"] == "Câu cũ."
    assert verdicts()[0].public_text == ""


def test_what_an_overseer_said_is_no_sentence_to_read(client, clerk):
    verdict = make_verdict(asker_id=None, staff_id=make_staff(Role.OVERSEER).id)
    client.get(f"{SENTENCES}/{verdict.id}", status=404)
    assert client.get(SENTENCES).texts("[id^=sentence-]") == []
