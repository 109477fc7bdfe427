"""`python -m tests.bench.nightly`: the round of a morning over 25,000, 50,000 and 100,000 promises, time and memory.

Each size has a process of its own for building and one for the rounds, so that the memory measured is that of the
rounds. A commune has 250 promises and 25 people. Four rounds: the first ever, the one of the next working day, one more
while no mail went out, so that its messages take up those of the day before, and the look that finds nothing to do.
BENCH_NIGHTLY="5000,10000" names other sizes, BENCH_DATABASE_URL another empty database than a new SQLite file (for one
size only).
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import flask_migrate
import sqlalchemy as sa

from dialogues import clock, create_app
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import CommitmentState, Outcome
from dialogues.places.days import NATIONWIDE, next_working_day
from dialogues.places.models import Commune, Province
from dialogues.places.rules import CommuneKind, Field
from dialogues.post.delivery import do_rounds
from dialogues.post.models import Message
from dialogues.post.rules import MessageState
from dialogues.questions.models import Question
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.reminders import nightly
from dialogues.reminders.models import Reminder
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueKind, DialogueState, HoldingForm, Trigger
from dialogues.staff.models import Staff, StaffRole
from dialogues.staff.rules import Role

SIZES = (25_000, 50_000, 100_000)
QUICK = (5_000, 10_000)
PROMISES, PEOPLE = 250, 25
SLACK = 1.35
"""Twice the promises may take so much more than twice the time: a shared machine is no laboratory."""
ROLES = [Role.LEADER, Role.OVERSEER, Role.OFFICE] + [Role.DEPARTMENT] * (PEOPLE - 3)


def first_day() -> date:
    """The working day on which the first round is done."""
    return next_working_day(clock.today(), NATIONWIDE)


def morning(day: date) -> datetime:
    """Eight o'clock of it."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def build(size: int) -> None:
    """`size` promises: due from 60 days ago to 120 days ahead, every third one done."""
    province = Province(name="tỉnh Sơn Khê")
    db.session.add(province)
    db.session.flush()
    numbers = range(1, size // PROMISES + 1)
    now, today = clock.now(), first_day()
    at = {"created_at": now, "changed_at": now}
    many(Commune, ({"id": n, "province_id": province.id, "kind": CommuneKind.XA, "name": f"Xã {n}", "slug": f"xa-{n}"}
                   for n in numbers))  # fmt: skip
    people = [(commune, place, (commune - 1) * PEOPLE + place + 1) for commune in numbers for place in range(PEOPLE)]
    many(Staff, (
        {"id": id_, "commune_id": commune, "name": f"Cán bộ {id_}", "email": f"can-bo-{id_}@xa.example",
         "session_key": f"{id_:040}", "superior_id": id_ - place if place > 2 else None}
        for commune, place, id_ in people
    ))  # fmt: skip
    many(StaffRole, ({"staff_id": id_, "role": ROLES[place]} for _commune, place, id_ in people))
    many(Dialogue, (
        {"id": n, "commune_id": n, "code": f"D{n:05}", "uid": f"d-{n}", "kind": DialogueKind.REGULAR,
         "trigger": Trigger.REGULAR, "form": HoldingForm.IN_PERSON, "title": "Đối thoại", "starts_at": now,
         "ends_at": now, "state": DialogueState.PUBLISHED, "announced_at": now, **at}
        for n in numbers
    ))  # fmt: skip
    many(Question, (
        {"id": n, "commune_id": n, "dialogue_id": n, "field": Field.ROADS, "channel": IntakeChannel.PORTAL,
         "text": "Bao giờ sửa đường?", "public_text": "Bao giờ sửa đường?", "state": QuestionState.PUBLISHED,
         "received_at": now, "published_at": now}
        for n in numbers
    ))  # fmt: skip
    many(Answer, (
        {"id": n, "commune_id": n, "question_id": n, "outcome": Outcome.ANSWERED_ON_SPOT, "answered_on": today,
         "published_at": now, "changed_at": now}
        for n in numbers
    ))  # fmt: skip
    many(Commitment, (promise(commune, number, today, at) for commune in numbers for number in range(PROMISES)))
    db.session.commit()


def promise(commune: int, number: int, today: date, at: dict[str, datetime]) -> dict[str, Any]:
    """One promise of one commune."""
    due_on = today + timedelta(days=-60 + number * 180 // PROMISES)
    responsible = (commune - 1) * PEOPLE + 4 + number % (PEOPLE - 3)
    states = (CommitmentState.OPEN, CommitmentState.IN_PROGRESS, CommitmentState.CONFIRMED)
    return {
        "commune_id": commune, "dialogue_id": commune, "answer_id": commune, "responsible_id": responsible,
        "result": f"Đoạn đường số {number} hết ổ gà, có biên bản nghiệm thu của thôn.", "folded": "",
        "promised_on": due_on - timedelta(days=60), "first_due_on": due_on, "due_on": due_on,
        "state": states[number % 3], "uid": f"c-{commune}-{number}", **at,
    }  # fmt: skip


def many(model: Any, rows: Any) -> None:
    """Insert them some thousand at once."""
    source = iter(rows)
    while batch := list(islice(source, 2000)):
        db.session.execute(sa.insert(model), batch)


def rounds() -> dict[str, Any]:
    """The rounds with their seconds, and the memory of the process: before them, and at its highest."""
    nightly.waiting(morning(first_day()))  # what is loaded once a process
    found: dict[str, Any] = {"before_mb": peak_mb()}
    second = next_working_day(first_day() + timedelta(days=1), NATIONWIDE)
    third = next_working_day(second + timedelta(days=1), NATIONWIDE)
    for name, day in (("first", first_day()), ("next", second), ("outage", third), ("idle", third)):
        if name == "next":
            db.session.execute(sa.update(Message).values(state=MessageState.SENT))
            db.session.commit()
        now = morning(day)
        begun = time.perf_counter()
        letters = do_rounds(now)
        found[name] = {"seconds": time.perf_counter() - begun, "letters": letters}
    found["reminders"] = db.session.scalar(sa.select(sa.func.count()).select_from(Reminder))
    found["peak_mb"] = peak_mb()
    return found


def peak_mb() -> float:
    """The most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(act: str, size: int, url: str, folder: str) -> dict[str, Any]:
    """One act in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.nightly", act, str(size), url, folder],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(size: int) -> dict[str, Any]:
    """Build one size and do its rounds."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/nightly.db")
        child("build", size, url, folder)
        return child("rounds", size, url, folder)


def table(found: dict[int, dict[str, Any]]) -> None:
    """One line for each size."""
    print(f"{'promises':>10}{'reminders':>11}{'letters':>9}{'first s':>9}{'next s':>8}{'outage s':>10}{'idle ms':>9}"
          f"{'us/promise':>12}{'peak MB':>9}{'grown MB':>10}")  # fmt: skip
    for size, one in found.items():
        print(
            f"{size:>10,}{one['reminders']:>11,}{one['first']['letters']:>9,}{one['first']['seconds']:>9.2f}"
            f"{one['next']['seconds']:>8.2f}{one['outage']['seconds']:>10.2f}{one['idle']['seconds'] * 1000:>9.1f}"
            f"{one['first']['seconds'] / size * 1e6:>12.0f}{one['peak_mb']:>9.0f}"
            f"{one['peak_mb'] - one['before_mb']:>10.1f}"
        )


def check(sizes: tuple[int, ...] = QUICK) -> list[str]:
    """What is missed, as sentences: time and memory grow no faster than the number."""
    found = {size: measure(size) for size in sizes}
    table(found)
    missed = []
    for (small, one), (large, two) in zip(found.items(), list(found.items())[1:], strict=False):
        allowed = large / small * SLACK
        for name in ("first", "next", "outage"):
            grown = two[name]["seconds"] / one[name]["seconds"]
            if grown > allowed:
                missed.append(f"morning round ({name}): {large:,} promises take {grown:.1f} x of {small:,}")
        memory = [run["peak_mb"] - run["before_mb"] for run in (one, two)]
        if memory[1] > max(memory[0], 8) * allowed:
            missed.append(f"morning round: {memory[1]:.0f} MB for {large:,} promises, {memory[0]:.0f} for {small:,}")
        if two["first"]["letters"] < large / PROMISES * 10:
            missed.append("morning round: hardly a letter was written")
    return missed


def main() -> int:
    """Print the table; 1 when an aim is missed."""
    sizes = tuple(int(one) for one in os.environ.get("BENCH_NIGHTLY", "").split(",") if one) or SIZES
    missed = check(sizes)
    print("Time and memory grow no faster than the number." if not missed else "\n".join(missed))
    return 1 if missed else 0


def act(name: str, _size: str, url: str, folder: str) -> None:
    """What a child process does."""
    app = create_app({"DATABASE_URL": url, "INSTANCE": folder, "TESTING": True})
    with app.app_context():
        if name == "build":
            flask_migrate.upgrade()
            build(int(_size))
            print(json.dumps({}))
        else:
            print(json.dumps(rounds()))
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        act(*sys.argv[1:])
    else:
        sys.exit(main())
