"""`python -m tests.bench.commitments`: residents' pages over 20,000 commitments: statements, CPU beside the app's own
constant page, and waiting times of one process with four clients. Exit code 1 when an aim is missed.

Each page is asked for in two ways: as it is kept, and made anew (every request another address, so that nothing of the
whole page is kept; what it is made of may be).
"""

import itertools
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from dialogues import search_index
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import CommitmentKind, CommitmentState
from dialogues.places.models import Unit
from dialogues.questions.models import Question
from dialogues.schedule.models import Dialogue
from tests.bench import ten_years
from tests.bench.measure import Load, Server, ask, environ, hammer, statements
from tests.bench.pages import make_app

COMMITMENTS = int(os.environ.get("BENCH_COMMITMENTS", "20000"))
SECONDS = float(os.environ.get("BENCH_LOAD", "3")) / 2
AIM, LIST_AIM, SQL_AIM = 200.0, 40.0, 12
"""CPU of a page made anew beside the app's own constant page of the same size, and of the list that is not narrowed;
statements. Waiting times are printed without an aim: they say as much about the machine."""
PAGES = (
    ("the list", "commitments"),
    ("the list, page 900", "commitments?page=900"),
    ("overdue ones", "commitments?state=overdue"),
    ("one field and village", "commitments?field=roads&village={village}"),
    ("one body, one year", "commitments?body={unit}&year={year}"),
    ("done late", "commitments?kept=late"),
    ("words", "commitments?q=đường"),
    ("words and filters", "commitments?q=duong lang&state=confirmed&field=roads"),
    ("one promise", "commitments/{one}"),
    ("the record", "commitments/record"),
    ("the record of a year", "commitments/record?year={year}"),
    ("open without promise", "commitments/still-open"),
    ("sheet for the board", "commitments/board"),
    ("news (Atom)", "commitments.atom"),
    ("calendar", "commitments.ics"),
    ("back at the next dialogue", "/d/{code}/last-results"),
)


def build() -> dict[str, object]:
    """So many commitments in bulk over ten years, each in an answer of its own; what stands in the addresses."""
    made = ten_years.TenYears()
    dialogues = itertools.cycle(range(ten_years.DIALOGUES - 1))
    while len(made.rows[Answer]) < COMMITMENTS:
        made.dialogue(next(dialogues))
    for number, row in enumerate(made.rows[Dialogue]):
        row["uid"] = f"dialogue-{number}-bench@localhost"
    made.dialogue(ten_years.DIALOGUES - 1)
    by_id = {model: {row["id"]: row for row in made.rows[model]} for model in (Dialogue, Question)}
    promised = {row["answer_id"] for row in made.rows[Commitment]}
    for place, answer in enumerate(made.rows[Answer]):
        if answer["id"] not in promised and len(made.rows[Commitment]) < COMMITMENTS:
            question = by_id[Question][answer["question_id"]]
            made.promise(by_id[Dialogue][question["dialogue_id"]], answer, 100 + place)
    _varied(made)
    search_index.take_down(db.session.connection())  # filling it once is faster than following each row
    for model, rows in made.rows.items():
        db.session.execute(sa.insert(model.__table__), rows)
    search_index.build(db.session.connection())
    unit = db.session.scalars(sa.select(Unit.id).order_by(Unit.position).limit(1)).one()
    db.session.execute(sa.text("UPDATE staff SET unit_id = coalesce(unit_id, :unit) WHERE id % 2 = 1"), {"unit": unit})
    db.session.commit()
    one = made.rows[Commitment][len(made.rows[Commitment]) // 2]
    return {
        "village": made.villages[0], "unit": unit, "year": made.now.year - 3, "one": one["id"],
        "code": made.rows[Dialogue][-1]["code"],
    }  # fmt: skip


def _varied(made: ten_years.TenYears) -> None:
    """All states, kinds and delays; every tenth was only noted."""
    states = (CommitmentState.CONFIRMED,) * 12 + (CommitmentState.REPORTED_DONE,) * 3 + (CommitmentState.WITHDRAWN,)
    states += (CommitmentState.OPEN, CommitmentState.IN_PROGRESS, CommitmentState.IN_PROGRESS)
    for number, row in enumerate(made.rows[Commitment]):
        row["due_on"] = row["first_due_on"] = row["promised_on"] + timedelta(days=20 + number * 37 % 200)
        row["state"] = states[number % len(states)]
        row["kind"] = list(CommitmentKind)[number % 7 % 3]
        done = row["state"] in (CommitmentState.CONFIRMED, CommitmentState.REPORTED_DONE)
        row["reported_done_on"] = row["due_on"] + timedelta(days=number * 11 % 90 - 60) if done else None
        row["confirmed_on"] = row["reported_done_on"] if row["state"] is CommitmentState.CONFIRMED else None
        row["responsible_id"] = made.staff[number % len(made.staff)]
        if number % 4 == 0:
            row["due_on"] += timedelta(days=45)


@dataclass
class Seen:
    """A page: statements, CPU beside a constant page, waiting times made anew and kept."""

    name: str
    statements: int
    again: int
    size: int
    ratio: float
    anew: Load
    kept: Load


def measure(database: str, app: Flask, values: dict[str, object]) -> list[Seen]:
    found = []
    plain = {"Accept-Encoding": "gzip"}
    with Server(database) as server:
        for name, address in PAGES:
            path, _, query = address.format(**values).partition("?")
            path = path if path.startswith("/") else f"/minh-tam/{path}"
            named = [one.split("=") for one in query.split("&") if one]
            query = "&".join(f"{key}={quote(value)}" for key, value in named)
            url = f"{path}?{query}&" if query else f"{path}?"
            app.extensions["page_cache"].clear()
            with statements(app) as first:
                answer = ask(app, environ(f"{url}n=0"))
            assert answer.status == 200, (url, answer.status)
            with statements(app) as second:
                ask(app, environ(f"{url}n=1"))
            size = len(ask(app, {k: v for k, v in environ(url).items() if k != "HTTP_ACCEPT_ENCODING"}).body)
            numbers = itertools.count(2)
            spent = server.one_by_one(lambda url=url, n=numbers: f"{url}n={next(n)}", plain, SECONDS / 2)
            constant = server.one_by_one(f"/bench/constant/{size}", plain, SECONDS / 3)
            anew = hammer(server.port, lambda thread, n, url=url: (f"{url}n={thread}-{n}", plain), SECONDS)
            kept = server.load(f"{url}n=kept", plain, SECONDS / 2)
            errors = [*spent.errors, *anew.errors, *kept.errors]
            assert not errors, errors[:3]
            ratio = spent.cpu_ms / constant.cpu_ms
            found.append(Seen(name, len(first), len(second), size, ratio, anew, kept))
    return found  # fmt: skip


def run() -> list[str]:
    """Build, measure, print; what is missed, as sentences."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        database = str(Path(folder) / "commitments.db")
        app = make_app(database, folder)
        with app.app_context():
            flask_migrate.upgrade()
            values = build()
            count = db.session.scalar(sa.select(sa.func.count()).select_from(Commitment))
            db.session.remove()
        built = f"built in {time.monotonic() - started:.0f} s"
        print(f"\nPages over {count:,} commitments ({built}), one process, 4 clients")
        print(
            f"{'page':<27}{'SQL':>4}{'again':>6}{'bytes':>9}{'x const':>9}{'p50 ms':>8}{'p99 ms':>8}{'req/s':>7}"
            f"{'kept p99':>10}{'req/s':>7}"
        )
        rows = measure(database, app, values)
        with app.app_context():
            db.engine.dispose()
    missed = []
    for one in rows:
        print(
            f"{one.name:<27}{one.statements:>4}{one.again:>6}{one.size:>9,}{one.ratio:>9.1f}"
            f"{one.anew.percentile(0.5):>8.1f}{one.anew.percentile(0.99):>8.1f}{one.anew.per_second:>7.0f}"
            f"{one.kept.percentile(0.99):>10.1f}{one.kept.per_second:>7.0f}"
        )
        aim = LIST_AIM if one.name == PAGES[0][0] else AIM
        if one.statements > SQL_AIM:
            missed.append(f"{one.name}: {one.statements} statements")
        if one.ratio > aim:
            missed.append(f"{one.name}: {one.ratio:.0f} x")
    print(f"Aim: {SQL_AIM} statements; made anew at most {AIM:g} x the constant page, the list itself {LIST_AIM:g} x")
    print("  ok" if not missed else "  MISSED " + "; ".join(missed))
    return missed


if __name__ == "__main__":
    sys.exit(1 if run() else 0)
