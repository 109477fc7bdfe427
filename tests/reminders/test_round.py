"""The round of a working day: who is reminded of what, by one message each."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup import done, evidence
from dialogues.followup.models import ExtensionRequest
from dialogues.followup.rules import CommitmentState
from dialogues.places.models import Holiday
from dialogues.post import delivery
from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind, MessageState
from dialogues.reminders import nightly
from dialogues.reminders.models import LadderStep, PromiseLink, Reminder
from dialogues.reminders.rules import RemindedAs
from dialogues.staff.rules import Role
from dialogues.staff.standins import superior_of
from tests.make import make_answer, make_commitment, make_commune, make_staff, save, the_commune

R = RemindedAs
MONDAY = "2026-11-23 08:00"


def work_round():
    """What the worker does each minute, as far as reminders go."""
    db.session.commit()
    return delivery.do_rounds(clock.now())


def told():
    """(promise, who, days, as what) of all reminders, in the order in which they were written."""
    rows = db.session.execute(
        sa.select(Reminder.commitment_id, Reminder.staff_id, Reminder.days, Reminder.reminded_as).order_by(Reminder.id)
    )
    return [tuple(row) for row in rows]


def letters():
    return list(db.session.scalars(sa.select(Message).where(Message.kind == Kind.MORNING).order_by(Message.id)))


def due(days, **over):
    return make_commitment(due_on=clock.today() + timedelta(days=days), **over)


@pytest.mark.parametrize(
    ("days", "step"),
    [(15, None), (14, -14), (10, -14), (7, -7), (1, -1), (0, 0), (-1, 0), (-3, 3), (-6, 3), (-7, 7), (-14, 14),
     (-40, 14)],
)  # fmt: skip
def test_the_newest_step_that_is_reached_is_said_to_the_responsible_person(app, at, days, step):
    at(MONDAY)
    promise = due(days)
    work_round()
    own = [row[2] for row in told() if row[3] is R.RESPONSIBLE]
    assert own == ([] if step is None else [step])
    assert {row[1] for row in told()} <= {promise.responsible_id}  # nobody is above, and nobody oversees


def test_late_promises_climb_to_the_superior_and_then_to_the_overseers(app, at):
    at(MONDAY)
    head, overseers = make_staff(Role.LEADER), [make_staff(Role.OVERSEER) for _ in range(2)]
    late, very_late = due(-14), due(-21)
    work_round()
    assert set(told()) == {
        (late.id, late.responsible_id, 14, R.RESPONSIBLE),
        (late.id, head.id, 14, R.SUPERIOR),
        (very_late.id, very_late.responsible_id, 14, R.RESPONSIBLE),
        (very_late.id, head.id, 14, R.SUPERIOR),
        *((very_late.id, one.id, 21, R.OVERSEER) for one in overseers),
    }
    assert len(letters()) == 5


def test_a_second_round_of_the_day_and_the_next_days_say_nothing_twice(app, at):
    at(MONDAY)
    due(7)
    assert work_round() == 1
    assert work_round() == 0
    for day in ("24", "25", "26", "27"):
        at(f"2026-11-{day} 08:00")
        assert work_round() == 0
    at("2026-11-30 08:00")  # the due day: the step of the Sunday before it was passed
    assert work_round() == 1
    assert [row[2] for row in told()] == [-7, 0]


def test_a_clock_that_was_set_back_says_nothing_twice(app, at):
    at("2026-11-24 08:00")
    due(6)
    assert work_round() == 1
    for moment in ("2026-11-23 08:00", "2026-11-20 08:00", "2026-11-24 08:00", "2026-11-25 08:00"):
        at(moment)
        assert work_round() == 0
    assert len(told()) == 1


def test_a_clock_that_was_months_ahead_does_not_silence_the_ladder(app, at):
    at("2026-11-23 08:00")
    first = due(7)
    assert work_round() == 1
    at("2027-03-01 08:00")  # wrong for a moment
    assert work_round() > 0
    early = [one for one in letters() if one.version == clock.today().toordinal()]
    at("2026-11-23 09:00")
    assert work_round() == 0
    second = due(14)
    at("2026-11-24 08:00")
    assert work_round() == 1
    assert work_round() == 0
    assert [row[2] for row in told() if row[0] == second.id] == [-14]
    assert [row[2] for row in told() if row[0] == first.id and row[3] is R.RESPONSIBLE] == [-7, 14]
    assert {one.state for one in early} == {MessageState.WAITING}


def test_nothing_is_said_before_seven_and_nothing_on_a_day_off(app, at):
    at("2026-11-23 06:59")
    due(0)
    assert work_round() == 0
    at("2026-11-23 07:00")
    save(Holiday(commune_id=the_commune().id, on_day=date(2026, 11, 23), name="Ngày của xã"))
    assert work_round() == 0
    assert told() == []
    at("2026-11-24 07:00")
    assert work_round() == 1


def test_on_the_day_is_said_on_the_last_working_day_before_a_day_off(app, at):
    at("2026-11-27 08:00")  # Friday
    saturday, sunday, monday = due(1), due(2), due(3)
    work_round()
    assert {row[0]: row[2] for row in told()} == {saturday.id: 0, sunday.id: 0, monday.id: -7}


def test_after_an_outage_only_the_newest_step_is_said_and_none_is_lost(app, at):
    at(MONDAY)
    promise = due(14)
    work_round()
    at("2026-12-15 08:00")  # eight days late; 7 and 1 before, the day itself, 3 and 7 after went by
    assert work_round() == 1
    assert [row[2] for row in told()] == [-14, 7]
    assert promise.result[:40] in letters()[-1].text


def test_each_person_gets_one_message_a_day_with_the_late_ones_first(app, at):
    at(MONDAY)
    person = make_staff(Role.DEPARTMENT)
    soon, late, today = (due(days, responsible=person) for days in (7, -3, 0))
    assert work_round() == 1
    (message,) = letters()
    assert (message.recipient, message.channel) == (person.email, Channel.MAIL)
    places = [message.text.index(one.result) for one in (late, today, soon)]
    assert places == sorted(places)
    assert "trễ 3 ngày" in message.text
    assert "thứ Sáu, 20/11/2026" in message.text


@pytest.mark.parametrize("state", [s for s in CommitmentState if s.value not in ("open", "in_progress")])
def test_what_is_reported_done_confirmed_or_withdrawn_reminds_nobody(app, at, state):
    at(MONDAY)
    due(-3, state=state)
    assert work_round() == 0


def test_a_new_due_day_starts_the_ladder_anew(app, at):
    at(MONDAY)
    promise = due(0)
    work_round()
    promise.due_on += timedelta(days=7)
    at("2026-11-24 08:00")
    assert work_round() == 1
    assert [row[2] for row in told()] == [0, -7]


def test_a_successor_hears_anew(app, at):
    at(MONDAY)
    promise = due(-3)
    work_round()
    promise.responsible = successor = make_staff(Role.DEPARTMENT)
    at("2026-11-24 08:00")
    assert work_round() == 1
    assert told()[-1][1] == successor.id


def test_a_deputy_hears_instead_of_who_is_away_and_the_person_does_not_hear_it_again(app, at):
    at(MONDAY)
    deputy = make_staff(Role.DEPARTMENT)
    person = make_staff(
        Role.DEPARTMENT, deputy_id=deputy.id, away_from=date(2026, 11, 20), away_until=date(2026, 11, 23)
    )
    promise = due(-3, responsible=person)
    work_round()
    assert told() == [(promise.id, deputy.id, 3, R.RESPONSIBLE)]
    assert f"{person.name}: " in letters()[0].text
    at("2026-11-24 08:00")
    assert work_round() == 0
    at("2026-11-27 08:00")
    work_round()
    assert told()[-1] == (promise.id, person.id, 7, R.RESPONSIBLE)


@pytest.mark.parametrize("fault", ["closed", "away too", "not begun", "over"])
def test_a_deputy_who_cannot_act_is_no_deputy(app, at, fault):
    at(MONDAY)
    deputy = make_staff(Role.DEPARTMENT, is_active=fault != "closed")
    if fault == "away too":
        deputy.away_from = date(2026, 11, 1)
    days = {"not begun": (date(2026, 11, 24), None), "over": (date(2026, 11, 1), date(2026, 11, 22))}
    first, last = days.get(fault, (date(2026, 11, 1), None))
    person = make_staff(Role.DEPARTMENT, deputy_id=deputy.id, away_from=first, away_until=last)
    due(-3, responsible=person)
    work_round()
    assert [row[1] for row in told()] == [person.id]


def test_a_closed_account_is_skipped_for_the_superior(app, at):
    at(MONDAY)
    head = make_staff(Role.LEADER)
    due(-3, responsible=make_staff(Role.DEPARTMENT, is_active=False))
    work_round()
    assert [row[1] for row in told()] == [head.id]


@pytest.mark.parametrize("named", ["named", "closed", "nobody", "head"])
def test_the_rule_of_the_superior_is_the_same_in_python_and_in_sql(app, at, named):
    at(MONDAY)
    commune = the_commune()
    make_staff(Role.LEADER, name="Bùi Văn An")
    head = make_staff(Role.LEADER, name=commune.head_name)
    above = make_staff(Role.LEADER, is_active=named != "closed")
    person = head if named == "head" else make_staff(Role.DEPARTMENT)
    person.superior_id = above.id if named in ("named", "closed") else None
    due(-14, responsible=person)
    expected = {"named": above, "closed": head, "nobody": head, "head": None}[named]
    assert superior_of(person) == expected
    work_round()
    assert [row[1] for row in told() if row[3] is R.SUPERIOR] == ([expected.id] if expected else [])


def test_a_ladder_of_its_own_is_followed(app, at):
    at(MONDAY)
    leader = make_staff(Role.LEADER)
    save(LadderStep(commune_id=the_commune().id, days=-2, reminded_as=R.SUPERIOR))
    promise = due(2)
    work_round()
    assert told() == [(promise.id, leader.id, -2, R.SUPERIOR)]


def test_communes_keep_to_themselves(app, at):
    at(MONDAY)
    here, there = due(-14), make_commune()
    overseer = make_staff(Role.OVERSEER, commune=there)
    head = make_staff(Role.LEADER, commune=there)
    work_round()
    assert {row[1] for row in told()} == {here.responsible_id}
    assert {overseer.id, head.id}.isdisjoint(row[1] for row in told())


def ask(promise, days=20):
    row = ExtensionRequest(
        commune_id=promise.commune_id, commitment_id=promise.id, asked_by_id=promise.responsible_id,
        asked_at=clock.now(), reason="Mưa lũ.", old_due_on=promise.due_on,
        new_due_on=promise.due_on + timedelta(days=days),
    )  # fmt: skip
    return save(row)


def test_the_superior_hears_once_of_a_request_for_a_later_day(app, at):
    at(MONDAY)
    head, promise = make_staff(Role.LEADER), due(20)
    work_round()
    ask(promise)
    assert work_round() == 0  # the round of today is done
    at("2026-11-24 08:00")
    assert work_round() == 1
    (message,) = letters()
    assert message.recipient == head.email
    assert promise.result in message.text
    assert f"/office/commitments/{promise.id}" in message.text
    at("2026-11-25 08:00")
    assert work_round() == 0


def test_with_a_phone_and_a_gateway_it_comes_as_a_short_text(app, at, monkeypatch):
    from dataclasses import replace

    at(MONDAY)
    settings = replace(app.config["SETTINGS"], gateway_url="http://127.0.0.1:9")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    due(-3, responsible=make_staff(Role.DEPARTMENT, remind_phone="0900 000 123"))
    work_round()
    (message,) = letters()
    assert (message.channel, message.recipient) == (Channel.GATEWAY, "0900 000 123")
    assert len(message.text) < 400


def test_the_round_takes_as_many_statements_for_two_promises_as_for_forty(app, at, queries):
    at(MONDAY)
    person, answer = make_staff(Role.DEPARTMENT), make_answer()
    make_staff(Role.LEADER), make_staff(Role.OVERSEER)

    def counted():
        db.session.commit()
        with queries() as seen:
            work_round()
        return seen.count

    for days in (-3, -21):
        due(days, responsible=person, answer=answer)
    few = counted()
    for message in letters():
        message.state = MessageState.SENT
    at("2026-11-24 08:00")
    for days in range(-25, 15):
        due(days, responsible=person, answer=answer)
    assert abs(counted() - few) <= 2


# -- when it goes out -------------------------------------------------------------------------------------------------


def check(message):
    from dialogues.reminders import morning

    db.session.commit()
    return morning.check(message)


def test_the_link_is_made_when_the_message_goes_out(app, at):
    at(MONDAY)
    due(-3)
    work_round()
    (message,) = letters()
    assert "/p/" not in message.text
    assert check(message) is None
    assert "/p/" in message.text
    assert "/p/" in message.html
    sent = message.text
    assert check(message) is None  # the second try sends the same
    assert message.text == sent


def test_who_only_decides_or_oversees_gets_no_key_but_the_way_to_the_list(app, at):
    at(MONDAY)
    overseer = make_staff(Role.OVERSEER)
    due(-21)
    work_round()
    (message,) = [one for one in letters() if one.recipient == overseer.email]
    assert check(message) is None
    assert "/p/" not in message.text + message.html
    for words in (message.text, message.html):
        assert "/office/commitments" in words
    sent = message.text
    assert check(message) is None
    assert message.text == sent
    assert db.session.scalar(sa.select(sa.func.count()).where(PromiseLink.staff_id == overseer.id)) == 0
    due(40, responsible=overseer)
    assert check(message) is None
    assert "/p/" in message.text


def test_what_was_done_meanwhile_falls_out_and_an_empty_message_is_not_sent(app, at):
    at(MONDAY)
    person = make_staff(Role.DEPARTMENT)
    first, second = due(-3, responsible=person), due(-4, responsible=person)
    work_round()
    (message,) = letters()
    done.report_done(
        commitment=first, version=first.version, text="Đã xong.", to_asker="Cảm ơn.", actor=person,
        proofs=[evidence.decision("45/QĐ-UBND")],
    )  # fmt: skip
    assert check(message) is None
    assert first.result not in message.text
    assert second.result in message.text
    second.due_on += timedelta(days=90)
    assert check(message) == "Mọi việc trong thư đã xong, được gia hạn hoặc đã rút."


def test_a_message_that_waits_overnight_counts_its_days_anew(app, at):
    at(MONDAY)
    due(-3)
    work_round()
    (message,) = letters()
    at("2026-11-24 07:30")
    assert check(message) is None
    assert "trễ 4 ngày" in message.text


def test_after_days_without_a_mail_server_one_message_says_all_of_it(app, at):
    at(MONDAY)
    person = make_staff(Role.DEPARTMENT)
    first, second = due(-3, responsible=person), due(8, responsible=person)
    work_round()
    at("2026-11-24 08:00")
    work_round()
    old, new = letters()
    assert (old.state, new.state) == (MessageState.DROPPED, MessageState.WAITING)
    assert first.result in new.text
    assert second.result in new.text
    assert check(new) is None
    assert first.result in new.text


def test_a_closed_account_gets_no_message(app, at):
    at(MONDAY)
    promise = due(-3)
    work_round()
    promise.responsible.is_active = False
    assert check(letters()[0]) == "Tài khoản của người nhận đã khóa."


def test_a_message_does_not_speak_of_what_was_handed_over(app, at):
    at(MONDAY)
    promise = due(-3)
    work_round()
    promise.responsible = make_staff(Role.DEPARTMENT)
    assert check(letters()[0])


def test_a_commune_in_trouble_holds_up_no_other(app, at, monkeypatch):
    at(MONDAY)
    due(-3)
    there = make_commune()
    from dialogues.reminders import reached

    tell = reached.tell

    def breaks(commune, *rest):
        if commune.id != there.id:
            raise ZeroDivisionError
        return tell(commune, *rest)

    monkeypatch.setattr(reached, "tell", breaks)
    assert work_round() == 0
    assert nightly.last_round(there.id) is not None
    assert nightly.waiting(clock.now()) == [the_commune().id]


def test_several_workers_at_once_remind_everybody_once(app, at):
    at(MONDAY)
    for days in (-3, 0, 7):
        due(days)
    db.session.commit()
    db.session.remove()
    ready = threading.Barrier(4)

    def worker():
        with app.app_context():
            ready.wait()
            number = delivery.do_rounds(clock.now())
            db.session.remove()
            return number

    with ThreadPoolExecutor(4) as pool:
        numbers = [job.result() for job in [pool.submit(worker) for _ in range(4)]]
    assert sorted(numbers) == [0, 0, 0, 3]
    assert len(told()) == len(letters()) == 3


def test_a_round_that_dies_leaves_nothing_half_done(app, at, monkeypatch):
    at(MONDAY)
    due(-3)

    def dies(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(nightly.post, "put_many", dies)
        with pytest.raises(KeyboardInterrupt):
            work_round()
    db.session.rollback()
    assert told() == []
    assert work_round() == 1
