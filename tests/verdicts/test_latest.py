"""What others say of a promise, where the results of the last dialogue are told: on the page and in the text."""

from datetime import date

import pytest

from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.questions.models import Asker
from dialogues.questions.rules import QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from dialogues.verdicts import latest
from dialogues.verdicts.rules import Judgement, VerdictWay
from tests.make import (
    make_answer,
    make_commitment,
    make_dialogue,
    make_entry,
    make_question,
    make_reported,
    make_staff,
    make_verdict,
    save,
    wall,
)

C, J = CommitmentState, Judgement


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


@pytest.fixture
def past(app):
    return make_dialogue(state=DialogueState.PUBLISHED, starts_at=wall(-60))


@pytest.fixture
def next_one(past):
    return make_dialogue()


def reported(past, **more):
    question = make_question(past, state=QuestionState.PUBLISHED, asker={"name": "Lò Thị Pành"})
    return make_reported(make_answer(question), **more)


def may_be_named(commitment):
    asker = commitment.answer.question.askers[0]
    asker.may_publish_name = True
    return save(asker)


def overseer():
    return make_staff(Role.OVERSEER, name="Hoàng Văn Sáng", post="Chủ tịch Ủy ban MTTQ")


def voices(commitment):
    return latest.latest_of([commitment.id]).get(commitment.id, [])


def read_out(client, sign_in, dialogue):
    sign_in(make_staff(Role.OFFICE))
    return client.get(f"/office/dialogues/{dialogue.id}/last-results").main


# -- who is named -----------------------------------------------------------------------------------------------------


def test_an_asker_is_named_only_with_the_consent_to_publish_the_name(past):
    commitment = reported(past)
    make_verdict(commitment, judgement=J.DONE, text="")
    assert [(one.by, one.number, one.is_overseer) for one in voices(commitment)] == [("", 1, False)]
    asker = may_be_named(commitment)
    assert [one.by for one in voices(commitment)] == ["Lò Thị Pành"]
    asker.is_supporter = True
    save(asker)
    assert [one.by for one in voices(commitment)] == [""]


@pytest.mark.parametrize("state", [QuestionState.WITHDRAWN, QuestionState.WAITING])
def test_nobody_is_named_whose_question_residents_cannot_read(past, state):
    commitment = reported(past)
    make_verdict(commitment)
    may_be_named(commitment)
    commitment.answer.question.state = state
    save(commitment)
    assert [one.by for one in voices(commitment)] == [""]


def test_only_words_that_were_published_are_told(past):
    commitment = reported(past)
    verdict = make_verdict(commitment, judgement=J.NOT_DONE, text="Ông Hùng lấn đường, chưa xong.")
    assert [one.text for one in voices(commitment)] == [""]
    verdict.public_text = "Đường chưa xong."
    save(verdict)
    assert [one.text for one in voices(commitment)] == ["Đường chưa xong."]


def test_askers_are_counted_and_overseers_speak_for_themselves(past):
    commitment = reported(past)
    make_verdict(commitment, judgement=J.DONE, text="")
    may_be_named(commitment)
    more = save(Asker(commune_id=commitment.commune_id, question_id=commitment.answer.question_id, code="AAAA2222",
                      joined_at=commitment.created_at))  # fmt: skip
    make_verdict(commitment, asker_id=more.id, judgement=J.DONE, text="", public_text="Đèn sáng rồi.")
    staff = overseer()
    make_verdict(commitment, asker_id=None, staff_id=staff.id, way=VerdictWay.OVERSEER, judgement=J.DONE, text="")
    assert [(one.number, one.by, one.text) for one in voices(commitment)] == [
        (2, "", "Đèn sáng rồi."),
        (1, "Hoàng Văn Sáng, Chủ tịch Ủy ban MTTQ", ""),
    ]


def test_what_was_said_of_an_earlier_report_is_not_told_again(past):
    commitment = reported(past)
    make_verdict(commitment)
    make_entry(commitment, EntryKind.REPORTED_DONE)
    assert voices(commitment) == []


def test_many_promises_cost_one_query(past, queries):
    found = [reported(past) for _ in range(3)]
    for commitment in found:
        make_verdict(commitment)
    ids = [one.id for one in found]
    with queries() as seen:
        assert set(latest.latest_of(ids)) == set(ids)
    assert seen.count == 1


# -- where it is told -------------------------------------------------------------------------------------------------


def test_read_out_says_who_confirmed_and_who_says_it_is_not_done(client, sign_in, past, next_one):
    confirmed = reported(past, state=C.CONFIRMED, confirmed_on=date(2026, 11, 10))
    make_verdict(confirmed, judgement=J.DONE, text="")
    make_entry(confirmed, EntryKind.CONFIRMED, author_id=None, text="")
    reopened = reported(past, state=C.IN_PROGRESS)
    make_verdict(reopened, judgement=J.NOT_DONE, text="Còn ổ gà.", public_text="Còn ổ gà.")
    make_entry(reopened, EntryKind.REOPENED, author_id=None, text="Còn ổ gà.")
    text = read_out(client, sign_in, next_one)
    assert "Ngày 20/11/2026, người hỏi xác nhận đã xong." in text
    assert "Ngày 20/11/2026, người hỏi nói chưa xong: Còn ổ gà." in text
    assert text.count("Còn ổ gà.") == 1
    assert "cho biết: Thợ đã đổ bê tông." in text, "the report itself is told beside it"
    assert "Lò Thị Pành" not in text


def test_read_out_names_who_agreed_and_the_overseer(client, sign_in, past, next_one):
    commitment = reported(past, state=C.IN_PROGRESS)
    make_verdict(commitment, judgement=J.DONE, text="")
    may_be_named(commitment)
    staff = overseer()
    said = {"judgement": J.NOT_DONE, "text": "Thiếu rãnh.", "public_text": "Thiếu rãnh."}
    make_verdict(commitment, asker_id=None, staff_id=staff.id, way=VerdictWay.OVERSEER, **said)
    make_entry(commitment, EntryKind.REOPENED, author_id=staff.id, text="Thiếu rãnh.")
    text = read_out(client, sign_in, next_one)
    assert "Lò Thị Pành xác nhận đã xong." in text
    assert "Hoàng Văn Sáng, Chủ tịch Ủy ban MTTQ nói chưa xong: Thiếu rãnh." in text
    assert text.count("Thiếu rãnh.") == 1


def test_the_page_for_residents_says_it_too(client, past, next_one):
    commitment = reported(past, objected_on=date(2026, 11, 20))
    make_verdict(commitment, public_text="Còn một đoạn.")
    make_entry(commitment, EntryKind.OBJECTED, author_id=None, text="Còn một đoạn.")
    page = client.get(f"/d/{next_one.code}/last-results")
    assert "1 người hỏi" in page.main
    assert page.main.count("Còn một đoạn.") == 1
    assert "Thợ đã đổ bê tông." in page.main


def test_without_a_verdict_nothing_is_said_of_one(client, past, next_one):
    make_commitment(make_answer(make_question(past, state=QuestionState.PUBLISHED)))
    reported(past)
    page = client.get(f"/d/{next_one.code}/last-results")
    assert "người hỏi" not in page.main
