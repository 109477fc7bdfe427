"""The public record: every number counted again by hand from the rows."""

import statistics
from collections import defaultdict
from datetime import date, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.followup import record
from dialogues.followup.models import Commitment
from dialogues.followup.record import NO_BODY, Share, counts_as
from dialogues.followup.rules import CommitmentState, Keeping, keeping
from dialogues.followup.service import visible_commitments
from tests.make import (
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_question,
    make_staff,
    make_unit,
    the_commune,
)

C, K = CommitmentState, Keeping
TODAY = date(2026, 11, 20)
PAGE = "/minh-tam/commitments/record"


@pytest.fixture(autouse=True)
def now(at, app):
    at("2026-11-20 09:00")


# -- the rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "first_due_on", "done_on", "expected"),
    [
        (C.OPEN, TODAY, None, K.NOT_DONE),
        (C.OPEN, TODAY - timedelta(1), None, K.NOT_DONE_LATE),
        (C.IN_PROGRESS, TODAY - timedelta(1), None, K.NOT_DONE_LATE),
        (C.REPORTED_DONE, TODAY, TODAY, K.ON_TIME),
        (C.REPORTED_DONE, TODAY - timedelta(1), TODAY, K.LATE),
        (C.CONFIRMED, TODAY - timedelta(9), TODAY - timedelta(9), K.ON_TIME),
        (C.CONFIRMED, TODAY - timedelta(9), TODAY - timedelta(8), K.LATE),
        (C.CONFIRMED, TODAY, None, K.LATE),  # nobody knows when: not counted in its favour
        (C.WITHDRAWN, TODAY + timedelta(9), None, K.WITHDRAWN),
    ],
)
def test_only_the_first_day_counts(state, first_due_on, done_on, expected):
    assert keeping(state, first_due_on, done_on, None, TODAY) is expected


def test_who_confirmed_without_a_report_counts_from_that_day():
    assert keeping(C.CONFIRMED, TODAY, None, TODAY, TODAY) is K.ON_TIME
    assert keeping(C.CONFIRMED, TODAY, None, TODAY + timedelta(1), TODAY) is K.LATE


# -- the numbers ------------------------------------------------------------------------------------------------------


def many(random, number):
    """Promises of all kinds over three years, three bodies and people without one; some hidden, one elsewhere."""
    bodies = [make_unit() for _ in range(3)]
    people = [make_staff(unit=unit) for unit in (*bodies, *bodies, None, None)]
    answers = [make_answer(), make_answer(), make_answer(published_at=None)]
    for _ in range(number):
        promised_on = TODAY - timedelta(random.randrange(900))
        first = promised_on + timedelta(random.randrange(1, 200))
        state = random.choice(list(C))
        is_done = state in (C.REPORTED_DONE, C.CONFIRMED)
        make_commitment(
            random.choice(answers), responsible=random.choice(people), state=state, promised_on=promised_on,
            first_due_on=first, due_on=first + timedelta(random.choice([0, 0, 40])),
            reported_done_on=first + timedelta(random.randrange(-30, 60)) if is_done else None,
        )  # fmt: skip
    elsewhere = make_question(make_dialogue(commune=make_commune()), state="published")
    make_commitment(make_answer(elsewhere))


def by_hand(rows):
    """The same numbers by counting rows, one by one."""
    found = {kind: [] for kind in K}
    for c in rows:
        found[keeping(c.state, c.first_due_on, c.reported_done_on, c.confirmed_on, TODAY)].append(c)
    days = [(c.reported_done_on - c.first_due_on).days for c in found[K.LATE]]
    return {
        **{kind.value: len(found[kind]) for kind in K},
        "confirmed": sum(c.state is C.CONFIRMED for c in rows),
        "days_late": statistics.median(days) if days else None,
    }


def numbers(share):
    return {name: getattr(share, name) for name in (*(kind.value for kind in K), "confirmed", "days_late")}


@pytest.mark.parametrize("seed", range(2))
def test_they_equal_those_counted_by_hand(seed):
    many(Random(seed), 45)
    rows = db.session.scalars(visible_commitments(the_commune().id)).all()
    assert 20 < len(rows) < 45
    commune_id = the_commune().id
    lines = record.record(commune_id, TODAY)
    whole = record.share_of(lines)
    assert numbers(whole) == by_hand(rows)
    assert whole.total == len(rows)
    years, bodies = defaultdict(list), defaultdict(list)
    for c in rows:
        years[c.promised_on.year].append(c)
        bodies[c.promised_on.year, c.responsible.unit.name if c.responsible.unit else ""].append(c)
    assert {year: numbers(share) for year, share in record.by_year(lines)} == {
        year: by_hand(some) for year, some in years.items()
    }
    for year in years:
        of_year = [line for line in lines if line.year == year]
        shares = record.by_body(of_year, record.bodies(commune_id))
        assert {name: numbers(share) for _id, name, share in shares} == {
            name: by_hand(some) for (of, name), some in bodies.items() if of == year
        }
    for kind in K:
        counted = visible_commitments(commune_id).where(counts_as(kind, TODAY)).with_only_columns(Commitment.id)
        assert len(db.session.scalars(counted).all()) == getattr(whole, kind.value)


def test_without_promises_there_is_nothing():
    commune = make_commune()
    assert record.record(commune.id, TODAY) == []
    assert record.share_of([]) == Share()
    assert record.by_year([]) == record.by_body([], [(1, "Phòng")]) == []


def test_the_middle_of_two_lies_between_them():
    answer = make_answer()
    for days in (3, 10):
        day = TODAY - timedelta(30)
        make_commitment(
            answer, due_on=day, promised_on=day, state=C.CONFIRMED, reported_done_on=day + timedelta(days),
            responsible=make_staff(),
        )  # fmt: skip
    ((id_, name, share),) = record.by_body(record.record(the_commune().id, TODAY), [])
    assert (id_, name, share.late, share.days_late) == (NO_BODY, "", 2, 6.5)


def test_a_withdrawn_promise_stays_in_the_total():
    answer = make_answer()
    make_commitment(answer, state=C.WITHDRAWN)
    make_commitment(answer, state=C.CONFIRMED, reported_done_on=TODAY)
    whole = record.share_of(record.record(the_commune().id, TODAY))
    assert (whole.total, whole.on_time, whole.withdrawn) == (2, 1, 1)


def test_columns_of_the_condition_name_every_row_once(queries):
    make_commitment()
    each = [sa.case((counts_as(kind, TODAY), 1), else_=0) for kind in K]
    row = db.session.execute(visible_commitments(the_commune().id).with_only_columns(*each)).one()
    assert sum(row) == 1
