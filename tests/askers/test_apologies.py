"""The letter of apology: prepared, read, changed, sent once for each delay, and printed."""

from datetime import date

import pytest

from dialogues.askers.models import Word
from dialogues.followup.models import Commitment
from dialogues.questions.rules import IntakeChannel, QuestionEvent, QuestionState
from dialogues.staff.rules import Role
from tests.make import make_answer, make_commitment, make_question, make_staff


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


@pytest.fixture
def head(app, now):
    return make_staff(Role.LEADER, name="Chủ Tịch")


@pytest.fixture
def promise(head):
    """Late since two days; it was asked by somebody on paper."""
    asker = {"name": "Nông Thị Sáu"}
    question = make_question(state=QuestionState.PUBLISHED, channel=IntakeChannel.PAPER_FORM, asker=asker)
    return make_commitment(make_answer(question), due_on=date(2026, 11, 18))


@pytest.fixture
def office(head, sign_in):
    staff = make_staff(Role.OFFICE, commune=head.commune)
    sign_in(staff)
    return staff


def url(promise):
    return f"/office/askers/apology/{promise.id}"


def send(client, promise, text="Xã xin lỗi bà con."):
    read = client.get(url(promise)).form("apology-form").fill(text=text).submit(status=200)
    return read.form("apology-form").submit()


def words(session):
    session.expire_all()
    return [word.text for word in session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_APOLOGY)]


def test_an_apology_is_read_changed_and_sent_with_a_second_press_once(client, office, promise, session):
    path = f"/office/askers/apology/{promise.id}"
    page = client.get(path)
    assert promise.shown in page.source
    form = page.form("apology-form").fill(text="Xã xin lỗi bà con vì chậm.")
    again = form.submit(status=200)
    assert session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_APOLOGY).count() == 0
    assert "1 người" in again.text
    again.form("apology-form").submit().follow()
    (word,) = session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_APOLOGY).all()
    assert "Xã xin lỗi bà con vì chậm." in word.text
    assert "đã gửi" in client.post(path, {"text": "Lần nữa.", "send": "now", "people": "1"}, status=303).follow().text
    assert session.query(Word).filter_by(event=QuestionEvent.COMMITMENT_APOLOGY).count() == 1
    assert "Xã xin lỗi bà con vì chậm." in client.get(f"{path}/print").text


def test_no_apology_where_nothing_is_late(client, office, promise):
    kept = make_commitment(promise.answer, due_on=date(2026, 11, 20))
    page = client.get(url(kept), status=303).follow()
    assert "quá hạn" in page.text


def test_the_words_that_are_prepared_say_what_is_true(client, office, promise, session):
    late = client.get(url(promise)).form("apology-form")["text"]
    assert "đến nay vẫn chưa xong" in late
    assert "18/11/2026" in late
    early = make_commitment(promise.answer, due_on=date(2026, 12, 1))
    values = {"new_due_on": "2026-12-28", "reason": "Mưa lũ kéo dài.", "version": early.version}
    client.get(f"/office/commitments/{early.id}").form("extend-form").fill(**values).submit().follow()
    text = client.get(url(early)).form("apology-form")["text"]
    assert "chưa xong" not in text
    for part in ("xin lỗi bà con", "01/12/2026", "Mưa lũ kéo dài.", "28/12/2026"):
        assert part in text


def test_each_promise_of_an_answer_gets_its_own_letter(client, office, promise, session):
    other = make_commitment(promise.answer, due_on=date(2026, 11, 10))
    send(client, promise, f"Chậm: {promise.shown}").follow()
    send(client, other, f"Chậm: {other.shown}").follow()
    assert len(words(session)) == 2


def test_a_new_delay_asks_for_a_new_letter(client, office, sign_in, promise, at, session):
    send(client, promise, "Lần một.").follow()
    at("2026-11-21 09:00")
    sign_in(office)
    session.expire_all()
    values = {"new_due_on": "2026-12-28", "reason": "Mưa.", "version": session.get(Commitment, promise.id).version}
    client.get(f"/office/commitments/{promise.id}").form("extend-form").fill(**values).submit().follow()
    send(client, promise, "Lần hai.").follow()
    assert client.get(url(promise)).select("form#apology-form") == []
    assert any("Lần hai." in text for text in words(session))


def test_it_goes_only_to_as_many_as_were_read(client, office, promise, session):
    values = {"text": "Xin lỗi.", "send": "now", "people": "7"}
    page = client.post(url(promise), values, status=422)
    assert words(session) == []
    assert "1 người" in page.text
    page.form("apology-form").submit().follow()
    assert len(words(session)) == 1


def test_paper_has_one_without_names_and_one_for_who_gets_no_message(client, office, promise):
    page = client.post(f"{url(promise)}/print", {"text": "Xã nhận lỗi về mình."}, status=200)
    (general, own) = page.select(".told-slip")
    code = promise.answer.question.askers[0].code
    assert "Nông Thị Sáu" not in general.text
    assert "Nông Thị Sáu" in own.text
    assert code[:4] in own.text.replace("-", "")
    assert all("Xã nhận lỗi về mình." in sheet.text for sheet in (general, own))
    assert client.post(f"{url(promise)}/print", {"text": " "}, status=422).errors


@pytest.mark.parametrize("role", [Role.LEADER, Role.DEPARTMENT, Role.OVERSEER, Role.VILLAGE_HEAD])
def test_who_may_not_know_the_askers_sees_no_letter(client, sign_in, promise, role):
    sign_in(make_staff(role))
    client.get(url(promise), status=403)
    client.get(f"{url(promise)}/print", status=403)
