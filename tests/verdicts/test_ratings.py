"""Rating answers: with the code, on the tablet, from paper; what residents see of it, and what they do not."""

import re

import pytest

from dialogues import clock
from dialogues.access import Permission, permission_of
from dialogues.askers import erasing
from dialogues.extensions import db
from dialogues.questions.rules import Erasure, QuestionState
from dialogues.staff.rules import Role
from dialogues.verdicts import rating_counts, ratings, tablet
from dialogues.verdicts.models import AnswerRating
from dialogues.verdicts.rating_rules import Figures, for_residents
from dialogues.verdicts.rules import Rating, RatingWay
from tests.make import make_answer, make_commune, make_dialogue, make_question, make_staff, make_unit
from tests.page import as_fields

P = QuestionState.PUBLISHED
SATISFIED, NEUTRAL, NOT = Rating


@pytest.fixture
def answer(app, at):
    at("2026-11-23 09:00")
    make_commune()
    return make_answer(make_question(make_dialogue(), state=P))


@pytest.fixture
def office(answer, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def code(answer):
    return answer.question.askers[0].code


def rows(**wanted):
    db.session.rollback()
    return db.session.query(AnswerRating).filter_by(**wanted).order_by(AnswerRating.id).all()


def rate(answer, number, rating=SATISFIED, text=""):
    """So many ratings from paper."""
    said = [ratings.Said(answer.id, rating, text)] * number
    dialogue, staff = answer.question.dialogue, make_staff(Role.OFFICE)
    ratings.add(dialogue=dialogue, way=RatingWay.PAPER, sheet=f"tap-{clock.now()}-{staff.id}", said=said, staff=staff)
    db.session.commit()


# -- which numbers are too small --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("totals", "shown", "rest"),
    [
        ({"A": 4}, None, None),
        ({"A": 5}, ["A"], None),
        ({"A": 9, "B": 8}, ["A", "B"], None),
        ({"A": 9, "B": 4, "C": 4}, ["A"], 8),
        ({"A": 9, "B": 6, "C": 4}, ["A"], 10),  # else C could be found by taking A and B from the whole
        ({"A": 9, "C": 4}, [], None),
        ({"A": 2, "B": 3}, [], None),
    ],
)
def test_small_numbers_cannot_be_read_or_worked_out(totals, shown, rest):
    found = for_residents(Figures(satisfied=number, name=name) for name, number in totals.items())
    assert found.number == sum(totals.values())
    assert (found.all is None) == (shown is None)
    assert [one.name for one in found.bodies] == (shown or [])
    assert (found.rest.total if found.rest else None) == rest


def test_the_shares_are_those_of_the_numbers():
    figures = Figures(5, 2, 1)
    assert [percent for _rating, _number, percent in figures.parts] == [62, 25, 12]
    assert Figures().share == 0


# -- with the code ----------------------------------------------------------------------------------------------------


def test_the_asker_rates_the_answer_and_changes_it(client, answer, at):
    page = client.get(f"/q/{code(answer)}")
    form = page.form(f"rate-{answer.id}")
    form.check("Chưa hài lòng")
    form.fill("text", "Chưa nói bao giờ làm.")
    done = form.submit().follow()
    assert "được ghi nhận" in done.notice
    (row,) = rows()
    assert (row.rating, row.text, row.way) == (NOT, "Chưa nói bao giờ làm.", RatingWay.CODE)
    at("2026-11-24 09:00")
    form = done.form(f"rate-{answer.id}")
    form.check("Hài lòng")
    form.fill("text", "")
    form.submit()
    (row,) = rows()
    assert (row.rating, row.text, row.at) == (SATISFIED, "", clock.now())


def test_there_is_nothing_to_rate_before_an_answer_is_public(client, answer):
    answer.published_at = None
    db.session.commit()
    assert client.get(f"/q/{code(answer)}").select("#rating") == []
    page = client.post(f"/q/{code(answer)}/rate", {"answer": answer.id, "rating": "neutral"}, csrf=False, status=422)
    assert page.errors
    assert rows() == []


def test_the_code_of_another_question_rates_nothing(client, answer):
    other = make_answer(make_question(answer.question.dialogue, state=P))
    page = client.post(f"/q/{code(other)}/rate", {"answer": answer.id, "rating": "neutral"}, csrf=False, status=422)
    assert page.errors
    assert rows() == []


def test_whoever_asked_the_same_rates_the_answer_that_was_given_for_it(client, answer):
    mine = make_question(answer.question.dialogue, state=QuestionState.MERGED)
    mine.lead_id = mine.merged_into_id = answer.question_id
    db.session.commit()
    client.get(f"/q/{mine.askers[0].code}").form(f"rate-{answer.id}").check("Bình thường").submit()
    (row,) = rows()
    assert (row.answer_id, row.asker_id) == (answer.id, mine.askers[0].id)


@pytest.mark.parametrize(
    "bad", [{}, {"rating": ""}, {"rating": "great"}, {"rating": "neutral", "text": "x" * 501}, {"answer": "x"}]
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(client, answer, bad):
    sent = {"answer": answer.id, "text": "Cảm ơn xã.", **bad}
    page = client.post(f"/q/{code(answer)}/rate", sent, csrf=False, status=422)
    assert page.errors
    assert sent["text"] in page.source
    assert rows() == []


def test_a_script_that_changes_it_all_the_time_is_stopped(client, answer):
    url = f"/q/{code(answer)}/rate"
    for number in range(20):
        client.post(url, {"answer": answer.id, "rating": list(Rating)[number % 3].value}, csrf=False, status=303)
    client.post(url, {"answer": answer.id, "rating": "neutral"}, csrf=False, status=429)
    assert len(rows()) == 1


def test_erasing_an_asker_takes_the_sentence_and_keeps_the_rating(answer):
    asker = answer.question.askers[0]
    ratings.rate(asker=asker, answer_id=answer.id, rating=NOT, text="Tôi là Tống Văn Hỏi.")
    erasing.erase(asker=asker, why=Erasure.WISH)
    db.session.commit()
    (row,) = rows()
    assert (row.rating, row.text) == (NOT, "")


def test_sentences_are_erased_after_two_years(answer, at):
    rate(answer, 1, text="Xin xã làm nhanh.")
    at("2028-11-20 09:00")
    assert ratings.erase_old() == 0
    at("2028-11-24 09:00")
    assert ratings.erase_old() == 1


# -- the tablet -------------------------------------------------------------------------------------------------------


def start(client, dialogue):
    page = client.get(f"/office/dialogues/{dialogue.id}/ratings/tablet")
    return page.form("Đăng xuất và bắt đầu").submit().follow()


def press(page, rating="satisfied"):
    button = page.one(f'button[value="{rating}"]')
    return page.client.post(page.url, as_fields(page.form().data(button)), csrf=False, status=None)


def test_the_tablet_takes_a_rating_and_comes_back_by_itself(client, office, answer):
    page = start(client, answer.question.dialogue)
    question = page.click(answer.question.public_text[:40])
    assert question.select("button[name=rating]")
    thanks = press(question).follow()
    assert re.fullmatch(r"6; url=/tablet/[^/]+", thanks.headers["Refresh"])
    (row,) = rows()
    assert (row.rating, row.way, row.staff_id, row.asker_id) == (SATISFIED, RatingWay.DESK, office.id, None)


def test_pressing_twice_counts_once(client, office, answer):
    question = start(client, answer.question.dialogue).click(answer.question.public_text[:40])
    assert press(question).status == press(question).status == 303
    assert len(rows()) == 1


def test_who_holds_the_tablet_reaches_nothing_else(client, office, answer):
    page = start(client, answer.question.dialogue)
    assert client.get("/office/", status=303).location.startswith("/office/sign-in"), "nobody is signed in any more"
    for one in (page, page.click(answer.question.public_text[:40])):
        assert all(link.startswith(("/tablet/", "#main")) for link in one.links()), one.links()
        assert office.name not in one.source
        assert one.headers["Cache-Control"] == "no-store"


def test_a_number_leads_to_its_question(client, office, answer):
    second = make_answer(make_question(answer.question.dialogue, state=P)).question
    page = start(client, answer.question.dialogue)
    form = page.form()
    form.fill("number", "2")
    assert second.public_text in form.submit(status=303).follow().main
    form.fill("number", "77")
    assert "77" in form.submit(status=422).notice


@pytest.mark.parametrize("change", ["later", "closed", "password", "forged", "foreign"])
def test_the_link_of_the_tablet_ends(client, answer, at, change):
    staff = make_staff(Role.VILLAGE_HEAD)
    dialogue = answer.question.dialogue
    token = tablet.token(dialogue, staff)
    url = f"/tablet/{token}"
    client.get(url)
    if change == "later":
        at("2026-11-23 21:01")
    elif change == "closed":
        staff.is_active = False
    elif change == "password":
        staff.session_key = "khac"
    elif change == "forged":
        url = url[:-2]
    else:
        other = make_staff(Role.OFFICE, commune=make_commune())
        url = f"/tablet/{tablet.token(dialogue, other)}"
    db.session.commit()
    for address in (url, f"{url}/{answer.question_id}", f"{url}/thanks"):
        client.get(address, status=410)
    client.post(f"{url}/{answer.question_id}", {"rating": "neutral"}, csrf=False, status=410)
    assert rows() == []


def test_a_tablet_in_the_hands_of_a_joker_is_stopped(client, office, answer, monkeypatch):
    monkeypatch.setattr("dialogues.verdicts.ratings_public.AT_DESK", 2)
    page = start(client, answer.question.dialogue)
    url = f"{page.url}/{answer.question_id}"
    found = [client.post(url, {"rating": "neutral"}, csrf=False, status=None) for _ in range(3)]
    assert [one.status for one in found] == [303, 303, 422]
    assert found[2].errors


# -- paper ------------------------------------------------------------------------------------------------------------


def paper(dialogue):
    return f"/office/dialogues/{dialogue.id}/ratings/paper"


def test_a_pile_of_papers_is_keyed_in_and_taken_back(client, office, answer):
    other = make_answer(make_question(answer.question.dialogue, state=P))
    form = client.get(paper(answer.question.dialogue)).form("Lưu các con số")
    form.fill(f"n-{answer.id}-satisfied", "12")
    form.fill(f"n-{answer.id}-not_satisfied", "3")
    form.fill(f"n-{other.id}-neutral", "1")
    again = form.submit().follow()
    assert "16" in again.notice
    form.submit()
    assert len(rows()) == 16, "the same form twice is one pile"
    assert {row.staff_id for row in rows()} == {office.id}
    page = client.get(paper(answer.question.dialogue)).form("Rút lại").submit().follow()
    assert "16" in page.notice
    assert rows() == []


def test_one_paper_with_a_sentence(client, office, answer):
    form = client.get(paper(answer.question.dialogue)).form("Lưu phiếu này")
    form.fill("answer", str(answer.id))
    form.check("Chưa hài lòng")
    form.fill("text", "Đường vẫn lầy.")
    form.submit()
    (row,) = rows()
    assert (row.way, row.rating, row.text) == (RatingWay.PAPER, NOT, "Đường vẫn lầy.")


@pytest.mark.parametrize("bad", ["-1", "501", "mười", "1/2", ""])
def test_bad_numbers_get_a_sentence_at_the_field(client, office, answer, bad):
    form = client.get(paper(answer.question.dialogue)).form("Lưu các con số")
    form.fill(f"n-{answer.id}-satisfied", bad)
    page = form.submit(status=422)
    assert page.errors
    assert page.one(f"#n-{answer.id}-satisfied")["value"] == bad
    assert rows() == []


def test_papers_of_another_dialogue_are_not_taken_back(client, office, answer):
    rate(answer, 2)
    (sheet,) = {row.sheet for row in rows()}
    other = make_dialogue()
    client.post(f"{paper(other)}/take-back", {"sheet": sheet}, status=303)
    client.post(f"{paper(other)}/take-back", {"sheet": ""}, status=303)
    assert len(rows()) == 2


# -- results ----------------------------------------------------------------------------------------------------------


def test_residents_see_numbers_from_five_on_and_never_a_sentence(client, answer):
    url = f"/d/{answer.question.dialogue.code}"
    rate(answer, 4, text="Ông Sáu chây ì.")
    assert client.get(url).select("#rated") == []
    assert "Chưa đủ để công bố" in client.get(f"{url}/ratings").main
    rate(answer, 1, NOT)  # the kept pages are made anew
    assert "80 %" in client.get(url).one("#rated").text
    page = client.get(f"{url}/ratings")
    assert "80 %" in page.main
    assert "Ông Sáu" not in page.source


def numbers(answer):
    db.session.expire_all()
    shown = rating_counts.public(answer.commune_id, answer.question.dialogue_id).all
    return shown and (shown.satisfied, shown.neutral, shown.not_satisfied)


def test_who_looks_before_and_after_one_rating_sees_no_difference(client, answer):
    rate(answer, 5)
    seen = [numbers(answer)]
    for rating in (NOT, NOT, NEUTRAL, NOT):
        rate(answer, 1, rating)
        seen.append(numbers(answer))
    assert seen == [(5, 0, 0)] * 5
    assert "5 lượt" in client.get(f"/d/{answer.question.dialogue.code}").one("#rated").text
    rate(answer, 1, SATISFIED)
    assert numbers(answer) == (6, 1, 3)


def test_a_changed_rating_is_not_seen_alone_either(client, answer):
    rate(answer, 4)
    ratings.rate(asker=answer.question.askers[0], answer_id=answer.id, rating=SATISFIED, text="")
    db.session.commit()
    assert numbers(answer) == (5, 0, 0)
    ratings.rate(asker=answer.question.askers[0], answer_id=answer.id, rating=NOT, text="")
    db.session.commit()
    assert numbers(answer) == (5, 0, 0)
    rate(answer, 4)
    assert numbers(answer) == (8, 0, 1)


def test_a_body_waits_for_its_own_ratings_and_the_whole_is_what_the_bodies_show(answer):
    dialogue = answer.question.dialogue
    police = make_unit(name="Công an xã")
    other = make_answer(make_question(dialogue, state=P, assigned_unit_id=police.id))
    rate(answer, 7)
    rate(other, 4, NOT)
    shown = rating_counts.public(dialogue.commune_id, dialogue.id)
    assert (numbers(answer), [one.name for one in shown.bodies], shown.rest) == ((7, 0, 0), [""], None)
    rate(other, 1, NOT)
    shown = rating_counts.public(dialogue.commune_id, dialogue.id)
    assert (numbers(answer), [(one.name, one.total) for one in shown.bodies]) == (
        (7, 0, 5), [("", 7), ("Công an xã", 5)],
    )  # fmt: skip
    assert [one.total for one in rating_counts.all_of(dialogue)] == [7, 5]


def test_ratings_of_another_dialogue_do_not_fill_the_step(answer):
    elsewhere = make_answer(make_question(make_dialogue(), state=P))
    rate(answer, 3)
    rate(elsewhere, 4)
    assert numbers(answer) is numbers(elsewhere) is None


def test_answers_that_are_not_public_any_more_are_not_counted_in_public(client, answer):
    rate(answer, 6)
    answer.published_at = None
    db.session.commit()
    dialogue = answer.question.dialogue
    assert rating_counts.public(dialogue.commune_id, dialogue.id).number == 0
    assert [one.total for one in rating_counts.all_of(dialogue)] == [6]


def test_the_office_and_the_overseers_read_all_of_it(client, sign_in, answer):
    unit = make_unit(name="Phòng Kinh tế")
    answer.answered_by = make_staff(Role.DEPARTMENT, unit=unit)
    other = make_answer(
        make_question(answer.question.dialogue, state=P, assigned_unit_id=make_unit(name="Công an xã").id)
    )
    rate(answer, 3)
    rate(other, 1, NOT, "Trả lời chung chung.")
    url = f"/office/dialogues/{answer.question.dialogue_id}/ratings"
    for role in (Role.OFFICE, Role.OVERSEER):
        sign_in(make_staff(role))
        page = client.get(url)
        assert page.texts("#bodies tbody th") == ["Phòng Kinh tế", "Công an xã"]
        assert "Trả lời chung chung." in page.main
    for role in (Role.LEADER, Role.DEPARTMENT, Role.VILLAGE_HEAD):
        sign_in(make_staff(role))
        client.get(url, status=403)


def test_the_pages_take_a_fixed_number_of_statements(client, office, answer, queries):
    dialogue = answer.question.dialogue
    urls = (f"/office/dialogues/{dialogue.id}/ratings", paper(dialogue), f"/d/{dialogue.code}/ratings")
    rate(answer, 1, text="Một.")

    def counts():
        found = []
        for url in urls:
            with queries() as seen:
                client.get(url)
            found.append(seen.count)
        return found

    few = counts()
    for _ in range(4):
        rate(make_answer(make_question(dialogue, state=P)), 3, text="Hai.")
    assert counts() == few


def test_only_the_office_and_village_heads_open_the_tablet(app):
    assert permission_of(app, "ratings_office.start_tablet") is Permission.ENTER_QUESTIONS
