"""An asker says whether a promise is kept: by the code, by the link of a letter; what follows, and what is refused."""

from datetime import date

import pytest
import sqlalchemy as sa

from dialogues import clock, codes, page_cache
from dialogues.askers import erasing, links
from dialogues.extensions import db
from dialogues.followup.models import Commitment
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.post.models import Message
from dialogues.post.rules import Kind
from dialogues.questions.models import Asker
from dialogues.questions.rules import Erasure, QuestionState
from dialogues.staff.rules import Role
from dialogues.verdicts import public
from dialogues.verdicts.models import CommitmentVerdict
from dialogues.verdicts.rules import Judgement, VerdictWay
from tests.make import (
    make_answer,
    make_entry,
    make_question,
    make_reported,
    make_staff,
    make_verdict,
    save,
    the_commune,
)

TODAY = date(2026, 11, 20)
C, J = CommitmentState, Judgement
MISSING = "Còn một ổ gà trước nhà ông Tám, gọi 0901 234 567."


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


@pytest.fixture
def promise():
    superior = make_staff(Role.LEADER)
    return make_reported(responsible=make_staff(Role.DEPARTMENT, superior_id=superior.id))


def asker_of(commitment):
    return commitment.answer.question.askers[0]


def url(commitment, asker=None):
    return f"/q/{(asker or asker_of(commitment)).code}/promises/{commitment.id}"


def say(client, commitment, judgement, text="", status=303, at_url=None):
    form = client.get(at_url or url(commitment)).form("say-form")
    return form.fill(judgement=judgement.value, text=text).submit(status=status)


def fresh(commitment):
    db.session.expire_all()
    return db.session.get(Commitment, commitment.id)


def verdicts():
    db.session.expire_all()
    return list(db.session.scalars(sa.select(CommitmentVerdict).order_by(CommitmentVerdict.id)))


def letters():
    return list(db.session.scalars(sa.select(Message).where(Message.kind == Kind.VERDICT).order_by(Message.id)))


def another_asker(commitment):
    asker = Asker(
        commune_id=commitment.commune_id, code=codes.new_tracking_code(), joined_at=clock.now(), is_supporter=True
    )
    asker.question_id = commitment.answer.question_id
    return save(asker)


def test_the_own_page_asks_and_done_confirms(client, promise):
    own = client.get(f"/q/{asker_of(promise).code}")
    assert promise.shown in own.main
    assert "Đường đã xong, cảm ơn ông/bà đã phản ánh." in own.main
    assert url(promise) in own.links()
    done = say(client, promise, J.DONE).follow()
    found = fresh(promise)
    assert (found.state, found.confirmed_on) == (C.CONFIRMED, TODAY)
    assert found.entries[-1].kind is EntryKind.CONFIRMED
    assert found.entries[-1].author_id is None
    assert [(v.judgement, v.way, v.asker_id) for v in verdicts()] == [(J.DONE, VerdictWay.CODE, asker_of(found).id)]
    assert done.select(".note.tone-good")
    assert letters() == []


def test_partly_stays_reported_and_the_responsible_person_and_the_office_hear_of_it(client, promise):
    say(client, promise, J.PARTLY, MISSING)
    found = fresh(promise)
    assert (found.state, found.objected_on) == (C.REPORTED_DONE, TODAY)
    assert {one.recipient for one in letters()} == {found.responsible.email, the_commune().office_email}
    assert all(f"/office/commitments/{found.id}" in one.text for one in letters())


def test_not_done_opens_it_again_and_tells_the_superior_at_once_but_not_the_words(client, promise):
    say(client, promise, J.NOT_DONE, MISSING)
    found = fresh(promise)
    assert (found.state, found.reported_done_on, found.objected_on) == (C.IN_PROGRESS, None, None)
    superior = db.session.get(type(found.responsible), found.responsible.superior_id)
    assert {one.recipient for one in letters()} == {
        found.responsible.email,
        superior.email,
        the_commune().office_email,
    }
    assert all("Tám" not in one.text and one.next_try_at <= clock.now() for one in letters())
    assert (found.entries[-1].kind, found.entries[-1].text) == (EntryKind.REOPENED, "")


def test_words_of_askers_are_public_only_when_the_office_has_read_them(client, new_client, sign_in, promise):
    page = f"/minh-tam/commitments/{promise.id}"
    say(client, promise, J.NOT_DONE, MISSING)
    before = client.get(page)
    assert "ổ gà trước nhà" not in before.text
    assert "người hỏi cho biết chưa xong" in before.text
    office = new_client()
    sign_in(make_staff(Role.OFFICE), browser=office)
    listed = office.get("/office/verdicts/sentences")
    assert MISSING in listed.main
    form = office.get(f"/office/verdicts/sentences/{verdicts()[0].id}").form("sentence-form")
    assert "0901" not in form["public_text"]
    form.submit("Đăng").follow()
    after = client.get(page)
    assert "ổ gà trước nhà" in after.main
    assert "0901" not in after.text
    assert fresh(promise).entries[-1].text == verdicts()[0].public_text
    assert not office.get("/office/verdicts/sentences").select("[id^=sentence-]")


@pytest.mark.parametrize("judgement", [J.PARTLY, J.NOT_DONE])
def test_what_is_missing_must_be_said_and_what_was_typed_is_kept(client, promise, judgement):
    page = say(client, promise, judgement, " ", status=422)
    assert page.select("#text-error")
    assert page.form("say-form")["judgement"] == judgement.value
    assert verdicts() == []
    page = client.post(url(promise), {"text": MISSING}, status=422)
    assert page.select("#judgement-error")
    assert page.form("say-form")["text"] == MISSING
    client.post(url(promise), {"judgement": judgement.value, "text": "x" * 1001}, status=422)
    client.post(url(promise), {"judgement": "maybe", "text": "x"}, status=422)


def test_one_voice_for_each_asker_that_can_be_changed_and_a_double_click_is_one(client, promise):
    values = {"judgement": "not_done", "text": MISSING, "report": str(promise.entries[-1].id)}
    for _ in range(2):
        client.post(url(promise), values)
    assert len(verdicts()) == 1
    assert len(letters()) == 3
    say(client, promise, J.DONE)
    found = fresh(promise)
    assert (found.state, found.reported_done_on, found.confirmed_on) == (C.CONFIRMED, TODAY, TODAY)
    assert [v.judgement for v in verdicts()] == [J.DONE]
    say(client, promise, J.PARTLY, MISSING)
    found = fresh(promise)
    assert (found.state, found.confirmed_on, found.objected_on) == (C.REPORTED_DONE, None, TODAY)
    page = client.get(f"/minh-tam/commitments/{promise.id}")
    assert "người đã xem thì nói mới xong một phần" in page.main


def test_a_report_stands_when_somebody_else_takes_the_promise_over(client, promise):
    make_entry(promise, EntryKind.HANDED_OVER)
    say(client, promise, J.DONE)
    assert fresh(promise).state is C.CONFIRMED


def test_who_opened_it_again_may_say_that_a_part_is_done_and_later_that_all_is(client, promise):
    say(client, promise, J.NOT_DONE, MISSING)
    done = say(client, promise, J.PARTLY, MISSING).follow()
    assert done.select(".note.tone-good")
    found = fresh(promise)
    assert (found.state, found.reported_done_on, found.objected_on) == (C.IN_PROGRESS, None, None)
    page = client.get(f"/minh-tam/commitments/{promise.id}")
    assert "được mở lại" in page.one("#doubt").text
    assert "Mới xong một phần" in page.texts("#voices li")[0]
    assert url(promise) in client.get(f"/q/{asker_of(promise).code}").links()
    say(client, promise, J.DONE)
    assert fresh(promise).state is C.CONFIRMED
    assert not client.get(f"/minh-tam/commitments/{promise.id}").select("#doubt")


def test_nobody_speaks_of_a_report_that_its_maker_took_back(client, promise):
    say(client, promise, J.PARTLY, MISSING)
    promise = fresh(promise)
    promise.state, promise.reported_done_on, promise.objected_on = C.IN_PROGRESS, None, None
    make_entry(promise, EntryKind.REOPENED, text="Đúng là còn thiếu.")
    client.get(url(promise), status=404)


def test_partly_is_said_beside_the_state_for_everybody(client, sign_in, promise):
    page = client.get(f"/minh-tam/commitments/{promise.id}")
    assert not page.select("#doubt")
    say(client, promise, J.PARTLY, MISSING)
    page = client.get(f"/minh-tam/commitments/{promise.id}")
    assert "mới xong một phần" in page.one("#doubt").text
    sign_in(make_staff(Role.OFFICE))
    assert "mở lại" in client.get(f"/office/commitments/{promise.id}").one("#doubt").text


def test_done_of_another_asker_does_not_outvote_not_done_and_both_stand_there(client, promise):
    other = another_asker(promise)
    say(client, promise, J.NOT_DONE, MISSING)
    say(client, promise, J.DONE, at_url=url(promise, other))
    assert fresh(promise).state is C.IN_PROGRESS
    voices = client.get(f"/minh-tam/commitments/{promise.id}").texts(".voices li:not(.is-report)")
    assert [line.split()[0:2] for line in voices] == [["Đã", "xong"], ["Chưa", "xong"]]


def test_who_did_not_ask_has_no_voice(client, promise):
    stranger = make_question(state=QuestionState.PUBLISHED).askers[0]
    client.get(url(promise, stranger), status=404)
    client.post(url(promise, stranger), {"judgement": "not_done", "text": "x"}, status=404)
    client.post(f"/q/AAAAAAAAAAAA/promises/{promise.id}", {"judgement": "done"}, status=404)
    client.post(f"/q/{asker_of(promise).code}/promises/999", {"judgement": "done"}, status=404)
    assert verdicts() == []
    assert fresh(promise).state is C.REPORTED_DONE


@pytest.mark.parametrize(
    ("state", "kind"),
    [(C.OPEN, None), (C.WITHDRAWN, EntryKind.WITHDRAWN), (C.IN_PROGRESS, EntryKind.EXTENSION)],
)
def test_nothing_can_be_said_when_no_report_stands(client, promise, state, kind):
    promise.state = state
    if kind:
        make_entry(promise, kind)
    client.post(url(promise), {"judgement": "done"}, status=404)
    assert url(promise) not in client.get(f"/q/{asker_of(promise).code}").links()
    assert verdicts() == []


def test_a_new_report_begins_a_new_round_and_an_old_form_says_so(client, promise):
    old = client.get(url(promise)).form("say-form").fill(judgement="done")
    say(client, promise, J.NOT_DONE, MISSING)
    promise = fresh(promise)
    promise.state, promise.reported_done_on = C.REPORTED_DONE, TODAY
    make_entry(promise, EntryKind.REPORTED_DONE)
    page = old.submit(status=422)
    assert page.errors
    assert fresh(promise).state is C.REPORTED_DONE
    say(client, promise, J.DONE)
    assert fresh(promise).state is C.CONFIRMED
    assert [v.judgement for v in verdicts()] == [J.NOT_DONE, J.DONE]
    both = client.get(f"/minh-tam/commitments/{promise.id}")
    assert len(both.select("#voices .voices")) == 2


def test_a_confirmed_one_is_opened_again_for_ninety_days(client, promise, at):
    say(client, promise, J.DONE)
    at("2027-02-18 09:00")
    other = another_asker(promise)
    late = client.get(url(promise, other)).form("say-form").fill(judgement="not_done", text=MISSING)
    at("2027-02-19 09:00")
    late.submit(status=404)
    assert fresh(promise).state is C.CONFIRMED
    at("2027-02-18 10:00")
    late.submit()
    assert fresh(promise).state is C.IN_PROGRESS


def test_the_link_of_a_letter_shows_with_get_and_says_with_post(client, promise):
    asker = asker_of(promise)
    asker.email, asker.may_message, asker.email_confirmed_at = "hoi@minh-tam.example", True, clock.now()
    link = links.say_link(asker, clock.today()).removeprefix("http://localhost")
    page = client.get(link, status=303).follow()
    assert verdicts() == []
    assert asker.code not in page.source
    assert page.headers["Referrer-Policy"] == "no-referrer"
    page.form("say-form").fill(judgement="done").submit().follow()
    assert verdicts()[0].way is VerdictWay.LINK
    news = links.link(asker, clock.today()).rsplit("/", 1)[1]
    for wrong in (link[:-1] + "x", link[:-4] + "0000", f"/q/say/{news}", "/q/say/x"):
        assert not client.get(wrong).select("#say-form, .cards")
        client.post(f"{wrong}/{promise.id}", {"judgement": "not_done", "text": "x"}, status=404)
    assert fresh(promise).state is C.CONFIRMED


def test_a_link_ends_with_its_days_and_with_its_address(client, promise, at):
    asker = asker_of(promise)
    asker.email = "hoi@minh-tam.example"
    link = links.say_link(asker, clock.today()).removeprefix("http://localhost")
    at("2027-01-19 09:00")
    client.get(link, status=303)
    at("2027-01-20 09:00")
    assert client.get(link).status == 200
    at("2026-11-21 09:00")
    asker.email = "khac@minh-tam.example"
    assert client.get(link).status == 200


def test_many_tries_wait_and_lose_nothing(client, promise, monkeypatch):
    monkeypatch.setattr(public, "CHANGES", 2)
    for judgement in (J.DONE, J.NOT_DONE):
        say(client, promise, judgement, MISSING)
    page = say(client, promise, J.DONE, "Tôi đổi ý.", status=429)
    assert page.form("say-form")["text"] == "Tôi đổi ý."
    assert [v.judgement for v in verdicts()] == [J.NOT_DONE]


def test_hundreds_of_codes_from_one_line_are_slowed_down(client, promise, monkeypatch):
    monkeypatch.setattr(public, "STEPS", ((3, public.STEPS[0][1]),))
    askers = [another_asker(make_reported())] + [asker_of(make_reported()) for _ in range(3)]
    last = [client.post(url(one.question.answer.commitments[0], one), {"judgement": "done"}, status=None).status
            for one in askers]  # fmt: skip
    assert last[-1] == 429
    assert len(verdicts()) == 3


def test_who_is_responsible_does_not_speak_with_the_code_of_an_asker_while_signed_in(client, sign_in, promise):
    sign_in(promise.responsible)
    say(client, promise, J.DONE, status=422)
    assert verdicts() == []


def test_promises_that_are_not_public_are_not_asked_about(client):
    hidden = make_reported(make_answer(published_at=None))
    client.get(url(hidden), status=404)
    assert hidden.result not in client.get(f"/q/{asker_of(hidden).code}").text


def test_what_is_said_makes_kept_pages_new(client, promise, app):
    address = f"/minh-tam/commitments/{promise.id}"
    client.get(address)
    version = the_commune().public_version
    make_verdict(promise)
    assert the_commune().public_version > version
    assert client.get(address).select("#voices")
    assert "verdicts" in page_cache._OF_FEATURE


def test_erased_askers_leave_no_words_behind(client, promise):
    say(client, promise, J.PARTLY, MISSING)
    erasing.erase(asker=asker_of(fresh(promise)), why=Erasure.WISH)
    db.session.commit()
    assert [(v.judgement, v.text) for v in verdicts()] == [(J.PARTLY, "")]


def test_own_data_holds_what_was_said(client, promise):
    say(client, promise, J.PARTLY, MISSING)
    assert MISSING in client.post(f"/q/{asker_of(promise).code}/my-data", {}, status=200).text


def test_the_own_page_costs_the_same_however_many_asked(client, promise, queries):
    seen = []
    for _ in range(2):
        with queries() as found:
            client.get(f"/q/{asker_of(promise).code}")
        seen.append(found.count)
        for _ in range(4):
            make_reported(fresh(promise).answer)
    assert seen[0] == seen[1]


def test_silence_of_thirty_days_is_not_called_confirmed(client, promise, at):
    at("2026-12-20 09:00")
    assert "30 ngày" not in client.get(f"/minh-tam/commitments/{promise.id}").main
    at("2026-12-21 09:00")
    page = client.get(f"/minh-tam/commitments/{promise.id}")
    assert "Không có ý kiến khác" in page.texts("#facts dd")[0]
    assert "suốt 30 ngày không ai nói khác" in page.main
    say(client, promise, J.DONE)
    assert fresh(promise).state is C.CONFIRMED
