"""Writing, publishing and completing answers, through the pages of the office."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.followup.models import Answer
from dialogues.followup.question_views import question_views
from dialogues.followup.rules import AnswerStage, Outcome, answer_stage
from dialogues.followup.service import answer_stage_column
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible
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

TODAY = "2026-11-22"
PUBLISHED = QuestionState.PUBLISHED


@pytest.fixture(autouse=True)
def now(at):
    at(f"{TODAY} 09:00")


@pytest.fixture
def office(app, now, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def fields(**over):
    values = {
        "version": "0",
        "outcome": "answered_on_spot",
        "text": "Tuần tới thợ vào làm.",
        "answered_by_id": "",
        "answered_on": TODAY,
        "due_on": "",
        "escalated_to": "",
    }
    return {**values, **over}


def url(question, *more):
    return "/".join([f"/office/questions/{question.id}/answer", *more])


def the_answer(session, question):
    return session.scalar(sa.select(Answer).where(Answer.question_id == question.id))


# -- writing ----------------------------------------------------------------------------------------------------------


def test_office_drafts_then_publishes(client, office, session):
    question = make_question(state=PUBLISHED)
    page = client.get(url(question))
    form = page.form("answer-form").fill(outcome="answered_on_spot", text="Tuần tới thợ vào làm.")
    page = form.submit("Save the draft" if "Save the draft" in page.text else None).follow()
    answer = the_answer(session, question)
    assert answer.published_at is None
    assert question_views(visible(question.commune_id), date(2026, 11, 22))[0].answer is None

    client.post(url(question, "publish"), {"version": answer.version}).follow()
    view = question_views(visible(question.commune_id), date(2026, 11, 22))[0]
    assert view.answer.text == "Tuần tới thợ vào làm."
    assert view.stage is AnswerStage.ANSWERED


def test_save_and_publish_in_one_step(client, office, session):
    question = make_question(state=PUBLISHED)
    client.post(url(question), fields(then="publish")).follow()
    assert the_answer(session, question).published_at is not None


def test_answer_of_a_waiting_question_stays_a_draft_and_says_why(client, office, session):
    question = make_question()
    client.post(url(question), fields(then="publish")).follow()
    answer = the_answer(session, question)
    assert answer.published_at is None
    client.post(url(question, "publish"), {"version": answer.version}).follow()
    session.refresh(answer)
    assert answer.published_at is None


@pytest.mark.parametrize("state", ["declined", "withdrawn", "moved_to_complaint"])
def test_closed_question_gets_no_answer(client, office, session, state):
    question = make_question(state=QuestionState(state))
    client.get(url(question))
    client.post(url(question), fields(), status=422)
    assert the_answer(session, question) is None


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "forged"}, "outcome"),
        ({"text": "   "}, "text"),
        ({"outcome": "in_writing"}, "due_on"),
        ({"outcome": "in_writing", "due_on": "2026-11-21"}, "due_on"),
        ({"outcome": "in_writing", "due_on": "31/02/2026"}, "due_on"),
        ({"outcome": "escalated"}, "escalated_to"),
        ({"answered_on": "2026-11-23"}, "answered_on"),
        ({"answered_on": "2026-11-21"}, "answered_on"),
        ({"answered_on": ""}, "answered_on"),
        ({"answered_on": "  "}, "answered_on"),
        ({"text": "x" * 8001}, "text"),
        ({"escalated_to": "x" * 201, "outcome": "escalated"}, "escalated_to"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_kept(client, office, session, over, field):
    question = make_question(state=PUBLISHED)
    page = client.post(url(question), fields(**over), status=422)
    assert page.select(f"#{field}-error")
    assert the_answer(session, question) is None
    if len(over.get("text", "")) < 20:
        assert over.get("text", fields()["text"]).strip() in page.one("textarea#text").text


def test_hostile_text_is_shown_as_text(client, office, session):
    question = make_question(state=PUBLISHED)
    hostile = "<script>alert(1)</script>\x00\u202e Đường\u0323 tốt 🙂"
    client.post(url(question), fields(text=hostile)).follow()
    saved = the_answer(session, question).text
    assert "\x00" not in saved
    assert "\u202e" not in saved
    assert "🙂" in saved
    assert not client.get(url(question)).select("script:not([src])")


def test_answerer_of_another_commune_is_not_offered(client, office, session):
    stranger = make_staff(commune=make_commune())
    question = make_question(make_dialogue(commune=office.commune), state=PUBLISHED)
    for person in (stranger.id, 999999, "abc"):
        client.post(url(question), fields(answered_by_id=str(person)), status=404)
    assert the_answer(session, question) is None


def test_likely_values_stand_in_the_form(client, office):
    person = make_staff(Role.LEADER)
    question = make_question(state=PUBLISHED, assigned_staff_id=person.id)
    form = client.get(url(question)).form("answer-form")
    assert form["answered_by_id"] == str(person.id)
    assert form["answered_on"] == TODAY


def test_second_writer_sees_both_texts_and_overwrites_nothing(client, office, session):
    question = make_question(state=PUBLISHED)
    form = client.get(url(question)).form("answer-form").fill(outcome="answered_on_spot", text="Của tôi")
    make_answer(question, text="Của người khác", published_at=None)
    page = form.submit(status=409)
    assert the_answer(session, question).text == "Của người khác"
    assert "Của người khác" in page.main
    assert page.form("answer-form")["text"] == "Của tôi"
    page.form("answer-form").submit()
    session.expire_all()
    assert the_answer(session, question).text == "Của tôi"


def test_same_form_twice_makes_one_answer(client, office, session):
    question = make_question(state=PUBLISHED)
    client.post(url(question), fields())
    client.post(url(question), fields(), status=409)
    assert session.scalar(sa.select(sa.func.count(Answer.id))) == 1


def test_stale_button_does_nothing(client, office, session):
    answer = make_answer(published_at=None)
    client.post(url(answer.question, "publish"), {"version": "77"}).follow()
    client.post(url(answer.question, "publish"), {"version": "x"}).follow()
    session.refresh(answer)
    assert answer.published_at is None


# -- who --------------------------------------------------------------------------------------------------------------


def test_department_answers_what_is_assigned_to_it_and_nothing_else(client, sign_in, session):
    unit, other = make_unit(), make_unit()
    member = make_staff(Role.DEPARTMENT, unit=unit)
    sign_in(member)
    ours = make_question(state=PUBLISHED, assigned_unit_id=unit.id)
    mine = make_question(state=PUBLISHED, assigned_staff_id=member.id)
    theirs = make_question(state=PUBLISHED, assigned_unit_id=other.id)
    nobodys = make_question(state=PUBLISHED)
    for question in (ours, mine):
        client.post(url(question), fields(answered_by_id=str(member.id)))
        assert the_answer(session, question).text
    for question in (theirs, nobodys):
        client.get(url(question), status=404)
        client.post(url(question), fields(), status=404)
        assert the_answer(session, question) is None


def test_who_promised_a_written_answer_gives_it_whoever_the_question_is_assigned_to(client, sign_in, session):
    leader = make_staff(Role.LEADER)
    question = make_question(state=PUBLISHED, assigned_unit_id=make_unit().id)
    promised = make_answer(
        question,
        outcome=Outcome.IN_WRITING,
        due_on=date(2026, 12, 1),
        answered_by_id=leader.id,
        published_at=clock.now(),
    )
    sign_in(leader)
    page = client.get(url(question))
    assert url(question) in client.get("/office/work").links()
    page.form("later-form").fill(final_text="Kè bờ sông khởi công tháng 3.").submit().follow()
    assert the_answer(session, question).final_text == "Kè bờ sông khởi công tháng 3."
    sign_in(make_staff(Role.LEADER))
    client.get(url(promised.question), status=404)


def test_person_without_unit_does_not_match_questions_without_unit(client, sign_in):
    sign_in(make_staff(Role.LEADER))
    client.get(url(make_question(state=PUBLISHED)), status=404)


def test_department_neither_publishes_nor_changes_what_is_public(client, sign_in, session):
    unit = make_unit()
    sign_in(make_staff(Role.DEPARTMENT, unit=unit))
    question = make_question(state=PUBLISHED, assigned_unit_id=unit.id)
    client.post(url(question), fields(then="publish"))
    answer = the_answer(session, question)
    assert answer.published_at is None
    client.post(url(question, "publish"), {"version": answer.version}, status=403)
    answer.published_at = clock.now()
    session.commit()
    assert not client.get(url(question)).select("#answer-form")
    client.post(url(question), fields(version=str(answer.version), text="Khác"), status=422)
    session.expire_all()
    assert the_answer(session, question).text == fields()["text"]


def test_another_commune_is_not_there(client, office):
    elsewhere = make_question(make_dialogue(commune=make_commune()), state=PUBLISHED)
    answer = make_answer(elsewhere)
    for address in ("", "publish", "take-back", "later", "move"):
        client.post(url(elsewhere, *filter(None, [address])), fields(version=str(answer.version)), status=404)
    client.get(url(elsewhere), status=404)
    client.get(f"/office/questions/{elsewhere.id}/commitments/new", status=404)


# -- taking back ------------------------------------------------------------------------------------------------------


def test_taken_back_answer_is_a_draft_again(client, office, session):
    answer = make_answer()
    client.post(url(answer.question, "take-back"), {"version": answer.version}).follow()
    session.refresh(answer)
    assert answer.published_at is None


def test_answer_with_a_commitment_stays_public(client, office, session):
    commitment = make_commitment()
    answer = commitment.answer
    client.post(url(answer.question, "take-back"), {"version": answer.version}).follow()
    session.refresh(answer)
    assert answer.published_at is not None


# -- later answers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def promised(app, now):
    unit = make_unit()
    question = make_question(state=PUBLISHED, assigned_unit_id=unit.id)
    return make_answer(question, outcome=Outcome.IN_WRITING, due_on=date(2026, 11, 30))


def test_office_records_the_later_answer(client, office, session, promised):
    form = client.get(url(promised.question)).form("later-form").fill(final_text="Đã đo lại đất.", final_on=TODAY)
    form.submit().follow()
    session.refresh(promised)
    assert promised.final_on == date(2026, 11, 22)
    view = question_views(visible(promised.commune_id), date(2026, 12, 24))[0]
    assert (view.stage, view.answer.final_text) == (AnswerStage.WRITTEN_GIVEN, "Đã đo lại đất.")


def test_later_answer_of_a_department_is_not_public_before_the_office_gave_it_its_day(
    client, sign_in, session, promised
):
    sign_in(make_staff(Role.DEPARTMENT, unit_id=promised.question.assigned_unit_id))
    form = client.get(url(promised.question)).form("later-form").fill(final_text="Đã đo lại đất.")
    form.submit().follow()
    client.post(url(promised.question, "later"), {"version": promised.version, "final_text": "Nữa", "final_on": TODAY})
    session.refresh(promised)
    assert promised.final_on is None
    view = question_views(visible(promised.commune_id), date(2026, 12, 24))[0]
    assert (view.stage, view.answer.final_text) == (AnswerStage.WRITTEN_OVERDUE, "")


@pytest.mark.parametrize("day", ["", "2026-11-23", "2026-11-21"])
def test_day_of_the_later_answer_lies_between_answer_and_today(client, office, session, promised, day):
    page = client.post(
        url(promised.question, "later"), {"version": promised.version, "final_text": "Xong", "final_on": day}, 422
    )
    assert page.select("#final_on-error")
    session.refresh(promised)
    assert promised.final_text == ""


def test_stale_later_answer_shows_both(client, office, session, promised):
    form = client.get(url(promised.question)).form("later-form").fill(final_text="Của tôi", final_on=TODAY)
    promised.final_text = "Của người khác"
    session.commit()
    page = form.submit(status=409)
    assert "Của người khác" in page.main
    assert page.form("later-form")["final_text"] == "Của tôi"
    session.refresh(promised)
    assert promised.final_text == "Của người khác"


def test_only_promised_answers_get_a_later_one(client, office, session):
    answer = make_answer()
    client.post(url(answer.question, "later"), {"version": 1, "final_text": "x", "final_on": TODAY}, status=422)
    client.get(url(answer.question, "later"), status=303)


# -- the complaint procedure ------------------------------------------------------------------------------------------


def test_move_to_the_complaint_procedure(client, office, session):
    question = make_question(state=PUBLISHED)
    page = client.post(url(question), fields(outcome="moved_to_complaint", text="Đơn tố cáo ông X")).follow()
    client.post(url(question, "publish"), {"version": "1"}).follow()
    assert the_answer(session, question).published_at is None
    page = page.form("move-form").fill(note="Đã chuyển sang Thanh tra theo Luật Tố cáo.").submit()
    session.expire_all()
    assert session.get(Question, question.id).state is QuestionState.MOVED_TO_COMPLAINT
    assert question_views(visible(question.commune_id), date(2026, 11, 22)) == []
    assert page.location.endswith(f"/office/questions/{question.id}")


def test_moved_text_is_never_public_even_when_marked_published(app, session):
    make_answer(outcome=Outcome.MOVED_TO_COMPLAINT, text="Đơn tố cáo")
    view = question_views(visible(make_answer().commune_id), date(2026, 11, 22))
    assert all(one.answer is None or one.answer.outcome is not Outcome.MOVED_TO_COMPLAINT for one in view)


def test_public_answer_does_not_turn_into_a_complaint(client, office, session):
    answer = make_answer()
    page = client.post(url(answer.question), fields(version="1", outcome="moved_to_complaint"), status=422)
    assert page.select("#outcome-error")
    session.refresh(answer)
    assert answer.outcome is Outcome.ANSWERED_ON_SPOT


# -- the list ---------------------------------------------------------------------------------------------------------


def test_stage_in_sql_is_the_stage_of_the_rules(app, session):
    today = date(2026, 11, 22)
    for outcome in Outcome:
        for published in (None, clock.now()):
            for due_on in (None, today, today - timedelta(days=1)):
                for final_on in (None, today):
                    make_answer(outcome=outcome, published_at=published, due_on=due_on, final_on=final_on)
    rows = session.execute(
        sa.select(Answer, answer_stage_column(today))
        .select_from(Question)
        .join(Answer, Answer.question_id == Question.id)
    ).all()
    assert len(rows) == 60
    for a, stage in rows:
        assert AnswerStage(stage) is answer_stage(a.outcome, a.published_at is not None, a.due_on, a.final_on, today)


def test_list_filters_by_stage_and_keeps_late_ones_first(client, office):
    fine = make_answer()
    late = make_answer(outcome=Outcome.IN_WRITING, due_on=date(2026, 11, 1), answered_on=date(2026, 10, 20))
    open_ = make_question(state=PUBLISHED)
    hidden = make_question()
    page = client.get("/office/answers")
    shown = page.texts("tbody th a")
    assert shown == [late.question.public_text, open_.public_text, fine.question.public_text]
    assert hidden.text not in page.text
    assert client.get("/office/answers?stage=unanswered").texts("tbody th a") == [open_.public_text]
    assert len(client.get("/office/answers?stage=nonsense&dialogue=%00&page=-1").select("tbody tr")) == 3


def test_answers_cost_the_same_however_many(client, office, queries):
    make_commitment(make_answer())
    with queries() as few:
        client.get("/office/answers")
    for _ in range(6):
        make_commitment(make_answer())
    with queries() as many:
        client.get("/office/answers")
    assert many.count == few.count <= 8


def test_question_page_shows_the_panel(client, office):
    question = make_question(state=PUBLISHED)
    page = client.get(f"/office/questions/{question.id}")
    assert url(question) in page.links()
    answer = make_answer(question, published_at=None)
    commitment = make_commitment(answer)
    page = client.get(f"/office/questions/{question.id}")
    assert f"/office/commitments/{commitment.id}" in page.links()
    page.form(url(question, "publish")).submit().follow()
    assert f"/office/questions/{question.id}" == page.url
