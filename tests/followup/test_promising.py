"""Making a promise: what it holds, how its day is counted, and what is worth a second look."""

from datetime import date

import pytest
import sqlalchemy as sa

from dialogues.followup.models import Commitment
from dialogues.followup.rules import CommitmentKind, DayCount
from dialogues.questions.rules import QuestionState
from dialogues.staff.rules import Role
from tests.make import (
    make_answer,
    make_commune,
    make_holiday,
    make_question,
    make_staff,
    make_unit,
)


@pytest.fixture(autouse=True)
def now(at):
    at("2026-11-20 09:00")  # a Friday


@pytest.fixture
def office(app, now, sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def new_url(answer):
    return f"/office/questions/{answer.question_id}/commitments/new"


def values(person, **more):
    return {"responsible_id": str(person.id), "result": "Đường hết ổ gà.", "due_on": "2026-12-01", **more}


def made(session):
    session.expire_all()
    return session.scalars(sa.select(Commitment).order_by(Commitment.id)).all()


def test_everything_that_was_typed_is_kept(client, office, session):
    answer, person, helps = make_answer(), make_staff(Role.DEPARTMENT, unit=make_unit()), make_unit()
    typed = values(
        person, kind="pass_up", escalated_to="UBND tỉnh", public_text="Đường êm.", place="Đường liên thôn",
        budget_note="Nguồn sự nghiệp giao thông", unit_ids=[str(helps.id), str(person.unit_id)],
    )  # fmt: skip
    client.post(new_url(answer), typed).follow()
    one = made(session)[0]
    assert (one.kind, one.escalated_to) == (CommitmentKind.PASS_UP, "UBND tỉnh")
    assert (one.public_text, one.place, one.budget_note) == (
        "Đường êm.", "Đường liên thôn", "Nguồn sự nghiệp giao thông",
    )  # fmt: skip
    assert [row.unit_id for row in one.supports] == [helps.id]  # who is responsible does not help
    office_page, public = client.get(f"/office/commitments/{one.id}"), client.get(f"/minh-tam/commitments/{one.id}")
    for page in (office_page, public):
        for words in ("UBND tỉnh", "Đường êm.", "Đường liên thôn", helps.name):
            assert words in page.main
    assert "Nguồn sự nghiệp" in office_page.main
    assert "Nguồn sự nghiệp" not in public.text
    assert "Đường hết ổ gà." not in public.text


def test_passing_up_names_the_body(client, office, session):
    page = client.post(new_url(make_answer()), values(office, kind="pass_up"), status=422)
    assert page.select("#escalated_to-error")
    assert made(session) == []


def test_the_note_on_money_is_the_offices_alone(client, sign_in, session):
    person = make_staff(Role.DEPARTMENT)
    answer = make_answer(make_question(state=QuestionState.PUBLISHED, assigned_staff_id=person.id))
    sign_in(person)
    assert not client.get(new_url(answer)).select("#budget_note")
    client.post(new_url(answer), values(person, budget_note="Tiền đây")).follow()
    one = made(session)[0]
    assert one.budget_note == ""
    one.budget_note = "Nguồn bí mật"
    session.commit()
    assert "Nguồn bí mật" not in client.get(f"/office/commitments/{one.id}").text


# -- the day ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "days", "due_on"),
    [
        ("days", 10, date(2026, 11, 30)),
        ("days", 8, date(2026, 11, 30)),  # ends on a Saturday
        ("working_days", 10, date(2026, 12, 4)),
        ("working_days", 1, date(2026, 11, 23)),
    ],
)
def test_days_are_counted_from_the_promise_and_explained(client, office, session, counts, days, due_on):
    answer = make_answer(answered_on=date(2026, 11, 20))
    page = client.post(new_url(answer), values(office, due_counts=counts, due_days=days, due_on="")).follow()
    one = made(session)[0]
    assert (one.due_on, one.first_due_on, one.due_counts, one.due_days) == (due_on, due_on, DayCount(counts), days)
    shown = f"{days} ngày" if counts == "days" else f"{days} ngày làm việc"
    assert shown in page.notice
    for address in (f"/office/commitments/{one.id}", f"/minh-tam/commitments/{one.id}"):
        assert f"{shown} kể từ ngày 20/11/2026" in client.get(address).select("#facts")[0].get_text(" ", strip=True)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"due_counts": "days", "due_days": ""}, "due_days"),
        ({"due_counts": "days", "due_days": "0"}, "due_days"),
        ({"due_counts": "working_days", "due_days": "731"}, "due_days"),
        ({"due_counts": "working_days", "due_days": "mười"}, "due_days"),
        ({"due_counts": "days", "due_days": "3"}, "due_days"),  # counted from ten days ago
        ({"due_counts": "x"}, "due_counts"),
        ({"kind": "x"}, "kind"),
    ],
)
def test_a_count_that_leads_nowhere_is_refused_at_its_field(client, office, session, more, field):
    answer = make_answer(answered_on=date(2026, 11, 10))
    page = client.post(new_url(answer), values(office, **more), status=422)
    assert page.select(f"#{field}-error, fieldset#{field}.has-error")
    assert "Đường hết ổ gà." in page.main
    assert made(session) == []


def test_a_day_off_needs_a_tick_and_the_next_working_day_is_named(client, office, session):
    answer = make_answer()
    make_holiday(answer.question.dialogue.commune, on_day=date(2026, 11, 23))
    page = client.post(new_url(answer), values(office, due_on="2026-11-21"), status=422)
    assert "24/11/2026" in page.select(".field:has(#keeps_day) .error")[0].get_text()
    page.form("commitment-form").check("keeps_day").submit().follow()
    assert made(session)[0].due_on == date(2026, 11, 21)


# -- the person -------------------------------------------------------------------------------------------------------


def test_who_is_away_needs_a_tick_and_the_deputy_is_named(client, office, session):
    deputy = make_staff(Role.DEPARTMENT)
    away = {"away_from": date(2026, 11, 25), "away_until": date(2026, 12, 10), "deputy_id": deputy.id}
    person, answer = make_staff(Role.DEPARTMENT, **away), make_answer()
    client.post(new_url(answer), values(person, due_on="2026-12-11", result="Sau khi về."))
    page = client.post(new_url(answer), values(person), status=422)
    said = page.select(".field:has(#despite_leave) .error")[0].get_text()
    assert deputy.name in said
    assert "10/12/2026" in said
    page.form("commitment-form").check("despite_leave").submit().follow()
    assert len(made(session)) == 2


def test_who_never_hears_of_it_is_not_chosen(client, office, session):
    answer, nobody = make_answer(), make_staff(Role.DEPARTMENT, password="", email="")
    page = client.post(new_url(answer), values(nobody), status=422)
    assert page.select("#responsible_id-error")
    assert made(session) == []
    named = make_staff(Role.DEPARTMENT, password="")
    page = client.post(new_url(answer), values(named)).follow()
    assert named.name in page.notice
    assert len(made(session)) == 1


# -- weak words -------------------------------------------------------------------------------------------------------


def test_weak_words_are_pointed_out_once_and_then_kept(client, office, session):
    answer = make_answer()
    page = client.post(new_url(answer), values(office, result="Sẽ xem xét sửa đường."), status=422)
    assert "sẽ xem xét" in page.select("#result-error")[0].get_text()
    page.form("commitment-form").submit().follow()
    assert made(session)[0].result == "Sẽ xem xét sửa đường."


def test_other_weak_words_are_pointed_out_again(client, office, session):
    page = client.post(new_url(make_answer()), values(office, result="Sẽ xem xét."), status=422)
    page = page.form("commitment-form").fill(result="Cố gắng.").submit(status=422)
    assert "cố gắng" in page.select("#result-error")[0].get_text()
    assert made(session) == []


def test_while_typing_words_day_and_person_are_looked_at_and_nothing_is_saved(client, office, session):
    answer = make_answer(answered_on=date(2026, 11, 20))
    typed = values(office, result="Sớm sửa đường.", due_counts="working_days", due_days="10", then="look")
    part = client.post(new_url(answer), typed, htmx=True, status=200)
    assert [tag["id"] for tag in part.soup.find_all(recursive=False)] == ["promise-hints", "promise-weak"]
    assert "sớm" in part.one("#promise-weak[hx-swap-oob]").text
    assert "10 ngày làm việc" in part.text
    whole = client.post(new_url(answer), typed, status=200)  # without JavaScript, by the button
    assert whole.form("commitment-form")["result"] == "Sớm sửa đường."
    assert "10 ngày làm việc" in whole.main
    assert "sớm" in whole.one("#promise-weak").text
    assert made(session) == []
    whole.form("commitment-form").submit().follow()  # what was shown while typing is not pointed out again
    assert len(made(session)) == 1


def test_looking_at_an_empty_or_odd_form_is_no_error(client, office):
    answer = make_answer()
    for typed in ({}, {"due_days": "x", "due_counts": "days"}, {"responsible_id": "abc", "due_on": "9999-99-99"}):
        client.post(new_url(answer), {**typed, "then": "look"}, htmx=True, status=200)
    elsewhere = make_staff(commune=make_commune(), away_from=date(2026, 1, 1))
    part = client.post(new_url(answer), values(elsewhere, then="look"), htmx=True, status=200)
    assert elsewhere.name not in part.text


# -- where it comes from ----------------------------------------------------------------------------------------------


def test_the_form_and_the_page_tell_who_asked_with_merged_questions(client, office, session):
    answer = make_answer()
    merged = make_question(answer.question.dialogue, state=QuestionState.MERGED, lead_id=answer.question_id)
    form = client.get(new_url(answer))
    assert "2 " in form.select("#origin")[0].get_text()
    assert form.select(f'#origin a[href="/office/questions/{merged.id}"]')
    client.post(new_url(answer), values(office)).follow()
    page = client.get(f"/office/commitments/{made(session)[0].id}")
    assert "2 " in page.select("#origin")[0].get_text()
