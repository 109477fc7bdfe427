"""The public account of moderation: every question is counted once, by what became of it, and none is told."""

from datetime import timedelta

from dialogues import clock
from dialogues.extensions import db
from dialogues.oversight.moderation import Account, accounts
from dialogues.questions import sorting
from dialogues.questions.rules import DeclineReason, QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.words import label
from tests.make import make_commune, make_dialogue, make_question, make_staff, wall

S = QuestionState
URL = "/minh-tam/moderation"


def decided(state, days, **more):
    return make_question(state=state, received_at=wall(-30), decided_at=wall(-30) + timedelta(days=days), **more)


def test_every_state_has_its_row_and_reasons_stand_under_declined(client, app):
    for number, state in enumerate(QuestionState):
        for _n in range(number + 1):
            make_question(state=state, text="Ông Tư lấn đất", public_text="Một hộ lấn đất")
    decided(S.DECLINED, 3, decline_reason=DeclineReason.UNCLEAR)
    make_question(make_dialogue(state=DialogueState.DRAFT))
    make_question(make_dialogue(commune=make_commune()))
    page = client.get(URL)
    rows = dict(zip(page.texts("section:first-of-type th"), page.texts("section:first-of-type td"), strict=True))
    assert int(rows["Tiếp nhận"]) == sum(range(1, len(S) + 1)) + 1
    with app.test_request_context("/"):
        assert [int(rows[str(label(state))]) for state in S] == [n + 1 + (s is S.DECLINED) for n, s in enumerate(S)]
        assert int(rows[str(label(DeclineReason.UNCLEAR))]) == 1
    assert len(rows) == len(S) + 3
    assert "lấn đất" not in page.main


def test_the_waiting_time_runs_to_the_first_decision(client, app):
    clerk = make_staff()
    for days in (1, 2, 9):
        decided(S.PUBLISHED, days)
    again = make_question(received_at=clock.now() - timedelta(days=4, hours=1))
    make_question()
    sorting.publish(question=again, public_text="x", actor=clerk)
    sorting.take_back(question=again, note="Sai", actor=clerk)
    db.session.commit()
    again.decided_at = clock.now() + timedelta(days=50)
    db.session.commit()
    (year,) = accounts(clerk.commune_id, clerk.commune.time_zone)
    assert sorted(year.account.days.elements()) == [1, 2, 4, 9]
    assert year.account.median_days == 2
    assert Account().median_days is None


def test_the_wait_is_told_in_words_that_fit_the_number_of_questions(client):
    def waited():
        return client.get(URL).texts("section:first-of-type td")[-1]

    make_question()
    assert waited() == "chưa có câu nào được quyết định"
    decided(S.PUBLISHED, 0)
    assert waited() == "ngay trong ngày"
    for days in (1, 9):
        decided(S.PUBLISHED, days)
    assert waited() == "lâu nhất 9 ngày"
    for days in (0, 3):
        decided(S.PUBLISHED, days)
    assert waited() == "một nửa không quá 1 ngày"
    for _n in range(3):
        decided(S.PUBLISHED, 0)
    assert waited() == "một nửa ngay trong ngày"


def test_years_are_kept_apart_and_take_two_queries(client, queries):
    old = make_dialogue(starts_at=wall(-800), state=DialogueState.PUBLISHED)
    make_question(old)
    new = make_dialogue(starts_at=wall(0))
    for _n in range(5):
        decided(S.PUBLISHED, 1, dialogue=new)
    page = client.get(URL)
    assert new.title in page.main
    assert old.title not in page.main
    assert old.title in client.get(f"{URL}?year={old.starts_at.year}").main
    commune_id = new.commune_id
    with queries() as seen:
        accounts(commune_id, "Asia/Ho_Chi_Minh")
    assert seen.count == 2
    assert new.title in client.get(f"{URL}?year=1066").main


def test_a_text_that_was_split_is_received_once_and_its_matters_are_counted_apart(app):
    dialogue = make_dialogue()
    text = make_question(dialogue, state=S.SPLIT)
    for state in (S.PUBLISHED, S.WAITING, S.WAITING):
        make_question(dialogue, state=state, split_from_id=text.id)
    (year,) = accounts(dialogue.commune_id, dialogue.commune.time_zone)
    assert (year.account.received, year.account.parts) == (1, 3)
    assert sum(year.account.states.values()) == 4
