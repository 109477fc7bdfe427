"""The fourteen promises of the logged session, four months long, day by day: every reminder goes out once, on its day,
to the right person, in one message a person and day.

What should be said is counted here a second time, in the plainest way: for every day and promise.
"""

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.followup import commitments, evidence
from dialogues.followup import done as finished
from dialogues.followup.rules import UNFINISHED, CommitmentState
from dialogues.places.days import NATIONWIDE, is_day_off
from dialogues.post import delivery
from dialogues.post.models import Message
from dialogues.post.rules import Kind, MessageState
from dialogues.reminders import morning
from dialogues.reminders.models import Reminder
from dialogues.staff.rules import Role
from dialogues.verdicts import saying
from dialogues.verdicts.rules import Judgement, VerdictWay
from dialogues.verdicts.saying import Voice
from tests.make import make_answer, make_commitment, make_question, make_staff, the_commune

DEMO = Path(__file__).parents[2] / "dialogues" / "demo"
FIRST, LAST = date(2026, 1, 16), date(2026, 5, 15)
HEAD, DEPUTY_HEAD, LAND, ECONOMY = "ha.ttt", "hung.dm", "le.dt", "toan.nb"
AWAY = (date(2026, 2, 9), date(2026, 2, 13))
OWN_STEPS, ABOVE, OVERSEEN = (-14, -7, -1, 0, 3, 7, 14), 14, 21


def staff():
    """Everybody of the commune by the part before @; the head of the economy department is away for a week."""
    found = {}
    with (DEMO / "staff.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            roles = [Role(one) for one in (row["role"], row["other_roles"]) if one]
            if Role.VILLAGE_HEAD not in roles:
                key = row["email"].split("@")[0]
                found[key] = make_staff(roles=roles, name=row["name"], post=row["post"], email=row["email"])
    the_commune().head_name = found[HEAD].name
    found[ECONOMY].superior_id = found[DEPUTY_HEAD].id
    found[ECONOMY].deputy_id, (found[ECONOMY].away_from, found[ECONOMY].away_until) = found[LAND].id, AWAY
    return found


def promises(people):
    """The fourteen promises by the number of their matter."""
    log = json.loads((DEMO / "nhat-ky-doi-thoai.json").read_text(encoding="utf-8"))
    answer, found = make_answer(make_question(state="published")), {}
    for matter in log["matters"]:
        if made := matter["commitment"]:
            found[matter["no"]] = make_commitment(
                answer,
                responsible=people[made["responsible"]["email"].split("@")[0]],
                result=made["result_to_check"],
                due_on=date.fromisoformat(made["due_on"]),
            )
    return found


def events(people, of):
    """What happens on the way, by day: progress, done, an extension, a reopening, a successor, a withdrawal."""

    def done(number):
        one = of[number]
        proof = evidence.decision(f"{len(one.evidence) + 1}/QĐ-UBND")
        finished.report_done(
            commitment=one, version=one.version, text="Đã xong.", to_asker="Cảm ơn bà con.", proofs=[proof],
            actor=one.responsible,
        )  # fmt: skip

    def progress(number):
        commitments.add_progress(commitment=of[number], text="Đang làm.", actor=of[number].responsible)

    def later(number, day):
        of[number].due_on = date.fromisoformat(day)

    def reopen(number):
        one = of[number]
        overseer = Voice(VerdictWay.OVERSEER, staff=people["loc.pv"])
        saying.say(commitment=one, judgement=Judgement.NOT_DONE, text="Chưa sáng.", voice=overseer)

    def hand_over(number, to):
        of[number].responsible = people[to]

    def withdraw(number):
        of[number].state = CommitmentState.WITHDRAWN

    return {
        "2026-01-19": [lambda: progress(4), lambda: done(6)],
        "2026-01-22": [lambda: done(4)],
        "2026-01-24": [lambda: later(14, "2026-02-24")],
        "2026-02-02": [lambda: hand_over(20, "anh.htn"), lambda: done(5)],
        "2026-02-10": [lambda: reopen(5)],
        "2026-02-25": [lambda: done(14), lambda: withdraw(24)],
        "2026-03-02": [lambda: done(12), lambda: done(15)],
        "2026-04-10": [lambda: done(13)],
        "2026-04-20": [lambda: later(1, "2026-06-01")],
    }


# -- counted a second time --------------------------------------------------------------------------------------------


def day_of(due_on, step):
    day, way = due_on + timedelta(step), -1 if step == 0 else 1
    while is_day_off(day, NATIONWIDE):
        day += timedelta(way)
    return day


def superior(key):
    return {HEAD: None, ECONOMY: DEPUTY_HEAD}.get(key, HEAD)


def who_acts(key, today):
    return LAND if key == ECONOMY and AWAY[0] <= today <= AWAY[1] else key


class Counted:
    """What was to be said so far."""

    def __init__(self, people):
        self.overseers = [key for key, one in people.items() if Role.OVERSEER in one.roles]
        self.names = {one.id: key for key, one in people.items()}
        self.said = {}

    def day(self, today, of):
        """{(matter, person, step, as)} of one day."""
        found = set()
        if is_day_off(today, NATIONWIDE):
            return found
        for number, one in of.items():
            if one.state not in UNFINISHED:
                continue
            key = self.names[one.responsible_id]
            places = [("responsible", OWN_STEPS, key), ("superior", (ABOVE,), superior(key))]
            places += [("overseer", (OVERSEEN,), overseer) for overseer in self.overseers]
            for as_what, steps, person in places:
                reached = [step for step in steps if day_of(one.due_on, step) <= today]
                before = self.said.get((number, as_what, person, one.due_on), -1000)
                if person and reached and max(reached) > before:
                    self.said[number, as_what, person, one.due_on] = max(reached)
                    found.add((number, who_acts(person, today), max(reached), as_what))
        return found


@pytest.fixture
def four_months(app, at):
    at("2026-01-15 12:00")
    people = staff()
    of = promises(people)
    db.session.commit()
    happens, counted, seen = events(people, of), Counted(people), SimpleNamespace(days={}, people=people, of=of)
    numbers = {one.id: number for number, one in of.items()}
    today = FIRST
    while today <= LAST:
        at(f"{today} 07:0{today.day % 10}")
        expected = counted.day(today, of)
        db.session.commit()
        delivery.do_rounds(clock.now())
        rows = db.session.execute(
            sa.select(Reminder.commitment_id, Reminder.staff_id, Reminder.days, Reminder.reminded_as).where(
                Reminder.told_on == today
            )
        ).all()
        told = [(numbers[id_], counted.names[who], days, as_what.value) for id_, who, days, as_what in rows]
        seen.days[today] = SimpleNamespace(expected=expected, told=told, letters=sent(today))
        for act in happens.get(str(today), ()):
            act()
        db.session.commit()
        today += timedelta(1)
    return seen


def sent(today):
    """The messages of the day as they go out: who gets one, and what it says."""
    found = {}
    waiting = sa.select(Message).where(Message.kind == Kind.MORNING, Message.state == MessageState.WAITING)
    for message in db.session.scalars(waiting):
        assert morning.check(message) is None
        message.state, message.ended_at = MessageState.SENT, clock.now()
        assert message.version == today.toordinal()
        assert found.setdefault(message.recipient, message.text) == message.text
    return found


def test_every_reminder_goes_out_once_on_its_day_to_the_right_person(four_months):
    wrong, total = [], 0
    for day, seen in four_months.days.items():
        assert len(seen.told) == len(set(seen.told))
        total += len(seen.told)
        if set(seen.told) != seen.expected:
            wrong.append(f"{day}: {sorted(set(seen.told) ^ seen.expected)}")
        addressed = {four_months.people[who].email for _number, who, _days, _as in seen.told}
        assert set(seen.letters) == addressed, day
        for number, who, _days, _as in seen.told:
            words = " ".join(four_months.of[number].result.split())[:100]
            assert words in seen.letters[four_months.people[who].email], (day, number)
    assert wrong == []
    assert total > 90
    assert len(four_months.of) == 14
    look_at_some(four_months)


def look_at_some(four_months):
    """What was settled is quiet, and what nobody did climbs."""
    told = [(day, *one) for day, seen in four_months.days.items() for one in seen.told]

    def of(number, as_what="responsible"):
        return [(day, who, days) for day, n, who, days, what in told if n == number and what == as_what]

    assert of(4)[-1][0] <= date(2026, 1, 22)
    assert {who for _day, who, _days in of(20)} == {"son.cv", "anh.htn"}  # the successor hears anew
    assert "le.dt" in {who for _day, who, _days in of(12)}  # while the head of the department is away
    assert [who for _day, who, _days in of(28, "superior")] == [HEAD]
    overseers = {key for key, one in four_months.people.items() if Role.OVERSEER in one.roles}
    assert {who for _day, who, _days in of(28, "overseer")} == overseers
    assert [days for _day, _who, days in of(14)].count(0) == 2  # for both of its due days
    assert of(24)[-1][0] <= date(2026, 2, 25)
    assert not any(is_day_off(day, NATIONWIDE) for day, *_rest in told)
