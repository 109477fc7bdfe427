"""Bringing the rows of a file in as questions, all or none, and taking them back while nothing was done with them."""

from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.askers import letters
from dialogues.askers.models import Word
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.imports import staging
from dialogues.imports.judging import Entry
from dialogues.imports.models import ImportRow, QuestionImport
from dialogues.imports.rules import Notice, Stage
from dialogues.places.rules import Field
from dialogues.questions.intake_many import Paper, receive_many
from dialogues.questions.models import Asker, ConsentChange, Question
from dialogues.questions.rules import Consent, ConsentHow, IntakeChannel, QuestionState
from dialogues.staff.models import Staff, TrailEntry
from dialogues.text import fold

MOST_NAMED = 8
AT_ONCE = 100
"""So many rows go in with one handful of statements."""
_LOCK = 4_000_001
"""The number that locks of this kind have in PostgreSQL, apart from others that a program may take."""


def lock(commune_id: int) -> None:
    """One import of a commune at a time: the second waits for the first, and then finds its questions. SQLite has one
    writer anyway; on PostgreSQL the lock is no row's, so that residents go on asking meanwhile."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, commune_id)))


def bring_in(*, one: QuestionImport, actor: Staff) -> Generator[tuple[int, int], None, int]:
    """Bring in the rows that are wanted and not refused, in one transaction; tells (done, all of them) as it goes.
    Returns how many rows came in meanwhile by another way: then nothing is brought in, they are marked, and a person
    looks again. Raises RuleBroken."""
    lock(one.commune_id)
    db.session.refresh(one)
    _check(one)
    rows, meanwhile = staging.wanted_rows(one)
    if meanwhile:
        return meanwhile
    if not rows:
        raise RuleBroken(_l("There is no row to bring in. Correct refused rows, or choose rows that were left out."))
    entries = [Entry.of(row.entry) for row in rows]
    for first in range(0, len(rows), AT_ONCE):
        yield first, len(rows)
        part = slice(first, first + AT_ONCE)
        _bring_part(one, actor, rows[part], entries[part])
    yield len(rows), len(rows)
    one.counts = report(entries, staging.counts(one))
    one.stage, one.ended_at, one.ended_by_id = Stage.IMPORTED, clock.now(), actor.id
    staging.record(one, actor, "file_imported", f"{one.file_name}: {len(rows)}")
    return 0


def _bring_part(one: QuestionImport, actor: Staff, rows: Sequence[ImportRow], entries: Sequence[Entry]) -> None:
    papers = [_paper(one, row, entry) for row, entry in zip(rows, entries, strict=True)]
    question_ids = receive_many(dialogue=one.dialogue, papers=papers, actor=actor, how=ConsentHow.PAPER)
    table: Any = ImportRow.__table__
    db.session.connection().execute(
        sa.update(table).where(table.c.id == sa.bindparam("row")).values(question_id=sa.bindparam("question")),
        [{"row": row.id, "question": id_} for row, id_ in zip(rows, question_ids, strict=True)],
    )


def _check(one: QuestionImport) -> None:
    if one.stage is Stage.IMPORTED:
        who = one.ended_by.name if one.ended_by else ""
        raise RuleBroken(_l("%(name)s has just brought this file in. Nothing was brought in twice.", name=who))
    if one.stage is Stage.GIVEN_UP:
        raise RuleBroken(_l("This file was given up. Choose it again if it is still needed."))


def _paper(one: QuestionImport, row: ImportRow, entry: Entry) -> Paper:
    wanted = {
        Consent.CONTACT: entry.contact and bool(entry.phone), Consent.MESSAGE: entry.message,
        Consent.PUBLISH_NAME: entry.publish_name,
    }  # fmt: skip
    return Paper(
        key=f"import:{one.id}:{row.id}",
        text=entry.text,
        field=Field(entry.field) if entry.field else Field.OTHER,
        channel=IntakeChannel(entry.channel),
        village_id=entry.village_id,
        name=entry.name,
        phone=entry.phone,
        email=entry.email,
        consents=[consent for consent, is_given in wanted.items() if is_given],
        received_at=_instant(entry, one.commune.time_zone),
        source=_source(one, row, entry),
    )


def _instant(entry: Entry, zone: str) -> datetime | None:
    """Noon of the day on which it came in; None: now, as the file names no day that has been."""
    day = staging.day_of(entry)
    now = clock.now()
    if day is None or day > clock.local(now, zone).date():
        return None
    return min(now, clock.instant(datetime.combine(day, time(12)), zone))


def _source(one: QuestionImport, row: ImportRow, entry: Entry) -> str:
    """Where it came from, for its history. Never the asker's data."""
    parts = [one.file_name, row.sheet_name, str(_l("row %(number)s", number=row.number))]
    if not entry.field:
        parts.append(str(_l("the file names no field")))
    if not entry.day:
        parts.append(str(_l("the file names no day that can be read")))
    return ", ".join(part for part in parts if part)


def people(entries: Sequence[Entry]) -> int:
    """How many named persons and groups: the same name in two villages is two, without village it is the same one."""
    homes: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.name:
            homes["".join(fold(entry.name).split())] |= {entry.village_id} if entry.village_id else set()
    return sum(max(1, len(found)) for found in homes.values())


def report(entries: Sequence[Entry], counts: staging.Counts) -> dict[str, Any]:
    """What an import brings, in numbers."""
    said = Counter(one for entry in entries for one in entry.notices)
    return {
        "rows": counts.total,
        "imported": len(entries),
        "left_out": counts.left_out,
        "refused": {reason.value: number for reason, number in counts.reasons.items()},
        "people": people(entries),
        "anonymous": sum(not entry.name for entry in entries),
        "no_village": sum(not entry.village_id for entry in entries),
        "no_field": sum(not entry.field for entry in entries),
        "no_day": sum(not entry.day for entry in entries),
        "outside_window": said[Notice.OUTSIDE_WINDOW.value],
        "fields": dict(Counter(entry.field or "" for entry in entries)),
        "channels": dict(Counter(entry.channel for entry in entries)),
        "villages": {str(k or ""): n for k, n in Counter(entry.village_id for entry in entries).items()},
    }


# -- taking back ------------------------------------------------------------------------------------------------------


def touched(one: QuestionImport) -> list[int]:
    """The questions of this import with which something was done since: decided, assigned, answered, linked, told."""
    mine = sa.select(ImportRow.question_id).where(ImportRow.import_id == one.id, ImportRow.question_id.is_not(None))
    found = set(
        db.session.scalars(
            sa.select(Question.id).where(
                Question.id.in_(mine), sa.or_(Question.state != QuestionState.WAITING, Question.version != 1)
            )
        )
    )
    found |= set(
        db.session.scalars(
            sa.select(TrailEntry.thing_id).where(
                TrailEntry.thing == "question", TrailEntry.thing_id.in_(mine), TrailEntry.action != "imported"
            )
        )
    )
    askers = sa.select(Asker.id).where(Asker.question_id.in_(mine))
    if told := letters.told_of(askers):
        found |= set(db.session.scalars(sa.select(Asker.question_id).where(Asker.id.in_(told))))
    for column, parent in _hanging():
        ids = mine if parent == "question" else askers
        hit = sa.select(column).where(column.in_(ids))
        hits = set(db.session.scalars(hit))
        if parent == "asker":
            hits = set(db.session.scalars(sa.select(Asker.question_id).where(Asker.id.in_(hits)))) if hits else set()
        found |= hits
    return sorted(found)


def _hanging() -> list[tuple[sa.Column[Any], str]]:
    """Columns of other features that point at questions and askers. Rows that the database deletes along with them
    are only derived from them."""
    own = {one.__tablename__ for one in (Asker, ImportRow, ConsentChange, Word)}
    return [
        (key.parent, key.column.table.name)
        for table in db.metadata.sorted_tables
        if table.name not in own
        for key in table.foreign_keys
        if key.column.table.name in ("question", "asker") and (key.ondelete or "").upper() != "CASCADE"
    ]


def undo(*, one: QuestionImport, actor: Staff) -> int:
    """Take all questions of this import back, as if it had not been; its rows can be corrected and brought in again.
    Refused, with their numbers, as soon as something was done with one of them. Gives how many."""
    lock(one.commune_id)
    db.session.refresh(one)
    if one.stage is not Stage.IMPORTED or one.erased_at:
        raise RuleBroken(_l("This import cannot be taken back any more."))
    if done := touched(one):
        named = ", ".join(f"#{id_}" for id_ in done[:MOST_NAMED]) + (" …" if len(done) > MOST_NAMED else "")
        raise RuleBroken(
            _l("Something was done with %(number)s of these questions already: %(named)s. So the import stays; decline "
               "or take back single questions instead.", number=len(done), named=named)
        )  # fmt: skip
    rows = staging.rows_of(one, ImportRow.question_id.is_not(None))
    ids = [row.question_id for row in rows]
    db.session.execute(sa.update(ImportRow).where(ImportRow.import_id == one.id).values(question_id=None))
    askers = list(db.session.scalars(sa.select(Asker.id).where(Asker.question_id.in_(ids))))
    letters.forget(askers)
    for statement in (
        sa.delete(ConsentChange).where(ConsentChange.asker_id.in_(askers)),
        sa.delete(Asker).where(Asker.question_id.in_(ids)),
        # The numbers are given out again: another question must not inherit these lines.
        sa.delete(TrailEntry).where(TrailEntry.thing == "question", TrailEntry.thing_id.in_(ids)),
        sa.delete(Question).where(Question.id.in_(ids)),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.expire_all()
    one.stage, one.counts, one.ended_at, one.ended_by_id = Stage.CHECKED, {}, None, None
    staging.record(one, actor, "import_undone", f"{one.file_name}: {len(ids)}")
    return len(ids)
