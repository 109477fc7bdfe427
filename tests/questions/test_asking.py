"""Asking without account: what a resident types, sends, gets back, and what hostile senders get."""

import re
import threading

import pytest
import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions import service
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import Consent, ConsentHow, IntakeChannel, QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.models import TrailEntry
from tests.make import make_commune, make_dialogue, make_village

TEXT = "Đường từ cổng làng xuống trạm bơm ngập mỗi khi mưa, bao giờ sửa?"
OPENED, SENT = "2026-11-22 18:00:00", "2026-11-22 18:00:30"


@pytest.fixture
def dialogue(at):
    at(OPENED)
    return make_dialogue()


@pytest.fixture
def ask(client, at, dialogue):
    """ask(text=..., ...): open the form, wait half a minute, send it."""

    def ask(status=303, browser=client, **fields):
        at(OPENED)
        form = browser.get(f"/d/{dialogue.code}/ask").form()
        form.fill(**{"text": TEXT, "field": "roads", **fields})
        at(SENT)
        return form.submit(status=status)

    return ask


def questions():
    return list(db.session.scalars(sa.select(Question).order_by(Question.id)))


def the_asker():
    return db.session.scalars(sa.select(Asker)).one()


def test_a_question_without_any_personal_data_is_received_and_waits(client, ask):
    page = ask().follow()
    asker = the_asker()
    question = asker.question
    assert question.text == TEXT
    assert question.state is QuestionState.WAITING
    assert question.channel is IntakeChannel.PORTAL
    assert (asker.name, asker.phone, asker.email) == ("", "", "")
    assert page.url == f"/q/{asker.code}/receipt"
    assert page.one(".code-display").get_text() == f"{asker.code[:4]}-{asker.code[4:8]}-{asker.code[8:]}"
    assert db.session.scalars(sa.select(TrailEntry.action)).one() == "received"


def test_asking_sets_no_cookie_and_needs_none(client, ask):
    assert "Set-Cookie" not in ask().headers


def test_no_consent_is_ticked_beforehand(client, dialogue):
    page = client.get(f"/d/{dialogue.code}/ask")
    assert page.select("input[type=checkbox]")
    assert not page.select("input[type=checkbox][checked]")


def test_consents_are_kept_with_the_day_and_the_way(client, ask):
    ask(name="Trần Văn Bình", phone="0900 000 101", message=True, publish_name=True)
    asker = the_asker()
    assert (asker.may_contact, asker.may_message, asker.may_publish_name) == (False, True, True)
    changes = db.session.scalars(sa.select(ConsentChange).order_by(ConsentChange.id)).all()
    assert {(c.consent, c.is_given, c.how) for c in changes} == {
        (Consent.MESSAGE, True, ConsentHow.WEB),
        (Consent.PUBLISH_NAME, True, ConsentHow.WEB),
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"publish_name": True},
        {"message": True, "name": "Bình"},
        {"contact": True, "name": "Bình"},
    ],
)
def test_a_consent_without_what_it_needs_is_refused_and_nothing_is_lost(ask, fields):
    page = ask(status=422, **fields)
    assert page.errors
    assert page.one("textarea").get_text().strip() == TEXT
    assert questions() == []


def test_an_empty_form_says_what_is_missing_in_words(client, ask):
    page = ask(status=422, text="", field="")
    assert len(page.errors) == 2


def test_everything_typed_stands_in_the_form_again(ask, dialogue):
    village = make_village()
    page = ask(
        status=422, field="", village=village.label, name="Bình", phone="không có", email="a@b.example", message=True
    )
    form = page.form()
    assert form["text"].strip() == TEXT
    assert form["village"] == str(village.id)
    assert (form["name"], form["phone"], form["email"]) == ("Bình", "không có", "a@b.example")
    assert page.select("#message[checked]")


def test_4000_characters_are_taken_and_4001_are_not(ask):
    ask(text="ạ" * 4000)
    page = ask(status=422, text="ạ" * 4001)
    assert len(questions()) == 1
    assert page.one("textarea").get_text().strip() == "ạ" * 4001


def test_decomposed_letters_count_once_and_are_kept_composed(ask):
    import unicodedata

    ask(text=unicodedata.normalize("NFD", "ộ" * 3999))
    assert questions()[0].text == "ộ" * 3999


def test_control_and_direction_characters_are_taken_out(ask):
    ask(text="Đường\x00 làng\u202e hỏng\x07 🙂")
    assert questions()[0].text == "Đường làng hỏng 🙂"


def test_html_is_shown_as_text(client, ask):
    ask(text="<script>alert(1)</script> & <b>đậm</b>")
    question = questions()[0]
    client.said.append("&lt;")
    page = client.get(f"/q/{question.askers[0].code}")
    assert "<script>alert(1)" not in page.source
    assert "<script>alert(1)</script>" in page.text


def test_the_same_form_sent_twice_gives_one_question_and_the_same_code(client, at, dialogue):
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads")
    at(SENT)
    first, second = form.submit(), form.submit()
    assert first.location == second.location
    assert len(questions()) == 1


def test_the_same_form_with_another_text_is_another_question(client, at, dialogue):
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads")
    at(SENT)
    first = form.submit()
    second = form.fill(text="Còn đèn đường?").submit()
    assert first.location != second.location
    assert len(questions()) == 2


def test_the_same_text_from_another_form_is_another_question(ask):
    ask()
    ask()
    assert len(questions()) == 2


def test_two_sendings_at_once_give_one_question(app, at, dialogue):
    """The second writer meets the unique key only when it writes: it looks again and finds the first."""
    at(SENT)
    dialogue_id, codes, faults = dialogue.id, [], []
    db.session.commit()
    barrier = threading.Barrier(2)

    def send():
        from dialogues.schedule.models import Dialogue

        try:
            with app.test_request_context("/", method="POST"):
                found = db.session.get(Dialogue, dialogue_id)
                db.session.commit()
                barrier.wait(5)
                asker = service.receive(
                    dialogue=found, text=TEXT, field=Field.ROADS, channel=IntakeChannel.PORTAL, key="k"
                )
                codes.append(asker.code)
                db.session.commit()
                db.session.remove()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert faults == []
    assert len(codes) == 2
    assert len(set(codes)) == 1
    assert len(questions()) == 1


def test_when_the_key_was_written_between_looking_and_writing_the_first_is_given(app, at, dialogue, monkeypatch):
    from dialogues.questions import intake

    at(SENT)
    values = {"dialogue": dialogue, "text": TEXT, "field": Field.ROADS, "channel": IntakeChannel.PORTAL, "key": "k"}
    first = service.receive(**values)
    look, looked = intake._asker_of, []

    def look_too_early(key):
        looked.append(key)
        return None if len(looked) == 1 else look(key)

    monkeypatch.setattr(intake, "_asker_of", look_too_early)
    assert service.receive(**values) is first
    assert len(looked) == 2
    assert len(questions()) == 1


def test_a_taken_tracking_code_is_drawn_again(app, at, dialogue, monkeypatch):
    from dialogues import codes

    at(SENT)
    drawn = iter([code := codes.new_tracking_code(), code, other := codes.new_tracking_code()])
    monkeypatch.setattr(codes, "new_tracking_code", lambda *rest: next(drawn))
    values = {"dialogue": dialogue, "field": Field.ROADS, "channel": IntakeChannel.PORTAL}
    assert service.receive(text="Một", **values).code == code
    assert service.receive(text="Hai", **values).code == other


def test_a_form_sent_within_two_seconds_comes_again_with_what_was_typed(client, at, dialogue):
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads")
    at("2026-11-22 18:00:01")
    page = form.submit(status=422)
    assert page.one("textarea").get_text().strip() == TEXT
    assert questions() == []
    at("2026-11-22 18:00:05")
    page.form().submit()
    assert len(questions()) == 1


@pytest.mark.parametrize("stamp", ["", "forged.aaaa.bbbb", "\x00", "x" * 5000])
def test_a_missing_or_forged_stamp_costs_one_more_press_and_no_word(client, at, dialogue, stamp):
    url = f"/d/{dialogue.code}/ask"
    page = client.post(url, {"text": TEXT, "field": "roads", "stamp": stamp}, status=422)
    assert page.one("textarea").get_text().strip() == TEXT
    at(SENT)
    page.form().submit()
    assert len(questions()) == 1


def test_a_form_left_open_for_eight_days_is_still_good(client, at, dialogue):
    dialogue.question_deadline_at = dialogue.starts_at
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads")
    at("2026-11-30 18:00")
    form.submit()
    assert len(questions()) == 1


def test_a_filled_trap_gives_the_form_back_with_an_empty_trap(client, at, dialogue):
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads", website="http://x.example")
    at(SENT)
    page = form.submit(status=422)
    assert questions() == []
    assert page.form()["website"] == ""
    page.form().submit()
    assert len(questions()) == 1


def test_the_trap_is_out_of_sight_and_out_of_the_keyboards_way(client, dialogue):
    page = client.get(f"/d/{dialogue.code}/ask")
    trap = page.one("#website")
    assert trap["tabindex"] == "-1"
    assert trap.find_parent(attrs={"aria-hidden": "true"})


@pytest.mark.parametrize(
    "fields",
    [
        {"field": "no-such-field"},
        {"kind": "no-such-kind"},
        {"email": "kein@"},
        {"phone": "<script>"},
    ],
)
def test_values_outside_the_lists_are_refused_with_a_sentence(client, at, dialogue, fields):
    stamp = client.get(f"/d/{dialogue.code}/ask").form()["stamp"]
    at(SENT)
    data = {"text": TEXT, "field": "roads", "stamp": stamp, **fields}
    page = client.post(f"/d/{dialogue.code}/ask", data, status=422)
    assert page.errors
    assert questions() == []
    assert all("?:" not in sentence for sentence in page.errors)


def test_what_is_wrong_stands_in_the_order_of_the_page_and_speed_is_not_blamed_too(client, dialogue):
    stamp = client.get(f"/d/{dialogue.code}/ask").form()["stamp"]
    data = {"text": "", "field": "", "phone": "xyz", "stamp": stamp}
    page = client.post(f"/d/{dialogue.code}/ask", data, status=422)
    links = [link["href"] for link in page.select(".error-summary a")]
    assert links == ["#text", "#field", "#phone"]
    assert len(page.select(".error-summary li")) == len(links)


def test_a_village_of_another_commune_is_not_there(client, at, dialogue):
    foreign = make_village(make_commune())
    stamp = client.get(f"/d/{dialogue.code}/ask").form()["stamp"]
    at(SENT)
    for village in (foreign.id, 999_999, -1, "1 OR 1=1"):
        data = {"text": TEXT, "field": "roads", "stamp": stamp, "village": str(village)}
        client.post(f"/d/{dialogue.code}/ask", data, status=404)


def test_odd_bodies_get_the_form_and_never_a_crash(client, at, dialogue):
    url = f"/d/{dialogue.code}/ask"
    client.post(url, {f"f{number}": "x" for number in range(900)}, status=422)
    client.post(url, data=b'{"text": 1}', content_type="application/json", status=422)
    client.post(url, data=b"\xff\xfe%zz=%", content_type="application/x-www-form-urlencoded", status=422)
    client.post(url, data={"text": "x" * 3_000_000}, csrf=False, status=413)


def test_a_draft_dialogue_is_not_there(client, at):
    at(OPENED)
    draft = make_dialogue(state=DialogueState.DRAFT)
    client.get(f"/d/{draft.code}/ask", status=404)
    client.post(f"/d/{draft.code}/ask", {"text": TEXT}, status=404)


def test_a_code_in_small_letters_leads_to_the_form(client, dialogue):
    dialogue.code = "KMAX29"
    db.session.commit()
    assert client.get(f"/d/{dialogue.code.lower()}/ask", status=301).location == f"/d/{dialogue.code}/ask"


def test_after_the_deadline_the_page_says_what_to_do_and_shows_what_was_typed(client, at, dialogue):
    form = client.get(f"/d/{dialogue.code}/ask").form().fill(text=TEXT, field="roads")
    at("2026-11-29 08:00")
    page = form.submit(status=409)
    assert TEXT in page.main
    assert "0900 000 000" in page.main
    assert questions() == []


def test_the_closed_page_leads_to_the_dialogue_that_collects_now(client, at, dialogue):
    past = make_dialogue(state=DialogueState.PUBLISHED)
    page = client.get(f"/d/{past.code}/ask")
    assert f"/d/{dialogue.code}/ask" in page.links()


@pytest.mark.parametrize("state", [DialogueState.CANCELLED, DialogueState.HELD])
def test_dialogues_that_are_off_or_over_take_no_questions(client, at, state):
    at(OPENED)
    over = make_dialogue(state=state)
    client.get(f"/d/{over.code}/ask")
    client.post(f"/d/{over.code}/ask", {"text": TEXT}, status=409)


def test_a_postponed_dialogue_goes_on_collecting(client, at):
    at(OPENED)
    postponed = make_dialogue(state=DialogueState.POSTPONED, state_reason="Bão")
    form = client.get(f"/d/{postponed.code}/ask").form().fill(text=TEXT, field="roads")
    at(SENT)
    form.submit()


def test_the_form_may_be_brought_back_by_the_back_button(client, dialogue):
    assert "no-store" not in client.get(f"/d/{dialogue.code}/ask").headers["Cache-Control"]


def test_the_receipt_carries_a_picture_of_the_public_address_and_says_how_to_read_the_code(client, ask):
    page = ask().follow()
    code = the_asker().code
    assert page.one("main img")["src"].startswith("data:image/svg+xml")
    assert page.one(".code-address").get_text() == f"http://localhost/q/{code}"
    assert page.select("[data-clear-draft]")
    assert page.headers["Cache-Control"] == "no-store"
    assert re.search(r"noindex", page.source)


def test_asking_does_not_make_the_kept_pages_stale(client, ask, dialogue):
    from dialogues.places.models import Commune

    before = db.session.get(Commune, dialogue.commune_id).public_version
    ask(name="Bình", phone="0900 000 101", publish_name=True)
    db.session.expire_all()
    assert db.session.get(Commune, dialogue.commune_id).public_version == before
