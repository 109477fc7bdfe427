"""Several matters in one sending, and sendings that look like a program's: kept, looked at, never lost."""

import unicodedata

import pytest
import sqlalchemy as sa

from dialogues import codes
from dialogues.extensions import db
from dialogues.places.models import Commune
from dialogues.questions import events, pace, queue, sorting
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionEvent, QuestionState, Suspicion
from dialogues.staff import throttle
from dialogues.staff.rules import Role
from tests.make import make_dialogue, make_question, make_staff

TEXT = "Đường từ cổng làng xuống trạm bơm ngập mỗi khi mưa, bao giờ sửa?"
OPENED, SENT, LATER = "2026-11-22 18:00:00", "2026-11-22 18:00:30", "2026-11-22 18:03:30"
ADVERT = "Vay tiền nhanh, không cần thế chấp, giải ngân trong ngày."
S = QuestionState


@pytest.fixture
def dialogue(at):
    at(OPENED)
    return make_dialogue()


@pytest.fixture
def form(client, at, dialogue):
    """The opened form with one matter, half a minute later."""
    found = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads")
    at(SENT)
    return found


@pytest.fixture
def three(form):
    """The form with three matters."""
    form = form.submit("add", status=200).form().fill(text_2="Đèn đường ngã ba cháy.", field_2="electricity")
    return form.submit("add", status=200).form().fill(text_3="Rác ba ngày không thu.", field_3="environment")


def questions():
    return list(db.session.scalars(sa.select(Question).order_by(Question.id)))


def test_three_matters_become_three_questions_with_one_person_and_all_codes_on_the_receipt(three):
    page = three.fill(name="Bình", phone="0900 000 101", message=True).submit().follow()
    found = questions()
    assert [(q.text[:3], q.field.value) for q in found] == [
        ("Đườ", "roads"), ("Đèn", "electricity"), ("Rác", "environment"),
    ]  # fmt: skip
    askers = [q.askers[0] for q in found]
    assert {(a.name, a.phone, a.may_message, a.may_contact) for a in askers} == {("Bình", "0900 000 101", True, False)}
    assert len({a.code for a in askers}) == 3
    assert [tag.get_text() for tag in page.select(".code-display")] == [codes.grouped(a.code) for a in askers]
    assert len(page.select("main img")) == 3
    assert page.select("[data-clear-draft]")
    assert page.headers["Cache-Control"] == "no-store"


def test_sending_three_matters_twice_gives_the_same_three_codes(three):
    first, second = three.submit(), three.submit()
    assert first.location == second.location
    assert len(questions()) == 3


def test_the_same_matter_twice_in_one_sending_is_one_question(form):
    page = form.submit("add", status=200).form().fill(text_2=TEXT, field_2="roads").submit().follow()
    assert len(questions()) == 1
    assert len(page.select(".code-display")) == 1


def test_an_empty_further_matter_is_none(three):
    three.fill(text_2="", field_2="").submit()
    assert [q.text for q in questions()] == [TEXT, "Rác ba ngày không thu."]


def test_an_error_in_the_third_matter_keeps_all_and_stores_nothing(three):
    long = "ạ" * 4001
    page = three.fill(text_3=long, name="Bình", contact=True).submit(status=422)
    assert [link["href"] for link in page.select(".error-summary a")] == ["#text_3", "#contact"]
    form = page.form()
    assert (form["text"], form["text_2"], form["text_3"]) == (TEXT, "Đèn đường ngã ba cháy.", long)
    assert (form["field_2"], form["name"]) == ("electricity", "Bình")
    assert questions() == []


@pytest.mark.parametrize(("text", "field", "at_fault"), [("", "roads", "#text_2"), ("Đèn cháy.", "", "#field_2")])
def test_half_a_matter_says_what_it_lacks(form, text, field, at_fault):
    page = form.submit("add", status=200).form().fill(text_2=text, field_2=field).submit(status=422)
    assert [link["href"] for link in page.select(".error-summary a")] == [at_fault]


def test_adding_loses_nothing_and_complains_of_nothing(form):
    page = form.fill(text="", name="Bình", phone="không có", publish_name=True).submit("add", status=200)
    assert page.errors == []
    assert page.select("#text_2[autofocus]")
    again = page.form()
    assert (again["name"], again["phone"], again["field"]) == ("Bình", "không có", "roads")
    assert page.select("#publish_name[checked]")
    assert questions() == []


def test_five_matters_are_the_most(client, three):
    page = three.submit("add", status=200).form().submit("add", status=200)
    assert page.select("#text_5")
    assert page.select("[data-add-matter][hidden]")
    fields = dict(page.form().data()) | {"add": "1", "text_6": "Việc thứ sáu", "field_6": "roads"}
    assert not client.post(page.url, fields, status=422 if "add" not in fields else 303, csrf=False).select("#text_6")


def test_taking_the_second_matter_away_moves_the_third_up(three):
    pairs = [*three.data(), ("take_away", "2")]
    page = three.page.client.post(three.action, dict(pairs), status=200, csrf=False)
    assert page.form()["text_2"] == "Rác ba ngày không thu."
    assert page.form()["field_2"] == "environment"
    assert not page.select("#text_3")


def test_the_enter_key_sends(form):
    first = form.tag.select_one("button[type=submit]")
    assert not first.get("name")
    assert first["tabindex"] == "-1"


def test_numbered_matters_are_offered_to_be_divided_and_may_stay_one(form):
    text = "Kính gửi xã:\n1. Đường làng hỏng nặng.\n2. Mương bị lấp đầy từ mùa mưa."
    page = form.fill(text=text).submit(status=422)
    assert page.select("#divide")
    assert questions() == []
    divided = page.form().submit("divide", status=200).form()
    assert divided["text"] == "Kính gửi xã:\nĐường làng hỏng nặng."
    assert (divided["text_2"], divided["field_2"]) == ("Mương bị lấp đầy từ mùa mưa.", "roads")
    page.form().submit()
    assert [q.text for q in questions()] == [text]


def test_the_receipt_of_one_matter_does_not_show_the_others(client, three):
    three.submit()
    first, second, _third = db.session.scalars(sa.select(Asker).order_by(Asker.id)).all()
    page = client.get(f"/q/{first.code}/receipt")
    assert second.code not in page.source
    assert codes.grouped(second.code) not in page.source


def test_a_wrong_code_among_several_on_a_receipt_is_not_found(client, three):
    three.submit()
    first = db.session.scalars(sa.select(Asker).order_by(Asker.id)).first()
    client.get(f"/q/{first.code}/receipt?more={codes.new_tracking_code()}", status=404)
    other = make_question(make_dialogue()).askers[0]
    client.get(f"/q/{first.code}/receipt?more={other.code}", status=404)


# -- bad input


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Đường 🙂🙏 hỏng", "Đường 🙂🙏 hỏng"),
        ("Đường\u202e hỏng\u200f", "Đường hỏng"),
        ("Đường\x00 hỏng\x07", "Đường hỏng"),
        ("<b onclick=x>Đường</b>", "<b onclick=x>Đường</b>"),
        (unicodedata.normalize("NFD", "Đường ngập"), "Đường ngập"),
    ],
)
def test_odd_characters_in_a_further_matter_are_cleaned_or_shown_as_text(client, form, typed, kept):
    client.said += ["&lt;", "<b"]
    page = form.submit("add", status=200).form().fill(text_2=typed, field_2="roads").submit().follow()
    assert questions()[1].text == kept
    assert "<b onclick" not in page.source


def test_a_body_of_50_megabytes_is_refused_in_words(client, dialogue):
    claimed = {"CONTENT_LENGTH": "50000000"}
    page = client.post(f"/d/{dialogue.code}/ask", {"text_3": "x"}, status=413, environ_overrides=claimed)
    assert page.h1


# -- quarantine


def test_an_advertisement_gets_the_normal_receipt_and_waits_in_quarantine(client, form, dialogue):
    heard = []
    events.on_event(listener := lambda question, event: heard.append(event))
    try:
        before = db.session.get(Commune, dialogue.commune_id).public_version
        page = form.fill(text=ADVERT, field="other").submit().follow()
        [question] = questions()
        assert (question.state, question.signs) == (S.QUARANTINED, [Suspicion.ADVERTISING])
        assert page.one(".code-display").get_text() == codes.grouped(question.askers[0].code)
        own = client.get(f"/q/{question.askers[0].code}")
        assert ADVERT in own.main
        assert "quarantine" not in own.main.lower()
        assert "cách ly" not in own.main.lower()
        events.tell(question, QuestionEvent.RECEIVED)
        assert heard == []
        assert db.session.get(Commune, dialogue.commune_id).public_version == before
        sorting.release(question=question, actor=make_staff(Role.OFFICE))
        assert question.state is S.WAITING
        assert heard == [QuestionEvent.RECEIVED]
    finally:
        events._listeners.remove(listener)


def test_only_the_suspicious_matter_of_a_sending_goes_into_quarantine(three):
    three.fill(text_2=ADVERT).submit()
    assert [q.state for q in questions()] == [S.WAITING, S.QUARANTINED, S.WAITING]


def test_the_office_reads_why_and_releases_or_declines(client, sign_in):
    sign_in(make_staff(Role.OFFICE))
    question = make_question(state=S.QUARANTINED, text=ADVERT, suspicions="links advertising")
    page = client.get("/office/questions?state=quarantined")
    assert ADVERT in page.main
    assert page.select(f'a[href$="/{question.id}/release"]')
    assert not page.select('a[href$="/publish"]')
    client.get(f"/office/questions/{question.id}/release").form("release").submit()
    assert question.state is S.WAITING
    assert question.signs  # stays readable on its page
    other = make_question(state=S.QUARANTINED, text=ADVERT, suspicions="links")
    fields = {"reason": "not_a_question", "note": "Đây là tin quảng cáo."}
    client.get(f"/office/questions/{other.id}/decline").form("decline").fill(**fields).submit()
    assert other.state is S.DECLINED


def test_a_question_in_quarantine_cannot_be_published_or_released_twice(client, sign_in):
    clerk = make_staff(Role.OFFICE)
    sign_in(clerk)
    question = make_question(state=S.QUARANTINED, suspicions="links")
    fields = {"version": question.version, "public_text": "x"}
    assert client.post(f"/office/questions/{question.id}/publish", fields, status=422).errors
    sorting.release(question=question, actor=clerk)
    db.session.commit()
    assert client.post(f"/office/questions/{question.id}/release", {"version": question.version}, status=422).errors


def test_the_public_figures_count_what_is_in_quarantine(app):
    from dialogues.followup.counts import public_figures

    quarantined = make_question(state=S.QUARANTINED)
    make_question(quarantined.dialogue)
    figures = public_figures(quarantined.dialogue_id)
    assert (figures.received, figures.quarantined, figures.published) == (2, 1, 0)
    make_question(quarantined.dialogue, split_from_id=quarantined.id)  # a part of a text that came in: the text counts
    assert public_figures(quarantined.dialogue_id).received == 2
    assert queue.counts(make_staff(Role.OFFICE), queue.Filters())[S.QUARANTINED] == 1


def test_a_trap_filled_twice_and_a_second_hurry_are_kept_for_the_office(client, at, dialogue):
    opened = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads", website="x")
    page = opened.submit(status=422)
    page.form().fill(website="x").submit()
    [question] = questions()
    assert question.state is S.QUARANTINED
    assert question.signs == [Suspicion.TRAPPED, Suspicion.TOO_FAST]


# -- how much one line sends


def send(client, dialogue, at, text, seconds=30, status=303):
    at(OPENED)
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=text, field="roads")
    at(SENT if seconds == 30 else LATER)
    return form.submit(status=status)


def fill_line(number, line="127.0.0.1"):
    """So many sendings of this line were counted."""
    from flask import current_app

    with current_app.test_request_context(method="POST"):
        for _ in range(number):
            pace.count(line)
    db.session.commit()


def test_the_sixth_hasty_sending_is_asked_to_wait_keeps_its_text_and_is_taken_all_the_same(client, at, dialogue):
    for number in range(5):
        send(client, dialogue, at, f"Câu hỏi số {number}")
    page = send(client, dialogue, at, "Câu hỏi thứ sáu", status=429)
    assert page.form()["text"] == "Câu hỏi thứ sáu"
    assert len(questions()) == 5
    page.form().submit()
    assert (questions()[-1].state, questions()[-1].signs) == (S.QUARANTINED, [Suspicion.MANY])
    assert {q.state for q in questions()[:-1]} == {S.WAITING}


def test_who_writes_slowly_waits_for_nobody_however_many_use_the_same_line(client, at, dialogue):
    at(SENT)
    fill_line(25)
    send(client, dialogue, at, "Câu hỏi của người thứ hai mươi sáu", seconds=210)
    assert questions()[0].state is S.WAITING


def test_after_sixty_of_a_day_the_office_looks_first_and_nobody_is_refused(client, at, dialogue):
    at(SENT)
    fill_line(60)
    send(client, dialogue, at, "Câu hỏi của người thứ sáu mươi mốt", seconds=210)
    assert questions()[0].signs == [Suspicion.MANY]


def test_a_double_click_on_the_last_free_sending_is_not_asked_to_wait(client, at, dialogue):
    at(SENT)
    fill_line(4)
    at(OPENED)
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads")
    at(SENT)
    assert form.submit().location == form.submit().location
    assert questions()[0].state is S.WAITING


def test_the_same_words_from_one_line_are_suspicious_only_after_a_few_neighbours(client, at, dialogue):
    for _ in range(4):
        send(client, dialogue, at, TEXT)
    assert [q.signs for q in questions()] == [[], [], [], [Suspicion.REPEATED]]


# -- tracking codes guessed


def test_thousands_of_wrong_codes_are_stopped_and_the_right_one_works_from_elsewhere(client, at, dialogue):
    code = make_question(dialogue).askers[0].code
    answers = [client.get(f"/q/{codes.new_tracking_code()}", status=None).status for _ in range(25)]
    assert answers == [404] * 20 + [429] * 5
    assert client.get(f"/q/{code}", status=429).h1
    client.get(f"/q/{code}", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    at("2026-11-22 18:11")
    client.get(f"/q/{code}")


def test_all_addresses_of_one_network_of_ipv6_are_one_caller(app):
    def caller(address):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return throttle.caller()

    assert caller("2001:db8:1:2::1") == caller("2001:db8:1:2:ffff::9")
    assert caller("2001:db8:1:3::1") != caller("2001:db8:1:2::1")
    assert caller("203.0.113.9") == caller("::ffff:203.0.113.9") == "203.0.113.9"
    assert caller("") == ""


def test_a_thousand_guessers_for_a_year_find_hardly_one_of_ten_thousand_codes():
    guesses_a_year = 1000 * 20 * 6 * 24 * 365
    space = len(codes.ALPHABET) ** (codes.TRACKING_LENGTH - 1)
    assert guesses_a_year * 10_000 / space < 0.1
