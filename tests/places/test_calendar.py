"""The commune's days off and numbers: entered, refused, removed; what moves and who may."""

from datetime import date

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.places import calendar, service
from dialogues.places.counting import explain
from dialogues.places.days import calendar_deadline, days_before, working_deadline
from dialogues.places.models import Holiday, RuleValue
from dialogues.places.rules import RuleName
from dialogues.schedule.deadlines import result_due_on
from dialogues.schedule.rules import DialogueState
from dialogues.staff.models import TrailEntry
from tests.make import (
    make_commitment,
    make_commune,
    make_dialogue,
    make_holiday,
    make_request,
    make_staff,
    save,
    the_commune,
    wall,
)

DAYS, RULES = "/office/commune/days-off", "/office/commune/rules"


@pytest.fixture
def office(client, sign_in, at):
    at("2026-11-22 08:00")
    staff = make_staff()
    sign_in(staff)
    return staff


def add(client, status=303, **values):
    page = client.get(DAYS)
    form = page.form(DAYS)
    form.fill(**{"kind": "off", "first": "", "last": "", "name": "Ngày của xã", **values})
    return form.submit(status=status)


def rows(model):
    db.session.expire_all()
    return list(db.session.scalars(sa.select(model).order_by(model.id)))


def test_a_new_day_off_moves_open_deadlines_and_says_how_many(client, office):
    """A session on Thursday 12 November: the result is due on Monday 23; with that Monday off, on Tuesday."""
    dialogue = make_dialogue(state=DialogueState.CONCLUDED, starts_at=wall(-10))
    page = add(client, first="2026-11-23").follow()
    assert "1 " in page.notice
    assert result_due_on(dialogue.commune, date(2026, 11, 12)) == date(2026, 11, 24)
    [line] = db.session.scalars(sa.select(TrailEntry).where(TrailEntry.action == "holiday_added"))
    assert "23/11/2026: Ngày của xã. 1 " in line.note
    page.form(f"{DAYS}/{rows(Holiday)[0].id}/remove").submit()
    assert result_due_on(the_commune(), date(2026, 11, 12)) == date(2026, 11, 23)
    assert rows(Holiday) == []


def test_a_worked_saturday_can_be_entered_and_counts(client, office):
    """A session on Thursday 12 November: ten days end on Sunday 22, so on Monday 23; if it is worked, on Sunday."""
    make_dialogue(state=DialogueState.CONCLUDED, starts_at=wall(-10))
    add(client, status=422, first="2026-11-24", kind="worked")
    page = add(client, first="2026-11-22", kind="worked", name="Làm bù").follow()
    assert "1 " in page.notice
    assert "Làm bù" in page.main
    assert result_due_on(the_commune(), date(2026, 11, 12)) == date(2026, 11, 22)
    assert clock.today() not in service.days_off(the_commune())


def test_dates_that_people_chose_stay_and_are_named(client, office):
    promise = make_commitment(due_on=date(2026, 12, 15))
    make_request(deadline_on=date(2026, 12, 15))
    make_request(make_commune(), deadline_on=date(2026, 12, 15))
    page = add(client, first="2026-12-15").follow()
    assert "2 " in page.notice
    db.session.expire_all()
    assert promise.due_on == date(2026, 12, 15)


@pytest.mark.parametrize(("year", "asked"), [(2025, False), (2026, True), (2027, True)])
def test_the_cultural_day_is_asked_for_until_it_is_entered(client, office, year, asked):
    assert ("80-NQ/TW" in client.get(f"{DAYS}?year={year}").main) is asked
    if asked:
        add(client, first=f"{year}-11-24")
        assert "80-NQ/TW" not in client.get(f"{DAYS}?year={year}").main


def test_a_day_off_far_from_everything_moves_nothing(client, office):
    page = add(client, first="2027-08-17").follow()
    assert "không" in page.notice.lower() or "No open deadline" in page.notice


def test_several_days_in_a_row_are_entered_at_once(client, office):
    add(client, first="2027-02-10", last="2027-02-12", name="Nghỉ bù Tết")
    assert [row.on_day.day for row in rows(Holiday)] == [10, 11, 12]
    assert calendar.year_to_fill(the_commune(), clock.today()) is None


@pytest.mark.parametrize(
    "values",
    [
        {"first": ""},
        {"first": "2027-02-31"},
        {"first": "1900-01-01"},
        {"first": "9999-12-31"},
        {"first": "1999-01-01"},
        {"first": "2090-01-01"},
        {"first": "2026-12-10", "last": "2026-12-09"},
        {"first": "2026-12-10", "last": "2027-12-10"},
        {"first": "2026-12-10", "last": "9999-12-31"},
        {"first": "2026-09-02"},
        {"first": "2026-04-29", "last": "2026-04-30"},
        {"first": "2026-12-10", "name": " \u200b "},
        {"first": "2026-12-10", "name": "x" * 101},
        {"first": "ngày mai"},
    ],
)
def test_bad_days_are_refused_and_nothing_is_half_done(client, office, values):
    page = add(client, status=422, **values)
    assert page.select(".error-summary a")
    assert rows(Holiday) == []


def test_a_day_is_entered_once(client, office):
    add(client, first="2026-12-10")
    add(client, status=422, first="2026-12-10", name="Lần hai")
    assert [row.name for row in rows(Holiday)] == ["Ngày của xã"]


def test_days_of_the_whole_country_cannot_be_removed(client, office):
    save(Holiday(commune_id=None, on_day=date(2026, 12, 15), name="Nghỉ cả nước"))
    page = client.get(f"{DAYS}?year=2026")
    assert "Nghỉ cả nước" in page.main
    assert not page.select(f"form[action^='{DAYS}/']")
    client.post(f"{DAYS}/{rows(Holiday)[0].id}/remove", status=404)
    assert date(2026, 12, 15) in service.days_off(the_commune())


def test_a_day_off_of_one_commune_is_none_of_another(app, at):
    at("2026-11-22 08:00")
    here, there = make_commune(), make_commune()
    day = make_holiday(there).on_day
    assert day not in service.days_off(here)
    assert day in service.days_off(there)


@pytest.mark.parametrize("today", ["2026-09-30", "2026-10-01", "2026-12-31", "2027-01-01"])
def test_the_reminder_stands_from_october_to_the_end_of_the_year(app, at, today):
    at(f"{today} 08:00")
    expected = 2027 if "2026-10-01" <= today <= "2026-12-31" else None
    assert calendar.year_to_fill(make_commune(), clock.today()) == expected


# -- numbers ----------------------------------------------------------------------------------------------------------


def set_number(client, name, value, since="2026-11-22", status=303):
    form = client.get(f"{RULES}/{name}").form(f"{RULES}/{name}")
    return form.fill(value=value, valid_from=since).submit(status=status)


def test_a_commune_asks_more_of_itself_from_a_day_on(client, office):
    set_number(client, "result-days", "7", "2026-12-01")
    commune = the_commune()
    assert result_due_on(commune, date(2026, 11, 30)) == date(2026, 12, 10)
    assert result_due_on(commune, date(2026, 12, 1)) == date(2026, 12, 8)
    assert "7 " in client.get(RULES).main
    set_number(client, "result-days", "6", "2026-12-01")
    assert [row.value for row in rows(RuleValue)] == [6]


@pytest.mark.parametrize(
    ("name", "value", "since"),
    [
        ("result-days", "11", "2026-11-22"),
        ("result-days", "0", "2026-11-22"),
        ("result-days", "-7", "2026-11-22"),
        ("result-days", "7,5x", "2026-11-22"),
        ("result-days", "99999999999", "2026-11-22"),
        ("result-days", "7", "2026-11-21"),
        ("result-days", "7", "9999-01-01"),
        ("result-days", "7", "2027-02-31"),
        ("result-days", "", ""),
        ("dialogues-a-year", "0", "2026-11-22"),
        ("voter-share", "11", "2026-11-22"),
        ("first-word-days", "11", "2026-11-22"),
        ("announce-days", "6", "2026-11-22"),
    ],
)
def test_looser_numbers_and_nonsense_are_refused(client, office, name, value, since):
    page = set_number(client, name, value, since, status=422)
    assert page.select(".error-summary")
    assert rows(RuleValue) == []


def test_what_the_law_fixes_has_no_form(client, office):
    assert not client.get(f"{RULES}/notice-days").select("main form")
    client.post(f"{RULES}/notice-days", {"value": "8", "valid_from": "2026-11-22"}, status=422)
    assert rows(RuleValue) == []
    client.get(f"{RULES}/no-such-rule", status=404)


def test_a_stricter_number_from_a_day_on_is_the_same_in_sql(app, at):
    """Two numbers in force one after the other: the list of overdue results follows both."""
    from dialogues.schedule import service as schedule
    from dialogues.schedule.models import Dialogue
    from dialogues.schedule.rules import Phase

    at("2026-11-01 08:00")
    commune = make_commune()
    save(RuleValue(commune_id=commune.id, rule=RuleName.RESULT_DAYS, valid_from=date(2026, 11, 6), value=3))
    for days in range(15):
        make_dialogue(state=DialogueState.HELD, starts_at=wall(days))
    for day in range(1, 31):
        now = at(f"2026-11-{day:02} 20:00")
        overdue = set(
            db.session.scalars(
                sa.select(Dialogue.id).where(schedule.in_state(Phase.RESULT_OVERDUE, now, the_commune()))
            )
        )
        every = db.session.scalars(sa.select(Dialogue)).all()
        assert overdue == {one.id for one in every if schedule.phase_of(one, now) is Phase.RESULT_OVERDUE}


def test_overseers_and_leaders_set_no_days(client, sign_in):
    for role in ("leader", "department", "overseer", "village_head"):
        sign_in(make_staff(role))
        client.get(DAYS, status=403)
        client.get(RULES, status=403)


def test_how_a_day_was_worked_out_is_said_in_words(app):
    start = date(2026, 4, 22)
    commune = make_commune()
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        from flask_babel import force_locale

        with force_locale("en"):
            days_off = service.days_off(commune)
            assert explain(working_deadline(start, 10, days_off)).endswith(
                "that day, Saturdays, Sundays and 27/04, 30/04, 01/05 are not counted."
            )
            assert "day off (" in explain(calendar_deadline(date(2026, 11, 11), 10, days_off))
            assert explain(days_before(start, 7)).startswith("7 days before ")
