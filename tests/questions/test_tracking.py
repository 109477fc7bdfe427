"""The asker's own page: found by the code, told in plain words, changed and withdrawn by the asker."""

import pytest
import sqlalchemy as sa

from dialogues import codes
from dialogues.extensions import db
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import Consent, ConsentHow, DeclineReason, QuestionState
from dialogues.staff.models import TrailEntry
from tests.make import make_answer, make_commitment, make_question, make_staff, make_unit

S = QuestionState


@pytest.fixture(autouse=True)
def _evening(at):
    at("2026-11-22 18:00")


def own_page(client, question, status=200, more=""):
    return client.get(f"/q/{question.askers[0].code}{more}", status=status)


@pytest.mark.parametrize("state", list(QuestionState))
def test_every_state_is_told_in_words(client, state):
    question = make_question(
        state=state,
        state_note="Vì trùng với câu hỏi trước." if state in (S.DECLINED, S.MOVED_TO_COMPLAINT) else "",
        decline_reason=DeclineReason.SENT_TWICE if state is S.DECLINED else None,
    )
    page = own_page(client, question)
    assert question.text in page.main
    if question.state_note:
        assert "Vì trùng với câu hỏi trước." in page.main
    assert page.select(".timeline li")


def test_the_answer_and_the_commitments_stand_on_the_page(client):
    question = make_question(state=S.PUBLISHED)
    answer = make_answer(question, text="Tuần tới thợ vào.")
    make_commitment(answer, result="Đoạn đường hết ổ gà.", state=CommitmentState.IN_PROGRESS)
    page = own_page(client, question)
    assert "Tuần tới thợ vào." in page.main
    assert "Đoạn đường hết ổ gà." in page.main


def test_a_draft_of_an_answer_is_not_shown(client):
    question = make_question(state=S.PUBLISHED)
    make_answer(question, text="Bí mật còn bàn.", published_at=None)
    assert "Bí mật còn bàn." not in own_page(client, question).text


def test_the_answer_of_a_question_that_is_not_public_is_not_shown(client):
    question = make_question(state=S.WAITING)
    make_answer(question, text="Chưa ai được đọc.", outcome=Outcome.ANSWERED_ON_SPOT)
    assert "Chưa ai được đọc." not in own_page(client, question).text


def test_both_texts_are_shown_when_the_office_changed_the_wording(client):
    question = make_question(state=S.PUBLISHED, text="Ông Tư lấn đường.", public_text="Một hộ lấn đường.")
    page = own_page(client, question)
    assert "Ông Tư lấn đường." in page.main
    assert "Một hộ lấn đường." in page.main


def test_the_page_says_to_whom_it_was_given(client, at):
    from dialogues import clock

    unit = make_unit(name="Phòng Kinh tế")
    question = make_question(assigned_unit=unit, assigned_at=clock.now())
    assert "Phòng Kinh tế" in own_page(client, question).main


def test_a_declined_question_that_is_taken_up_again_was_never_public_and_does_not_say_so(client):
    from dialogues.questions import sorting

    question = make_question(state=S.DECLINED)
    sorting.take_back(question=question, note="Gọi lại, hiểu rồi.", actor=make_staff())
    db.session.commit()
    story = [tag.get_text() for tag in own_page(client, question).select(".timeline-what")]
    assert story == ["Đưa về văn phòng để đọc lại", "Tiếp nhận"]


def test_personal_data_of_the_asker_is_hinted_at_only(client):
    asker = {"name": "Trần Văn Bình", "phone": "0900 000 101", "email": "binh@minh-tam.example"}
    page = own_page(client, make_question(asker=asker))
    assert "101" in page.main
    for secret in ("Bình", "0900 000 101", "binh@"):
        assert secret not in page.source


def test_other_askers_stay_hidden(client):
    question = make_question(asker={"name": "Một Người"})
    other = Asker(
        commune_id=question.commune_id,
        question_id=question.id,
        code=codes.new_tracking_code(),
        name="Người Khác",
        phone="0900 000 199",
        joined_at=question.received_at,
    )
    db.session.add(other)
    db.session.commit()
    page = own_page(client, question)
    assert "Người Khác" not in page.source
    assert "199" not in page.main


def test_the_page_is_kept_nowhere_and_not_found_by_search_engines(client):
    page = own_page(client, make_question())
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.one('meta[name="robots"]')["content"]


def test_a_code_is_understood_however_it_is_typed(client):
    code = make_question().askers[0].code
    assert client.get(f"/q/{codes.grouped(code).lower()}", status=302).location == f"/q/{code}"


def test_the_box_leads_to_the_page(client):
    code = make_question().askers[0].code
    page = client.get("/q").form("/q").fill(code=f" {codes.grouped(code).lower()} ").submit(status=303)
    assert page.location == f"/q/{code}"


@pytest.mark.parametrize(
    "typed", ["", "   ", "0", "ABC", "7KMA2X9CH4RUX", "<script>", "\x00", "ệ" * 300, "7KMA2X9CH4R0"]
)
def test_the_box_says_what_is_probably_wrong(client, typed):
    page = client.get("/q", status=422, query_string={"code": typed})
    assert page.errors


def test_an_unknown_code_is_not_found_and_says_so(client):
    page = client.get(f"/q/{codes.new_tracking_code()}", status=404)
    assert page.errors


def test_after_20_wrong_codes_the_address_waits_also_with_a_right_one(client, at):
    question = make_question()
    code = question.askers[0].code
    for _number in range(20):
        client.get(f"/q/{codes.new_tracking_code()}", status=404)
    client.get(f"/q/{codes.new_tracking_code()}", status=429)
    client.get(f"/q/{code}", status=429)
    at("2026-11-22 18:11")
    client.get(f"/q/{code}")


def test_right_codes_are_never_counted(client):
    question = make_question()
    for _number in range(25):
        own_page(client, question)


def test_a_consent_is_given_and_taken_back_by_a_button_each(client):
    question = make_question(asker={"name": "Bình", "phone": "0900 000 101"})
    code = question.askers[0].code
    form = next(f for f in own_page(client, question).select("main form") if f.find(attrs={"value": "message"}))
    assert form.find(attrs={"name": "given"})["value"] == "1"
    page = client.post(f"/q/{code}/consents", {"consent": "message", "given": "1"}, csrf=False).follow()
    assert page.notice
    assert db.session.scalars(sa.select(Asker.may_message)).one() is True
    client.post(f"/q/{code}/consents", {"consent": "message", "given": "0"}, csrf=False)
    assert db.session.scalars(sa.select(Asker.may_message)).one() is False
    changes = db.session.scalars(sa.select(ConsentChange).order_by(ConsentChange.id)).all()
    assert [(c.consent, c.is_given, c.how) for c in changes] == [
        (Consent.MESSAGE, True, ConsentHow.WEB),
        (Consent.MESSAGE, False, ConsentHow.WEB),
    ]


def test_the_same_consent_twice_is_written_once(client):
    code = make_question(asker={"name": "Bình"}).askers[0].code
    for _number in range(2):
        client.post(f"/q/{code}/consents", {"consent": "publish_name", "given": "1"}, csrf=False)
    assert len(db.session.scalars(sa.select(ConsentChange)).all()) == 1


@pytest.mark.parametrize("consent", ["message", "contact", "publish_name"])
def test_a_consent_that_has_nothing_to_stand_on_is_refused_with_a_sentence(client, consent):
    code = make_question().askers[0].code
    page = client.post(f"/q/{code}/consents", {"consent": consent, "given": "1"}, csrf=False, status=422)
    assert page.notice


@pytest.mark.parametrize("data", [{}, {"consent": "x", "given": "1"}, {"consent": "message", "given": "2"}])
def test_a_strange_consent_is_refused(client, data):
    code = make_question().askers[0].code
    client.post(f"/q/{code}/consents", data, csrf=False, status=422)


def test_taking_the_name_back_takes_it_off_the_public_page_at_once(client):
    question = make_question(state=S.PUBLISHED, asker={"name": "Trần Văn Bình", "may_publish_name": True})
    url = f"/minh-tam/questions/{question.id}"
    assert "Trần Văn Bình" in client.get(url).main
    client.post(f"/q/{question.askers[0].code}/consents", {"consent": "publish_name", "given": "0"}, csrf=False)
    assert "Trần Văn Bình" not in client.get(url).main


@pytest.mark.parametrize("state", [S.WAITING, S.PUBLISHED])
def test_a_question_is_withdrawn_after_a_page_that_says_what_that_means(client, state):
    question = make_question(state=state)
    page = own_page(client, question).click(f"/q/{question.askers[0].code}/withdraw")
    assert question.state is state
    done = page.form().submit().follow()
    assert done.notice
    assert db.session.get(Question, question.id).state is S.WITHDRAWN
    assert db.session.scalars(sa.select(TrailEntry.action)).all() == ["withdrawn"]
    client.get(f"/minh-tam/questions/{question.id}", status=404)


@pytest.mark.parametrize("state", [S.DECLINED, S.MOVED_TO_COMPLAINT, S.WITHDRAWN])
def test_what_is_not_shown_cannot_be_withdrawn(client, state):
    question = make_question(state=state)
    code = question.askers[0].code
    assert not own_page(client, question).select('a[href$="/withdraw"]')
    assert client.get(f"/q/{code}/withdraw", status=303).location == f"/q/{code}"
    assert client.post(f"/q/{code}/withdraw", csrf=False, status=422).notice
    assert db.session.get(Question, question.id).state is state


def test_posts_with_wrong_codes_change_nothing_and_are_counted(client):
    make_question()
    for path in ("consents", "withdraw"):
        client.post(f"/q/{codes.new_tracking_code()}/{path}", csrf=False, status=404)
    from dialogues.staff.models import Throttle

    assert db.session.scalars(sa.select(Throttle.tries)).one() == 2


def test_the_page_takes_a_fixed_number_of_statements(client, queries):
    question = make_question(state=S.PUBLISHED, assigned_staff=make_staff())
    with queries() as bare:
        own_page(client, question)
    answer = make_answer(question)
    for _number in range(5):
        make_commitment(answer)
    with queries() as rich:
        own_page(client, question)
    assert rich.count <= bare.count + 1
    assert rich.count <= 10
