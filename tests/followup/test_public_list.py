"""The residents' list narrowed, and what is open without a promise; the sheet for the notice board."""

from datetime import date, timedelta

import pytest

from dialogues import clock
from dialogues.followup import open_matters
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import CommitmentKind, CommitmentState, EntryKind, Outcome
from dialogues.questions.rules import QuestionState
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_unit,
    make_village,
    save,
    the_commune,
)

LIST = "/minh-tam/commitments"
TODAY = date(2026, 11, 20)
C = CommitmentState


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


def results(page):
    return page.texts(".card h3")


def ago(days):
    return TODAY - timedelta(days)


# -- narrowed ---------------------------------------------------------------------------------------------------------


def test_words_are_found_with_and_without_marks_and_marked(client):
    here = make_commitment(result="Nạo vét rãnh nước trước trường học")
    make_commitment(result="Lắp đèn đường")
    for typed in ("rãnh nước", "ranh nuoc", "RÃNH"):
        page = client.get(f"{LIST}?q={typed}")
        assert results(page) == [here.result]
        assert page.texts("mark")[0].casefold() == "rãnh"
    assert results(client.get(f"{LIST}?q=khongcogi")) == []
    assert len(results(client.get(f"{LIST}?q=%22%22%3F"))) == 2  # no word in it narrows nothing


def test_the_place_is_found_and_words_that_only_the_office_reads_are_not(client):
    promise = make_commitment(
        result="Sửa rãnh trước nhà ông Bảy Lém", public_text="Sửa rãnh ở ngõ 3", place="Đầu làng Thượng"
    )
    assert results(client.get(f"{LIST}?q=dau lang")) == ["Sửa rãnh ở ngõ 3"]
    for secret in ("Bảy Lém", "bay lem"):
        assert results(client.get(f"{LIST}?q={secret}")) == []
        assert promise.shown not in client.get(f"/minh-tam/search?what=commitments&q={secret}").main
        assert not client.get(f"/minh-tam/search?q={secret}").select(".card")


def test_body_year_and_how_it_was_kept(client):
    unit, other = make_unit(name="Phòng Kinh tế"), make_unit(name="Công an xã")
    answer, keeper, leader = make_answer(), make_staff(unit=unit), make_staff()
    late = make_commitment(
        answer, responsible=keeper, promised_on=date(2025, 3, 1), due_on=date(2025, 4, 1), state=C.CONFIRMED,
        reported_done_on=date(2025, 4, 2),
    )  # fmt: skip
    kept = make_commitment(
        answer, responsible=make_staff(unit=other), due_on=ago(3), state=C.REPORTED_DONE, reported_done_on=ago(3)
    )
    free = make_commitment(answer, responsible=leader)
    assert results(client.get(f"{LIST}?body={unit.id}")) == [late.result]
    assert results(client.get(f"{LIST}?body=none")) == [free.result]
    assert results(client.get(f"{LIST}?year=2025")) == [late.result]
    assert results(client.get(f"{LIST}?kept=late")) == [late.result]
    assert results(client.get(f"{LIST}?kept=on_time&body={other.id}")) == [kept.result]
    assert results(client.get(f"{LIST}?kept=on_time&body={unit.id}")) == []
    for nonsense in ("body=x", "body=99999999", "body=-1", "year=1", "year=%00", "kept=on", "q=%00", "dialogue=%27"):
        assert len(results(client.get(f"{LIST}?{nonsense}"))) == 3


def test_a_village_is_not_told_by_the_filter_when_the_question_is_hidden(client):
    village = make_village()
    shown = make_commitment(make_answer(make_question(state=QuestionState.PUBLISHED, village=village)))
    make_commitment(make_answer(make_question(state=QuestionState.WITHDRAWN, village=village, public_text="x")))
    assert results(client.get(f"{LIST}?village={village.id}")) == [shown.result]
    assert results(client.get(f"{LIST}?village={village.id}&q=đường")) == [shown.result]


def test_pages_keep_what_was_chosen(client):
    answer = make_answer()
    for _ in range(21):
        make_commitment(answer, promised_on=date(2026, 1, 5))
    page = client.get(f"{LIST}?year=2026&q=đường")
    (more,) = [link for link in page.links() if "page=2" in link]
    assert "year=2026" in more
    assert len(results(client.get(more))) == 1


def test_what_was_not_objected_is_found_by_words_too(client):
    silent = make_commitment(result="Sơn lại vạch", due_on=ago(60), state=C.REPORTED_DONE, reported_done_on=ago(60))
    for address in (f"{LIST}?state=not_objected&q=vạch", "/minh-tam/search?what=commitments&state=not_objected&q=vạch"):
        assert silent.result in client.get(address).main


def test_a_card_names_kind_place_both_days_and_how_often_it_was_extended(client):
    promise = make_commitment(
        kind=CommitmentKind.PASS_UP, place="Cầu Đá", due_on=date(2026, 12, 24), first_due_on=date(2026, 11, 3)
    )
    for _ in range(2):
        save(_entry(promise, EntryKind.EXTENSION, "Mưa."))
    card = client.get(LIST).texts(".card")[0]
    for words in ("Chuyển cấp trên", "Cầu Đá", "24/12/2026", "03/11/2026", "đã gia hạn 2 lần"):
        assert words in card


def _entry(promise, kind, text, **more):
    return CommitmentEntry(
        commune_id=promise.commune_id, commitment_id=promise.id, kind=kind, text=text, at=clock.now(), **more
    )


# -- open without a promise -------------------------------------------------------------------------------------------


def open_one(outcome=Outcome.NOTED, days=10, **more):
    question = make_question(state=QuestionState.PUBLISHED)
    return make_answer(question, outcome=outcome, answered_on=ago(days), **more)


def test_noted_and_passed_up_matters_stand_above_the_list_what_waits_longest_first(client):
    make_commitment()
    noted = open_one(days=10)
    passed = open_one(Outcome.ESCALATED, days=40, escalated_to="Sở Xây dựng")
    page = client.get(LIST)
    shown = page.texts("#still-open .commitment")
    assert len(shown) == 2
    assert passed.question.public_text in shown[0]
    for words in ("11/10/2026", "40 ngày", "Sở Xây dựng"):
        assert words in shown[0]
    assert noted.question.public_text in shown[1]
    assert not client.get(f"{LIST}?state=open").select("#still-open")


def test_what_was_answered_promised_or_hidden_is_not_open(client):
    make_commitment(open_one())
    taken_back = open_one()
    make_commitment(taken_back, state=C.WITHDRAWN)
    open_one(Outcome.ESCALATED, escalated_to="Sở", final_text="Đã xong", final_on=ago(1))
    open_one(published_at=None)
    open_one(Outcome.IN_WRITING, due_on=ago(3))
    open_one().question.state = QuestionState.WITHDRAWN
    make_answer(make_question(make_dialogue(commune=make_commune()), state="published"), outcome=Outcome.NOTED)
    found = open_matters.matters(open_matters.waiting(the_commune().id))
    assert [one.question_id for one in found] == [taken_back.question_id]


def test_all_of_them_have_a_page(client):
    for days in range(8):
        open_one(days=days)
    page = client.get(LIST)
    assert len(page.select("#still-open .commitment")) == 2
    assert f"{LIST}/still-open" in page.links()
    assert len(client.get(f"{LIST}/still-open").select(".commitment")) == 8


def test_without_any_the_page_says_so(client):
    make_commune()
    assert client.get(f"{LIST}/still-open").select(".empty")
    assert not client.get(LIST).select("#still-open")


def test_it_goes_at_once_when_somebody_promises(client, session):
    answer = open_one()
    assert client.get(LIST).select("#still-open")
    make_commitment(answer)
    assert not client.get(LIST).select("#still-open")


# -- the record's page ------------------------------------------------------------------------------------------------


def test_every_number_of_the_record_leads_to_a_list_of_so_many(client):
    unit, answer = make_unit(), make_answer()
    people = [make_staff(unit=unit), make_staff()]
    for number in range(12):
        first = ago(100 - 20 * number)
        state = list(C)[number % len(C)]
        done = first + timedelta(number - 4) if state in (C.REPORTED_DONE, C.CONFIRMED) else None
        make_commitment(
            answer, responsible=people[number % 2], state=state, due_on=first, reported_done_on=done,
            promised_on=first - timedelta(300),
        )  # fmt: skip
    for address in (f"{LIST}/record", f"{LIST}/record?year=2025"):
        page, seen = client.get(address), 0
        for link in page.select(".share-table td a, .share-links a"):
            listed = client.get(link["href"])
            found = len(results(listed))
            assert found == int(link.get_text(strip=True).split(": ")[-1]), link["href"]
            seen += 1
        assert seen > 4
    assert client.get(f"{LIST}/record?year=1800").status == 200


def test_the_sentence_counts_openly(client):
    answer, body = make_answer(), make_staff(unit=make_unit())
    for state, days in ((C.CONFIRMED, 0), (C.CONFIRMED, 0), (C.REPORTED_DONE, 21), (C.OPEN, None), (C.WITHDRAWN, None)):
        done = None if days is None else ago(60) + timedelta(days)
        make_commitment(answer, responsible=body, due_on=ago(60), state=state, reported_done_on=done)
    said = client.get(f"{LIST}/record").texts(".share")[0]
    assert said == "2 trên 5 việc đúng hẹn; 1 việc chậm, ở mức giữa là 21 ngày; 1 việc chưa xong; 1 việc đã rút."


def test_a_new_body_name_and_a_change_are_seen_at_once(client, session):
    promise = make_commitment(responsible=make_staff(unit=make_unit(name="Phòng Cũ")))
    page = client.get(f"{LIST}/record")
    assert "Phòng Cũ" in page.main
    promise.responsible.unit.name = "Phòng Mới"
    session.commit()
    assert "Phòng Mới" in client.get(f"{LIST}/record").main
    promise.state = C.WITHDRAWN
    session.commit()
    assert "1 việc đã rút" in client.get(f"{LIST}/record").texts(".share")[0]


# -- the sheet for the notice board -----------------------------------------------------------------------------------


def test_the_sheet_has_open_ones_first_with_late_days_and_a_code_that_leads_to_the_list(client):
    village = make_village(kind="thôn", name="Đồng")
    late = make_commitment(make_answer(make_question(state=QuestionState.PUBLISHED, village=village)), due_on=ago(12))
    fine = make_commitment()
    done = make_commitment(state=C.CONFIRMED, due_on=ago(5), reported_done_on=ago(5))
    gone = make_commitment(state=C.WITHDRAWN, withdrawn_on=ago(2))
    old = make_commitment(state=C.CONFIRMED, due_on=ago(500), reported_done_on=ago(500))
    page = client.get(f"{LIST}/board")
    assert page.texts(".board-what") == [late.result, fine.result, gone.result, done.result]
    assert "Quá hạn 12 ngày" in page.main
    assert old.result not in page.main
    assert page.select("svg.qr")
    assert "http://localhost/minh-tam/commitments" in page.main
    only = client.get(f"{LIST}/board?village={village.id}")
    assert only.texts(".board-what") == [late.result]
    assert "Thôn Đồng" in only.h1


def test_the_sheet_of_a_village_elsewhere_does_not_exist_and_none_is_no_error(client):
    the_commune()
    client.get(f"{LIST}/board?village={make_village(make_commune()).id}", status=404)
    assert "không có cam kết" in client.get(f"{LIST}/board?village=999999").main


def test_the_sheet_says_how_many_more_there_are(client, queries):
    answer = make_answer()
    for _ in range(43):
        make_commitment(answer)
    with queries() as seen:
        page = client.get(f"{LIST}/board")
    assert "Và 3 việc nữa" in page.main
    assert seen.count <= 6
