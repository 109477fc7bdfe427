"""The queue, the page of one question, sorting: who sees what, what each act does, what two clerks at once get."""

import pytest
import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.places.rules import Field
from dialogues.questions.models import Question
from dialogues.questions.rules import DeclineReason, IntakeChannel, QuestionState
from dialogues.staff.models import TrailEntry
from dialogues.staff.rules import Role
from tests.make import (
    make_answer,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_unit,
    make_village,
    wall,
)

S = QuestionState
QUEUE = "/office/questions"


@pytest.fixture(autouse=True)
def _evening(at):
    at("2026-11-22 18:00")


@pytest.fixture
def clerk(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def ids(page):
    return [tag["id"] for tag in page.select("tbody tr")]


def fresh(question):
    db.session.expire_all()
    return db.session.get(Question, question.id)


def actions():
    return db.session.scalars(
        sa.select(TrailEntry.action).where(TrailEntry.thing == "question").order_by(TrailEntry.id)
    ).all()


# -- who sees what


def test_waiting_questions_stand_first_the_oldest_on_top_with_their_age(client, clerk):
    new = make_question(received_at=wall(-1))
    old = make_question(received_at=wall(-6))
    make_question(state=S.PUBLISHED)
    page = client.get(QUEUE)
    assert ids(page) == [f"q-{old.id}", f"q-{new.id}"]
    assert "6" in page.select("tbody tr")[0].find_all("td")[0].get_text()


def test_tabs_count_and_lead_to_each_state(client, clerk):
    make_question()
    make_question()
    declined = make_question(state=S.DECLINED)
    page = client.get(QUEUE)
    numbers = [int(tag.get_text()) for tag in page.select(".tabs .count")]
    assert numbers == [2, 0, 0, 1, 0, 0, 0, 0, 3]
    assert ids(client.get(f"{QUEUE}?state=declined")) == [f"q-{declined.id}"]
    assert len(ids(client.get(f"{QUEUE}?state=all"))) == 3
    assert len(ids(client.get(f"{QUEUE}?state=nonsense"))) == 2


def test_leaders_read_all_texts_and_no_asker(client, sign_in):
    sign_in(make_staff(Role.LEADER))
    question = make_question(asker={"name": "Trần Văn Bình", "phone": "0900 000 101"})
    assert ids(client.get(QUEUE)) == [f"q-{question.id}"]
    page = client.get(f"{QUEUE}/{question.id}")
    assert question.text in page.main
    assert "Bình" not in page.source
    assert "0900 000 101" not in page.source
    assert question.askers[0].code[:4] not in page.main
    assert not page.select('a[href$="/publish"]')


def test_overseers_see_every_question_but_no_original(client, sign_in):
    """DOMAIN.md section 5: the original is the office's, its difference is theirs to see without personal data."""
    sign_in(make_staff(Role.OVERSEER))
    moved = make_question(state=S.MOVED_TO_COMPLAINT, text="Ông Xoan nhận tiền.")
    public = make_question(state=S.PUBLISHED, text="Bà Xoan lấn đường.", public_text="Một hộ lấn đường.")
    queue = client.get(f"{QUEUE}?state=all")
    assert set(ids(queue)) == {f"q-{moved.id}", f"q-{public.id}"}
    pages = [queue, client.get(f"{QUEUE}/{moved.id}"), client.get(f"{QUEUE}/{public.id}")]
    assert not any("Xoan" in page.source for page in pages)
    assert [tag.get_text() for tag in pages[2].select(".differences del")] == ["[bỏ 2 chữ]"]
    assert [tag.get_text() for tag in pages[2].select(".differences ins")] == ["Một hộ"]
    assert ids(client.get(f"{QUEUE}?state=all&q=xoan")) == []
    assert ids(client.get(f"{QUEUE}?state=all&q=mot+ho")) == [f"q-{public.id}"]


def test_a_department_sees_published_questions_and_its_own(client, sign_in):
    unit = make_unit()
    member = make_staff(Role.DEPARTMENT, unit_id=unit.id)
    waiting = make_question()
    public = make_question(state=S.PUBLISHED, text="Bà Xoan lấn đường", public_text="Một hộ lấn đường")
    for_unit = make_question(assigned_unit_id=unit.id)
    for_member = make_question(assigned_staff_id=member.id)
    gone = make_question(state=S.MOVED_TO_COMPLAINT, assigned_unit_id=unit.id)
    sign_in(member)
    page = client.get(f"{QUEUE}?state=all")
    assert set(ids(page)) == {f"q-{q.id}" for q in (public, for_unit, for_member)}
    assert "Bà Xoan" not in page.source
    assert "Bà Xoan" not in client.get(f"{QUEUE}/{public.id}").source
    assert for_unit.text in client.get(f"{QUEUE}/{for_unit.id}").main
    for hidden in (waiting, gone):
        client.get(f"{QUEUE}/{hidden.id}", status=404)
    assert ids(client.get(f"{QUEUE}?state=all&q=ba+xoan")) == []
    assert ids(client.get(f"{QUEUE}?state=all&q=mot+ho")) == [f"q-{public.id}"]


def test_a_department_member_without_unit_does_not_get_unassigned_questions(client, sign_in):
    make_question()
    sign_in(make_staff(Role.DEPARTMENT))
    assert ids(client.get(f"{QUEUE}?state=all")) == []


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VILLAGE_HEAD])
def test_others_have_no_queue(client, sign_in, role):
    sign_in(make_staff(role))
    client.get(QUEUE, status=403)


def test_questions_of_another_commune_do_not_exist(client, clerk):
    foreign = make_question(make_dialogue(commune=make_commune()))
    assert ids(client.get(f"{QUEUE}?state=all")) == []
    for path in ("", "/publish", "/decline", "/assign", "/complaint", "/take-back", "/receipt"):
        client.get(f"{QUEUE}/{foreign.id}{path}", status=404)
    for path in ("/publish", "/decline", "/assign", "/complaint", "/take-back"):
        client.post(f"{QUEUE}/{foreign.id}{path}", {"public_text": "x", "note": "x"}, status=404)
    assert fresh(foreign).state is S.WAITING


def test_filters_narrow_the_queue(client, clerk):
    village, unit = make_village(), make_unit()
    dialogue = make_dialogue()
    one = make_question(
        dialogue, field=Field.WATER, village=village, channel=IntakeChannel.DESK, assigned_unit_id=unit.id,
        text="Nước giếng đục",
    )  # fmt: skip
    other = make_question(make_dialogue(), field=Field.ROADS, assigned_staff_id=clerk.id)
    for query in (
        "field=water", f"village={village.id}", f"dialogue={dialogue.id}", "channel=desk", f"assigned=u:{unit.id}",
        "q=gieng+NUOC",
    ):  # fmt: skip
        assert ids(client.get(f"{QUEUE}?{query}")) == [f"q-{one.id}"], query
    for query in ("assigned=me", f"assigned=s:{clerk.id}"):
        assert ids(client.get(f"{QUEUE}?{query}")) == [f"q-{other.id}"], query
    assert ids(client.get(f"{QUEUE}?assigned=none")) == []
    for query in (
        "field=x",
        "village=x",
        "dialogue=-1",
        "channel=x",
        "assigned=u:x",
        "assigned=s:99999999999",
        "page=0",
    ):
        assert len(ids(client.get(f"{QUEUE}?{query}"))) == 2, query


def test_the_queue_takes_a_fixed_number_of_statements(client, clerk, queries):
    make_question(village=make_village(), assigned_staff=make_staff())
    with queries() as few:
        client.get(QUEUE)
    for _number in range(8):
        make_question(village=make_village(), assigned_unit=make_unit(), assigned_staff=make_staff())
    with queries() as many:
        client.get(QUEUE)
    assert many.count == few.count
    assert many.count <= 12


def test_empty_queue_says_so(client, clerk):
    assert client.get(QUEUE).select(".empty")
    assert client.get(f"{QUEUE}?q=x").select(".empty a")


# -- the page of one question


def test_the_office_sees_the_asker_with_consents_and_code(client, clerk):
    question = make_question(asker={"name": "Trần Văn Bình", "phone": "0900 000 101", "may_contact": True})
    page = client.get(f"{QUEUE}/{question.id}")
    code = question.askers[0].code
    assert "Trần Văn Bình" in page.main
    assert "0900 000 101" in page.main
    assert f"{code[:4]}-{code[4:8]}" in page.main


def test_the_difference_of_the_wordings_is_marked(client, clerk):
    question = make_question(state=S.PUBLISHED, text="Ông Tư lấn đường", public_text="Một hộ lấn đường")
    page = client.get(f"{QUEUE}/{question.id}")
    assert "Ông" in " ".join(page.texts("del"))
    assert "Một" in " ".join(page.texts("ins"))


def test_the_page_of_a_question_takes_a_fixed_number_of_statements(client, clerk, queries):
    question = make_question(assigned_staff=make_staff(), village=make_village())
    with queries() as seen:
        client.get(f"{QUEUE}/{question.id}")
    assert seen.count <= 24


# -- sorting


def act(client, question, path, **fields):
    form = client.get(f"{QUEUE}/{question.id}/{path}").form()
    return form.fill(**fields) if fields else form


def test_publishing_shows_the_prefilled_text_and_keeps_the_original(client, clerk):
    question = make_question(text="Bao giờ có đèn đường?")
    form = act(client, question, "publish")
    assert form["public_text"].strip() == "Bao giờ có đèn đường?"
    page = form.submit().follow()
    assert page.notice
    question = fresh(question)
    assert (question.state, question.public_text, question.text) == (
        S.PUBLISHED,
        question.text,
        "Bao giờ có đèn đường?",
    )
    assert question.published_at is not None
    assert "Bao giờ có đèn đường?" in client.get("/minh-tam/questions").main
    assert actions() == ["published"]


def test_a_second_wording_is_published_and_the_original_stays(client, clerk):
    question = make_question(text="Ông Tư lấn đường")
    act(client, question, "publish", public_text="Một hộ lấn đường").submit()
    question = fresh(question)
    assert (question.text, question.public_text) == ("Ông Tư lấn đường", "Một hộ lấn đường")
    assert actions() == ["redacted", "published"]
    act(client, question, "publish", public_text="Một hộ dân lấn đường").submit()
    assert fresh(question).public_text == "Một hộ dân lấn đường"
    assert actions() == ["redacted", "published", "redacted"]


def test_an_act_in_the_queue_makes_the_tabs_ask_for_their_new_numbers(client, clerk, queries):
    question, other = make_question(field=Field.ROADS), make_question(field=Field.LAND)
    tabs = client.get("/office/questions?field=roads").one("#queue-tabs")
    fields = {"version": question.version, "public_text": "Đường hỏng."}
    row = client.post(f"/office/questions/{question.id}/publish", fields, status=200, htmx=True)
    assert row.headers["HX-Trigger"] in tabs["hx-trigger"]
    with queries() as seen:
        again = client.get(tabs["hx-get"], htmx=True)
    assert [int(number) for number in again.texts(".count")] == [0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert "field=roads" in again.one("#queue-tabs")["hx-get"]
    assert not any("question.text" in one for one in seen)
    assert other.state is S.WAITING


def test_publishing_nothing_is_refused(client, clerk):
    question = make_question()
    assert act(client, question, "publish", public_text="  ").submit(status=422).errors
    assert fresh(question).state is S.WAITING


def test_declining_needs_a_reason_and_a_sentence_that_the_asker_reads(client, clerk):
    question = make_question()
    assert len(act(client, question, "decline").submit(status=422).errors) == 2
    act(client, question, "decline", reason="unclear", note="Xin gọi văn phòng nói rõ hơn.").submit()
    question = fresh(question)
    assert (question.state, question.decline_reason) == (S.DECLINED, DeclineReason.UNCLEAR)
    assert "Xin gọi văn phòng nói rõ hơn." in client.get(f"/q/{question.askers[0].code}").main
    client.get(f"/minh-tam/questions/{question.id}", status=404)


@pytest.mark.parametrize("fields", [{"reason": "because", "note": "x"}, {"reason": "unclear", "note": "x" * 1001}])
def test_declining_with_odd_values_is_refused(client, clerk, fields):
    question = make_question()
    client.post(f"{QUEUE}/{question.id}/decline", {"version": question.version, **fields}, status=422)
    assert fresh(question).state is S.WAITING


def test_assigning_to_a_department_a_person_and_nobody(client, clerk):
    unit, person = make_unit(), make_staff(Role.LEADER)
    question = make_question()
    for value, expected in (
        (f"u:{unit.id}", (unit.id, None)),
        (f"s:{person.id}", (None, person.id)),
        ("", (None, None)),
    ):
        act(client, question, "assign", assigned=value).submit()
        question = fresh(question)
        assert (question.assigned_unit_id, question.assigned_staff_id) == expected
    assert actions() == ["assigned", "assigned", "assignment_taken_back"]


def test_nobody_outside_the_list_can_be_assigned(client, clerk):
    question = make_question()
    foreign = make_commune()
    not_there = [
        f"u:{make_unit(foreign).id}",
        f"s:{make_staff(Role.LEADER, commune=foreign).id}",
        "u:",
        "u:x",
        "x",
        "s:-1",
    ]
    not_offered = [
        f"s:{make_staff(Role.VILLAGE_HEAD).id}",
        f"s:{make_staff(Role.LEADER, is_active=False).id}",
        f"u:{make_unit(is_active=False).id}",
    ]
    for value in (*not_there, *not_offered):
        data = {"version": question.version, "assigned": value}
        client.post(f"{QUEUE}/{question.id}/assign", data, status=404 if value in not_there else 422)
    assert fresh(question).assigned_staff_id is None


def test_a_complaint_leaves_the_public_pages_and_the_asker_is_told(client, clerk):
    question = make_question(state=S.PUBLISHED)
    make_answer(question)
    assert act(client, question, "complaint").submit(status=422).errors
    act(client, question, "complaint", note="Đã chuyển Thanh tra.").submit()
    assert fresh(question).state is S.MOVED_TO_COMPLAINT
    client.get(f"/minh-tam/questions/{question.id}", status=404)
    assert "Đã chuyển Thanh tra." in client.get(f"/q/{question.askers[0].code}").main


@pytest.mark.parametrize(
    ("state", "action"),
    [(S.PUBLISHED, "unpublished"), (S.DECLINED, "reopened"), (S.MOVED_TO_COMPLAINT, "reopened")],
)
def test_what_was_decided_can_be_taken_back_with_a_note(client, clerk, state, action):
    question = make_question(state=state, state_note="Lý do cũ")
    assert act(client, question, "take-back").submit(status=422).errors
    act(client, question, "take-back", note="Đăng nhầm").submit()
    question = fresh(question)
    assert (question.state, question.published_at, question.state_note) == (S.WAITING, None, "")
    assert actions() == [action]


@pytest.mark.parametrize("path", ["publish", "decline", "assign", "complaint", "take-back"])
def test_a_withdrawn_question_stays_as_it_is(client, clerk, path):
    question = make_question(state=S.WITHDRAWN)
    data = {
        "version": question.version, "public_text": "x", "reason": "unclear", "note": "x",
        "assigned": f"s:{clerk.id}",
    }  # fmt: skip
    assert client.post(f"{QUEUE}/{question.id}/{path}", data, status=422).errors
    assert fresh(question).state is S.WITHDRAWN


def test_the_page_of_a_question_offers_only_what_is_possible(client, clerk):
    offered = {
        state: {
            link.rsplit("/", 1)[1]
            for link in client.get(f"{QUEUE}/{make_question(state=state).id}").links()
            if link.endswith(("/publish", "/decline", "/assign", "/complaint", "/take-back", "/release"))
        }
        for state in S
    }
    assert offered == {
        S.WAITING: {"publish", "decline", "assign", "complaint"},
        S.QUARANTINED: {"release", "decline"},
        S.PUBLISHED: {"publish", "assign", "complaint", "take-back"},
        S.DECLINED: {"take-back"},
        S.MOVED_TO_COMPLAINT: {"take-back"},
        S.WITHDRAWN: set(),
        S.SPLIT: set(),
        S.MERGED: set(),
    }


# -- two clerks at once


def test_the_second_clerk_sees_both_wordings_and_overwrites_only_on_purpose(client, clerk):
    question = make_question(text="Gốc")
    late = act(client, question, "publish", public_text="Chữ của người thứ hai")
    act(client, question, "publish", public_text="Chữ của người thứ nhất").submit()
    page = late.submit(status=409)
    assert "Chữ của người thứ nhất" in page.main
    assert page.one("textarea").get_text().strip() == "Chữ của người thứ hai"
    assert fresh(question).public_text == "Chữ của người thứ nhất"
    page.form().submit()
    assert fresh(question).public_text == "Chữ của người thứ hai"


def test_assigning_at_once_shows_whom_the_other_chose(client, clerk):
    first, second = make_unit(name="Phòng Một"), make_unit(name="Phòng Hai")
    question = make_question()
    late = act(client, question, "assign", assigned=f"u:{second.id}")
    act(client, question, "assign", assigned=f"u:{first.id}").submit()
    page = late.submit(status=409)
    assert "Phòng Một" in page.one(".note").get_text()


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "99999999999999999999", "1; DROP TABLE question"])
def test_a_stale_or_strange_version_is_a_conflict_and_never_a_crash(client, clerk, version):
    question = make_question()
    client.post(f"{QUEUE}/{question.id}/publish", {"version": version, "public_text": "x"}, status=409)
    assert fresh(question).state is S.WAITING


# -- with htmx


def test_the_row_turns_into_the_form_and_back(client, clerk):
    question = make_question()
    url = f"{QUEUE}/{question.id}"
    form = client.get(f"{url}/publish", htmx=True)
    assert form.select("form[hx-post]")[0]["hx-post"] == f"{url}/publish"
    assert client.get(url, htmx=True).soup.find("tr")["id"] == f"q-{question.id}"


def test_with_htmx_the_act_answers_with_the_row_and_the_sentence(client, clerk):
    question = make_question()
    page = client.get(f"{QUEUE}/{question.id}/publish", htmx=True).form().submit(status=200, htmx=True)
    assert page.soup.find("tr")["id"] == f"q-{question.id}"
    assert page.notice
    assert fresh(question).state is S.PUBLISHED


def test_with_htmx_a_refused_form_comes_back_in_the_row(client, clerk):
    question = make_question()
    page = client.get(f"{QUEUE}/{question.id}/decline", htmx=True).form().submit(status=422, htmx=True)
    assert page.errors


def test_with_htmx_a_conflict_comes_back_in_the_row_with_both_texts(client, clerk):
    question = make_question()
    late = client.get(f"{QUEUE}/{question.id}/publish", htmx=True).form().fill(public_text="Thứ hai")
    act(client, question, "publish", public_text="Thứ nhất").submit()
    page = late.submit(status=422, htmx=True)
    assert "Thứ nhất" in page.text
    assert "Thứ hai" in page.text
