"""Building the demo commune: on every day, the same for the same day, never twice, never where others reach it."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from dialogues import clock, codes
from dialogues.demo.build import build
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup import due
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import MOVES as COMMITMENT_MOVES
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
from dialogues.places.models import Commune
from dialogues.questions.models import Question
from dialogues.questions.rules import UNREAD, IntakeChannel, QuestionState
from dialogues.schedule.deadlines import announce_by
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import (
    DialogueState,
    takes_questions,
)
from dialogues.staff.actions import ACTIONS
from dialogues.staff.models import Staff, TrailEntry
from dialogues.staff.rules import Role

NOON = "2026-11-25 12:00"  # a Wednesday
DAYS = [
    "2026-11-23 08:00",
    "2026-11-26 08:00",
    "2026-11-27 23:50",
    "2026-11-28 08:00",
    "2026-11-29 00:05",
    "2027-03-01 08:00",
]
SAID_BY_ASKERS = (EntryKind.CONFIRMED, EntryKind.OBJECTED, EntryKind.REOPENED)
UNGUESSABLE = {"session_key", "password_hash", "file"}
WITH_NUMBERS = {"thing", "entry", "counts", "same"}  # "dialogue:12"


def all_rows(model):
    return list(db.session.scalars(sa.select(model).order_by(*sa.inspect(model).primary_key)))


def contents():
    """Everything in the database but numbers that the database gives and words that must not be guessable."""
    return {
        table.name: [
            tuple(
                "#" if isinstance(value, str) and re.fullmatch(r"[#№\d, ]+", value) else value  # a note of row numbers
                for column, value in zip(table.columns, row, strict=True)
                if (column.name not in UNGUESSABLE | WITH_NUMBERS and not column.name.endswith("id"))
                or column.name == "uid"
            )
            for row in db.session.execute(sa.select(table).order_by(*table.primary_key.columns))
        ]
        for table in db.metadata.sorted_tables
    }


@pytest.mark.parametrize("moment", DAYS)
def test_on_every_day_of_the_week_it_is_consistent(app, at, moment):
    at(moment)
    build()
    now, today = clock.now(), clock.today()
    for d in all_rows(Dialogue):
        on = clock.local(d.starts_at).date()
        assert on.weekday() < 5, d.title
        assert d.created_at < now
        assert (d.state is DialogueState.DRAFT) == (d.announced_at is None)
        if d.announced_at:
            assert d.created_at < d.announced_at < now
            late = clock.local(d.announced_at).date() > announce_by(d.commune, on).on
            assert late == bool(d.announcement_reasons), d.title
        if d.state is DialogueState.ANNOUNCED:
            assert takes_questions(d.state, d.starts_at, d.question_deadline_at, now + timedelta(days=1))
        if d.held_at:
            assert d.ends_at <= d.held_at < (d.concluded_at or now) < (d.published_at or now) + timedelta(seconds=1)
        if d.published_at:
            assert clock.local(d.published_at).date() <= on + timedelta(days=10)
    for q in all_rows(Question):
        assert q.received_at < (q.decided_at or now) <= (q.assigned_at or now) <= now
        assert (q.decided_at is None) == (q.state in (*UNREAD, QuestionState.MERGED))
        assert bool(q.published_at) == bool(q.public_text) == (q.state is QuestionState.PUBLISHED)
        assert q.folded
        assert sum(not asker.is_supporter for asker in q.askers) == (0 if q.split_from_id else 1)
        if q.channel is IntakeChannel.DIALOGUE:
            assert q.dialogue.starts_at < q.received_at < q.dialogue.ends_at
        else:
            assert clock.local(q.received_at).date() < today
        if q.channel is IntakeChannel.PORTAL:
            assert q.entered_by is None
            assert q.dialogue.announced_at < q.received_at < (q.dialogue.question_deadline_at or q.dialogue.starts_at)
    for a in all_rows(Answer):
        asked = clock.local(a.question.received_at).date()
        assert asked <= a.answered_on < today
        assert a.changed_at < now
        assert a.published_at is None or a.question.decided_at < a.published_at < now
        assert a.published_at is None or a.question.state is QuestionState.PUBLISHED
        assert (a.outcome is Outcome.IN_WRITING) == (a.due_on is not None)
        assert (a.outcome is Outcome.ESCALATED) == bool(a.escalated_to)
        assert (a.final_on is not None) == bool(a.final_text)
        assert a.final_on is None or a.answered_on <= a.final_on < today
    for c in all_rows(Commitment):
        check_promise(c, now)
    for line in all_rows(TrailEntry):
        assert line.at < now
        assert line.action in ACTIONS


def check_promise(c, now):
    assert c.promised_on < c.first_due_on <= c.due_on
    assert c.answer.published_at
    assert c.result
    moments = [c.created_at, *(entry.at for entry in c.entries), now]
    assert moments == sorted(moments), c.result
    state = CommitmentState.OPEN
    for entry in c.entries:
        assert entry.author_id or entry.kind in SAID_BY_ASKERS
        assert entry.text or entry.author_id is None
        before = state
        if entry.kind is EntryKind.PROGRESS and state is CommitmentState.OPEN:
            state = CommitmentState.IN_PROGRESS
        elif entry.kind is EntryKind.WITHDRAWN:
            state = CommitmentState.WITHDRAWN
            assert entry.author_id != c.responsible_id
        elif entry.kind is EntryKind.REPORTED_DONE:
            state = CommitmentState.REPORTED_DONE
        elif entry.kind is EntryKind.CONFIRMED:
            state = CommitmentState.CONFIRMED
            assert entry.author_id != c.responsible_id
        elif entry.kind is EntryKind.REOPENED:
            state = CommitmentState.IN_PROGRESS
        elif entry.kind is EntryKind.EXTENSION:
            assert entry.old_due_on == c.first_due_on
            assert entry.new_due_on == c.due_on
        assert state is before or state in COMMITMENT_MOVES[before]
    assert state is c.state, (c.result, [e.kind for e in c.entries])
    assert (c.reported_done_on is not None) == (c.state in (CommitmentState.REPORTED_DONE, CommitmentState.CONFIRMED))
    assert (c.withdrawn_on is not None) == (c.state is CommitmentState.WITHDRAWN)
    done = [step for step in c.steps if step.done_on]
    assert len(done) == sum(entry.kind is EntryKind.STEP_DONE for entry in c.entries)
    assert all(c.promised_on < step.due_on <= c.due_on for step in c.steps)
    assert c.due_days is None or due.counted_of(c, c.dialogue.commune).on == c.due_on
    assert (c.confirmed_on is not None) == (c.state is CommitmentState.CONFIRMED)
    assert c.sequence >= len(
        {e.kind for e in c.entries}
        - {EntryKind.PROGRESS, EntryKind.STEP_DONE, EntryKind.EXTENSION_ASKED, EntryKind.OBJECTED}
    )


def test_the_same_day_and_seed_give_the_same_rows(app, at, test_database):
    at(NOON)
    build()
    db.session.commit()
    first = contents()
    db.session.remove()
    test_database.empty()
    at("2026-11-25 23:00")
    build()
    db.session.commit()
    assert contents() == first
    assert len(codes_of(first)) == len(first["asker"])


def codes_of(found):
    return [
        value for row in found["asker"] for value in row if isinstance(value, str) and codes.is_tracking_code(value)
    ]


def test_another_seed_gives_other_codes(app, at, test_database):
    at(NOON)
    build(seed=1)
    db.session.commit()
    first = set(codes_of(contents()))
    db.session.remove()
    test_database.empty()
    build(seed=2)
    assert not first & set(codes_of(contents()))


def test_it_moves_with_today(app, at):
    at("2027-08-18 09:00")
    build()
    coming = db.session.scalar(sa.select(Dialogue).where(Dialogue.state == DialogueState.ANNOUNCED))
    assert date(2027, 8, 19) < clock.local(coming.starts_at).date() < date(2027, 9, 1)
    newest = db.session.scalar(sa.select(sa.func.max(Question.received_at)))
    assert date(2027, 8, 10) < clock.local(newest).date() < date(2027, 8, 18)


def test_the_six_accounts_can_sign_in_with_the_printed_password(app, at, sign_in, new_client):
    at(NOON)
    build()
    password = app.config["SETTINGS"].demo_password
    for name in ("office", "leader", "department", "village", "overseer", "admin"):
        sign_in(f"{name}@minh-tam.example", password=password, browser=new_client())
    assert all(person.is_demo for person in all_rows(Staff))
    roles = {person.email.split("@")[0]: person.roles for person in all_rows(Staff)}
    assert Role.OFFICE in roles["office"]
    assert Role.LEADER in roles["leader"]
    assert Role.DEPARTMENT in roles["department"]
    assert Role.VILLAGE_HEAD in roles["village"]
    assert Role.OVERSEER in roles["overseer"]
    assert Role.ADMIN in roles["admin"]


def test_a_second_build_is_refused_with_a_sentence(app, at):
    at(NOON)
    build()
    with pytest.raises(RuleBroken, match="minh-tam"):
        build()


def test_it_is_refused_where_others_could_reach_it(app, monkeypatch):
    settings = app.config["SETTINGS"]
    monkeypatch.setattr(type(settings), "on_loopback", property(lambda self: False))
    with pytest.raises(RuleBroken):
        build()
    assert db.session.scalar(sa.select(sa.func.count(Commune.id))) == 0


def test_it_makes_kept_pages_stale(app, at):
    at(NOON)
    build()
    db.session.commit()
    assert db.session.scalar(sa.select(Commune.public_version)) > 1


def test_the_command_prints_what_it_made(app, at):
    at(NOON)
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0, result.output
    assert "300 câu hỏi" in result.output
    again = app.test_cli_runner().invoke(args=["demo"])
    assert again.exit_code == 1
    assert "Traceback" not in again.output
