"""What was promised before comes first at the next dialogue: which dialogues count, what comes back, in which order."""

from datetime import date, timedelta

import pytest

from dialogues import clock
from dialogues.followup import carried
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
from dialogues.questions.rules import QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_round,
    make_series,
    make_staff,
    make_village,
    save,
    the_commune,
    wall,
)

C, S = CommitmentState, DialogueState
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


def held(days, *villages, **more):
    found = make_dialogue(state=S.PUBLISHED, starts_at=wall(-days), **more)
    found.villages.extend(villages)
    return save(found)


def coming(*villages, **more):
    found = make_dialogue(**more)
    found.villages.extend(villages)
    return save(found)


def promised(dialogue, village=None, **more):
    question = make_question(dialogue, state=QuestionState.PUBLISHED, village=village)
    return make_commitment(make_answer(question), **more)


def results_of(dialogue, **more):
    return carried.last_results(the_commune().id, dialogue.id, TODAY, **more)


def ids(results):
    return [one.row.id for one in results.back]


# -- which dialogues --------------------------------------------------------------------------------------------------


def test_only_sessions_that_were_held_before_and_share_a_village():
    one, two = make_village(), make_village()
    everybody, mine, others = held(90), held(60, one, two), held(50, two)
    held(40, commune=make_commune())
    make_dialogue(state=S.CANCELLED, starts_at=wall(-30))
    make_dialogue(state=S.HELD, starts_at=wall(30))
    make_dialogue(state=S.DRAFT, starts_at=wall(-5))
    found = carried.earlier(coming(one).id)
    assert [session.id for session in found] == [mine.id, everybody.id]
    assert [session.id for session in carried.earlier(coming().id)] == [others.id, mine.id, everybody.id]


def test_a_dialogue_of_the_same_series_counts_whatever_its_villages():
    one, two = make_village(), make_village()
    series = make_series()
    past = held(60, two, round=make_round(series, starts_at=wall(-60)))
    own = coming(one, round=make_round(series, starts_at=wall(10)))
    assert [session.id for session in carried.earlier(own.id)] == [past.id]
    assert carried.earlier(coming(one).id) == []


def test_the_last_ones_are_the_newest_and_the_others_of_its_round():
    campaign = make_round(starts_at=wall(-60))
    held(90)
    first, second = held(61, round=campaign), held(60, round=campaign)
    last = carried.last_of(carried.earlier(coming().id))
    assert [session.id for session in last] == [first.id, second.id]
    lonely = held(30)
    assert [session.id for session in carried.last_of(carried.earlier(coming().id))] == [lonely.id]
    assert carried.last_of([]) == ()


# -- what comes back --------------------------------------------------------------------------------------------------


def test_late_ones_first_then_reopened_then_asked_again_then_the_rest():
    past, next_one = held(60), coming()
    fine = promised(past, due_on=TODAY + timedelta(1))
    reopened = promised(past, due_on=TODAY + timedelta(9), state=C.IN_PROGRESS)
    save(_entry(reopened, EntryKind.REOPENED, "Chưa xong."))
    repeated = promised(past, state=C.REPORTED_DONE, reported_done_on=TODAY, due_on=TODAY)
    _asked_again(repeated.answer.question, next_one)
    late, later = promised(past, due_on=TODAY - timedelta(9)), promised(past, due_on=TODAY - timedelta(1))
    promised(past, state=C.CONFIRMED, reported_done_on=TODAY)
    promised(past, state=C.WITHDRAWN)
    found = results_of(next_one)
    assert ids(found) == [late.id, later.id, reopened.id, repeated.id, fine.id]
    assert [one.is_reopened for one in found.back] == [False, False, True, False, False]
    assert [one.is_asked_again for one in found.back] == [False, False, False, True, False]
    assert found.number_back == 5
    assert (found.counts.total, found.counts.overdue, found.counts.withdrawn) == (7, 2, 1)


def _entry(promise, kind, text, **more):
    return CommitmentEntry(
        commune_id=promise.commune_id, commitment_id=promise.id, kind=kind, text=text, at=clock.now(), **more
    )


def _asked_again(question, dialogue, state=QuestionState.PUBLISHED):
    question.chain_id = question.id
    return make_question(dialogue, state=state, chain_id=question.id)


@pytest.mark.parametrize("state", [QuestionState.WAITING, QuestionState.DECLINED])
def test_a_question_that_nobody_can_read_brings_nothing_back(state):
    past, next_one = held(60), coming()
    done = promised(past, state=C.CONFIRMED, reported_done_on=TODAY)
    _asked_again(done.answer.question, next_one, state)
    found = results_of(next_one)
    assert ids(found) == []
    assert [one.row.id for one in found.done] == [done.id]


def test_what_was_asked_earlier_too_is_no_repetition():
    first, past = held(90), held(60)
    done = promised(past, state=C.CONFIRMED, reported_done_on=TODAY)
    _asked_again(done.answer.question, first)
    assert ids(results_of(coming())) == []


def test_of_a_dialogue_for_a_village_only_its_matters_and_those_without_village_come():
    one, two = make_village(), make_village()
    past = held(60)
    mine, nobodys = promised(past, one), promised(past)
    promised(past, two)
    found = results_of(coming(one))
    assert set(ids(found)) == {mine.id, nobodys.id}
    assert found.counts.total == 2
    assert len(ids(results_of(coming()))) == 3


def test_open_ones_of_older_dialogues_are_never_forgotten_but_counted_where_they_were_made():
    old = promised(held(400), due_on=TODAY - timedelta(300))
    held(60)
    found = results_of(coming())
    assert ids(found) == [old.id]
    assert found.counts.total == 0


def test_hidden_promises_stay_hidden():
    past = held(60)
    make_commitment(make_answer(make_question(past, state=QuestionState.PUBLISHED), published_at=None))
    make_commitment(make_answer(make_question(past, state=QuestionState.MOVED_TO_COMPLAINT, public_text="x")))
    assert results_of(coming()).is_empty


def test_why_and_who_says_so():
    author = make_staff(name="Phạm Lộc", post="Phó Chủ tịch")
    late = promised(held(60), due_on=TODAY - timedelta(3))
    for kind, text in (
        (EntryKind.EXTENSION, "Mưa."), (EntryKind.EXTENSION, "Lũ về."), (EntryKind.PROGRESS, "Đã đổ 50 m."),
    ):  # fmt: skip
        save(_entry(late, kind, text, author_id=author.id))
    (one,) = results_of(coming()).back
    assert (one.reason.text, one.reason.by) == ("Lũ về.", "Phạm Lộc, Phó Chủ tịch")
    assert (one.said[0].kind, one.said[0].text) == (EntryKind.PROGRESS, "Đã đổ 50 m.")
    assert one.row.times_extended == 2


def test_what_was_only_noted_waits_too():
    past = held(60)
    question = make_question(past, state=QuestionState.PUBLISHED)
    make_answer(question, outcome=Outcome.NOTED, answered_on=TODAY - timedelta(60))
    elsewhere = make_question(held(50, make_village()), state=QuestionState.PUBLISHED)
    make_answer(elsewhere, outcome=Outcome.NOTED)
    found = results_of(coming(make_village()))
    assert [one.question_id for one in found.waiting] == [question.id]
    assert found.number_waiting == 1


def test_without_an_earlier_dialogue_there_is_nothing(queries):
    first = coming()
    with queries() as seen:
        found = results_of(first)
    assert found.is_empty
    assert found.last == ()
    assert seen.count <= 3


def test_many_cost_the_same_and_their_number_is_said(queries):
    past = held(60)
    next_one = coming()
    promised(past)
    with queries() as few:
        results_of(next_one)
    answer = make_answer(make_question(past, state=QuestionState.PUBLISHED))
    for _ in range(12):
        make_commitment(answer, responsible_id=answer.answered_by_id or make_staff().id)
    with queries() as many:
        found = results_of(next_one, most=10)
    assert many.count == few.count <= 11
    assert (len(found.back), found.number_back) == (10, 13)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_next_dialogue_shows_it_and_a_held_one_does_not(client):
    past, next_one = held(60), coming()
    late = promised(past, due_on=TODAY - timedelta(5))
    page = client.get(f"/d/{next_one.code}")
    (part,) = page.texts("#last-results")
    for words in ("Kết quả buổi đối thoại trước", past.title, late.result, "trễ 5 ngày"):
        assert words in part
    assert f"/d/{next_one.code}/last-results" in page.links()
    assert not client.get(f"/d/{past.code}").select("#last-results")


def test_the_first_dialogue_of_all_has_no_such_part_but_its_page_answers(client):
    first = coming()
    assert not client.get(f"/d/{first.code}").select("#last-results")
    assert client.get(f"/d/{first.code}/last-results").select(".empty")


def test_everything_has_a_page_at_every_writing_of_the_code(client):
    past, next_one = held(60), coming()
    next_one.code = "KMAX29"
    late, done = promised(past, due_on=TODAY - timedelta(5)), promised(past, state=C.CONFIRMED, reported_done_on=TODAY)
    page = client.get(f"/d/{next_one.code}/last-results")
    assert late.result in page.main
    assert done.result in page.main
    moved = client.get(f"/d/{next_one.code.lower()}/last-results", status=301)
    assert moved.location.endswith(f"/d/{next_one.code}/last-results")
    client.get("/d/XXXXXX/last-results", status=404)
    client.get(f"/d/{make_dialogue(state=S.DRAFT).code}/last-results", status=404)


def test_it_follows_a_promise_at_once(client, session):
    past, next_one = held(60), coming()
    promise = promised(past)
    assert promise.result in client.get(f"/d/{next_one.code}").main
    promise.state = C.WITHDRAWN
    session.commit()
    assert promise.result not in client.get(f"/d/{next_one.code}").main


def test_it_follows_a_matter_that_is_linked_as_asked_again_at_once(client, session):
    past, next_one = held(60), coming()
    done = promised(past, state=C.CONFIRMED, reported_done_on=TODAY)
    again = make_question(next_one, state=QuestionState.PUBLISHED)
    assert done.result not in client.get(f"/d/{next_one.code}").main
    again.chain_id = done.answer.question.chain_id = done.answer.question.id
    session.commit()
    page = client.get(f"/d/{next_one.code}")
    assert done.result in page.main
    assert "bà con đã hỏi lại" in page.main


def test_a_change_of_a_question_does_not_fetch_it_anew(client, session, queries):
    past, next_one = held(60), coming()
    promised(past)
    question = make_question(next_one, state=QuestionState.PUBLISHED)
    client.get(f"/d/{next_one.code}")
    question.public_text = "Lời khác"
    session.commit()
    with queries() as seen:
        page = client.get(f"/d/{next_one.code}")
    assert "Lời khác" in page.main
    assert not [one for one in seen if "commitment.due_on" in one and "dialogue_village" in one]


def test_the_office_reads_it_on_the_page_of_the_dialogue(client, sign_in):
    past, next_one, draft = held(60), coming(), make_dialogue(state=S.DRAFT)
    late = promised(past, due_on=TODAY - timedelta(5))
    sign_in(make_staff())
    for one in (next_one, draft):
        page = client.get(f"/office/dialogues/{one.id}")
        assert late.result in page.texts("#last-results")[0]
        assert f"/office/commitments/{late.id}" in page.links()
        assert f"/office/dialogues/{one.id}/last-results" in page.links()
    assert not client.get(f"/office/dialogues/{past.id}").select("#last-results")


def test_a_village_head_is_led_to_the_public_page_of_a_promise(client, sign_in):
    late = promised(held(60), due_on=TODAY - timedelta(5))
    next_one = coming()
    sign_in(make_staff(Role.VILLAGE_HEAD))
    links = client.get(f"/office/dialogues/{next_one.id}").links()
    assert f"/minh-tam/commitments/{late.id}" in links
    assert f"/office/commitments/{late.id}" not in links


def test_it_is_read_out_with_late_ones_and_reasons(client, sign_in):
    past, next_one = held(60), coming()
    late = promised(past, due_on=TODAY - timedelta(5), first_due_on=TODAY - timedelta(30))
    save(_entry(late, EntryKind.EXTENSION, "Lũ về.", author_id=make_staff(name="Phạm Lộc", post="PCT").id))
    promised(past, state=C.CONFIRMED, reported_done_on=TODAY, result="Đèn đã sáng")
    make_answer(make_question(past, state=QuestionState.PUBLISHED), outcome=Outcome.NOTED)
    sign_in(make_staff(Role.LEADER))
    page = client.get(f"/office/dialogues/{next_one.id}/last-results")
    for words in (
        "lãnh đạo đã hứa 2 việc", "Quá hạn 1 việc", "đến nay chậm 5 ngày", "đã gia hạn 1 lần",
        "theo Phạm Lộc, PCT: Lũ về.", "Đèn đã sáng", "Đã có xác nhận là xong", "chưa có ai hứa làm", "phút",
    ):  # fmt: skip
        assert words in page.main


def test_late_ones_of_the_last_dialogue_and_reopened_ones_are_read_out_before_older_ones(client, sign_in):
    old, past, next_one = held(200), held(60), coming()
    for number in range(9):
        promised(old, due_on=TODAY - timedelta(100 - number), result=f"Việc cũ {number}")
    promised(past, due_on=TODAY - timedelta(5), result="Việc buổi trước")
    reopened = promised(old, due_on=TODAY - timedelta(4), result="Việc phải mở lại")
    save(_entry(reopened, EntryKind.REOPENED, "Chưa thấy gì."))
    sign_in(make_staff())
    page = client.get(f"/office/dialogues/{next_one.id}/last-results").main
    assert page.index("Việc phải mở lại") < page.index("Việc buổi trước") < page.index("Việc cũ 0")
    assert "Việc cũ 6" not in page
    assert "Còn 3 việc nữa" in page


def test_without_anything_the_page_to_read_out_says_so(client, sign_in):
    first = coming()
    sign_in(make_staff())
    assert "buổi đối thoại đầu tiên" in client.get(f"/office/dialogues/{first.id}/last-results").main
