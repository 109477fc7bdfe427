"""Commitments as residents read them: nothing hidden in, nothing overdue out."""

from datetime import date

import pytest

from dialogues import clock
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
from dialogues.followup.service import commitment_counts, visible_commitments
from dialogues.questions.rules import QuestionState
from dialogues.schedule.rules import DialogueState
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_village,
    save,
    the_commune,
)

LIST = "/minh-tam/commitments"
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


def results(page):
    return page.texts(".card h3")


def hidden_ones():
    """A promise behind each kind of thing that residents do not see."""
    draft = make_dialogue(state=DialogueState.DRAFT)
    return [
        make_commitment(make_answer(published_at=None)),
        make_commitment(make_answer(make_question(state=QuestionState.MOVED_TO_COMPLAINT, public_text="x"))),
        make_commitment(make_answer(make_question(draft, state=QuestionState.PUBLISHED))),
        make_commitment(make_answer(outcome=Outcome.MOVED_TO_COMPLAINT)),
    ]


def test_nothing_behind_a_hidden_thing_is_listed_or_opened(client):
    shown = make_commitment()
    hidden = hidden_ones()
    page = client.get(LIST)
    assert results(page) == [shown.result]
    for commitment in hidden:
        client.get(f"{LIST}/{commitment.id}", status=404)
    assert page.texts(".stat strong") == ["0", "1", "0", "0"]


@pytest.mark.parametrize("state", [QuestionState.WAITING, QuestionState.DECLINED, QuestionState.WITHDRAWN])
def test_a_promise_stays_in_sight_when_its_question_does_not(client, state):
    question = make_question(state=state, public_text="Lời của người hỏi", village_id=make_village(name="Kín").id)
    late = make_commitment(make_answer(question), due_on=date(2026, 11, 19))
    page, one = client.get(f"{LIST}?state=overdue"), client.get(f"{LIST}/{late.id}")
    assert results(page) == [late.result]
    for shown in (page, one):
        assert "Lời của người hỏi" not in shown.main
        assert f"/minh-tam/questions/{question.id}" not in shown.links()
    assert "Thôn Kín" not in one.main


def test_overdue_ones_stand_first_and_are_never_left_out(client):
    fine = make_commitment(due_on=TODAY)
    late = make_commitment(due_on=date(2026, 11, 19))
    assert results(client.get(LIST)) == [late.result, fine.result]
    assert results(client.get(f"{LIST}?state=overdue")) == [late.result]
    assert results(client.get(f"{LIST}?state=open")) == [fine.result]


def test_it_turns_overdue_at_midnight_of_the_commune(client, at):
    make_commitment(due_on=TODAY)
    at("2026-11-20 23:59")
    assert client.get(LIST).texts(".stat strong")[0] == "0"
    at("2026-11-21 00:00")
    assert client.get(LIST).texts(".stat strong")[0] == "1"


def test_filters(client):
    village = make_village()
    dialogue = make_dialogue()
    here = make_commitment(make_answer(make_question(state=QuestionState.PUBLISHED, village_id=village.id)))
    there = make_commitment(make_answer(make_question(dialogue, state=QuestionState.PUBLISHED, field="land")))
    assert results(client.get(f"{LIST}?village={village.id}")) == [here.result]
    assert results(client.get(f"{LIST}?field=land")) == [there.result]
    assert results(client.get(f"{LIST}?dialogue={here.dialogue.code}")) == [here.result, there.result]
    assert results(client.get(f"{LIST}?field=land&village={village.id}")) == []
    for nonsense in (
        "state=%00",
        "village=-1",
        "village=99999999999999",
        "field=<b>",
        "dialogue=%F0%9F%99%82",
        "page=0",
    ):
        page = client.get(f"{LIST}?{nonsense}")
        assert page.status == 200


def test_story_names_first_day_reason_and_author(client):
    author = make_staff(name="Phạm Văn Lộc", post="Phó Chủ tịch")
    commitment = make_commitment(due_on=date(2026, 12, 24), first_due_on=date(2026, 11, 3))
    for kind, text, days in (
        (
            EntryKind.EXTENSION,
            "Mưa <b>suốt</b> tháng.",
            {"old_due_on": date(2026, 11, 3), "new_due_on": date(2026, 12, 24)},
        ),
        (EntryKind.PROGRESS, "Đổ xong 50 m.", {}),
    ):
        save(
            CommitmentEntry(
                commune_id=commitment.commune_id, commitment_id=commitment.id, kind=kind, text=text,
                at=clock.now(), author_id=author.id, **days,
            )
        )  # fmt: skip
    page = client.get(f"{LIST}/{commitment.id}")
    for words in ("03/11/2026", "24/12/2026", "Mưa <b>suốt</b> tháng.", "Phạm Văn Lộc, Phó Chủ tịch"):
        assert words in page.main
    assert page.texts(".timeline-note")[1:] == ["Mưa <b>suốt</b> tháng.", "Đổ xong 50 m."]
    assert f"/minh-tam/questions/{commitment.answer.question_id}" in page.links()


def test_counts_know_who_kept_the_first_day():
    answer = make_answer()
    done = {"state": CommitmentState.CONFIRMED}
    make_commitment(answer, due_on=date(2026, 11, 1), reported_done_on=date(2026, 11, 1), **done)
    make_commitment(
        answer, due_on=date(2026, 11, 9), first_due_on=date(2026, 11, 1), reported_done_on=date(2026, 11, 2), **done
    )
    make_commitment(answer, due_on=date(2026, 11, 1))
    make_commitment(answer, due_on=TODAY)
    counts = commitment_counts(visible_commitments(the_commune().id), TODAY)
    assert (counts.come_due, counts.kept, counts.overdue, counts.open, counts.confirmed) == (3, 1, 1, 1, 2)
    assert counts.total == 4


def test_no_asker_is_named(client):
    question = make_question(
        state=QuestionState.PUBLISHED, text="Ông Bảy lấn đất", public_text="Có người lấn đất",
        asker={"name": "Nguyễn Thị Bưởi", "phone": "0900 000 101"},
    )  # fmt: skip
    commitment = make_commitment(make_answer(question))
    for address in (LIST, f"{LIST}/{commitment.id}"):
        page = client.get(address)
        assert "Có người lấn đất" in page.text
        for secret in ("Bưởi", "0900 000 101", "Ông Bảy"):
            assert secret not in page.source


def test_other_communes_are_apart(client):
    make_commitment()
    other = make_commune()
    elsewhere = make_commitment(make_answer(make_question(make_dialogue(commune=other), state=QuestionState.PUBLISHED)))
    assert results(client.get(f"/{other.slug}/commitments")) == [elsewhere.result]
    assert elsewhere.result not in client.get(LIST).text
    client.get(f"{LIST}/{elsewhere.id}", status=404)
    client.get("/nowhere/commitments", status=404)


def test_empty_list_says_what_will_stand_there(client):
    make_commune()
    assert client.get(LIST).select(".empty")


def test_page_is_kept_until_a_promise_changes(client, session):
    commitment = make_commitment()
    etag = client.get(LIST).headers["ETag"]
    client.get(LIST, status=304, headers={"If-None-Match": etag})
    commitment.result = "Cái khác"
    session.commit()
    assert "Cái khác" in client.get(LIST, headers={"If-None-Match": etag}).text


def test_lists_are_paged_and_cost_the_same(client, queries):
    answer = make_answer()
    commitment = make_commitment(answer)
    with queries() as few:
        client.get(f"{LIST}?a=1")
    with queries() as one:
        client.get(f"{LIST}/{commitment.id}")
    for _ in range(24):
        make_commitment(answer)
    with queries() as many:
        page = client.get(f"{LIST}?a=2")
    assert many.count == few.count <= 10
    assert one.count <= 9
    with queries() as again:
        client.get(f"{LIST}?a=3")
    assert again.count <= 3  # what can be chosen, the numbers and the open matters are kept until something changes
    assert len(results(page)) == 20
    assert len(results(client.get(f"{LIST}?page=2"))) == 5
