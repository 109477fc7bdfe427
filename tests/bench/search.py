"""`python -m tests.bench.search`: searching 100,000 questions, beside the app's own constant page in one run.

Residents' page and the office's, each search made anew (nothing of it is kept), with hits of all ages. Exit code 1 when
one costs more than the aim, or when searching old questions costs much more than searching new ones.
"""

import itertools
import os
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from dialogues import clock, search_index
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.questions.models import Asker, Question
from dialogues.schedule.models import Dialogue
from dialogues.text import fold
from tests.bench import ten_years
from tests.bench.measure import Server, ask, environ, statements
from tests.bench.pages import cookie_of, make_app

AIM, AGE_AIM = 40.0, 3.0
QUESTIONS = int(os.environ.get("BENCH_QUESTIONS", "100000"))
SECONDS = 2.0
OLD, NEW = "hits of the oldest year", "hits of the newest year"
SEARCHES = (
    ("rare word", "q=nghĩa trang liệt sĩ"),
    ("common word", "q=đường"),
    ("two common words", "q=đường nước"),
    ("no diacritics", "q=duong lang"),
    ("beginning of a word", "q=đ"),
    ("phrase", 'q="trạm bơm"'),
    ("nothing found", "q=khongcogi"),
    ("six words", "q=xã đường cho dân thôn không"),
    ("with filters", "q=đường&field=land&village={village}"),
    ("filters alone", "field=roads&state=unanswered"),
    ("commitments", "q=đường&what=commitments"),
    (OLD, "q=lương{old}"),
    (NEW, "q=lương{new}"),
    ("common word, oldest year", "q=đường&first={old}-01-01&last={old}-12-31"),
    ("common word, newest year", "q=đường&first={new}-01-01&last={new}-12-31"),
)


def build() -> dict[str, str]:
    """So many questions in bulk, over ten years. Returns what stands for {old}, {new} and {village} in the searches."""
    made = ten_years.TenYears()
    made.dialogue(0)
    made.dialogue(ten_years.FIFTY)
    patterns = {model: list(rows) for model, rows in made.rows.items()}
    per_turn = len(patterns[Question])
    turns = -(-QUESTIONS // per_turn)
    years = range(clock.now().year - 9, clock.now().year + 1)
    search_index.take_down(db.session.connection())  # filling it once is faster than following each row
    for turn in range(turns):
        year = years[turn * len(years) // turns]
        shift = {model: turn * (max((row.get("id", 0) for row in rows), default=0)) for model, rows in patterns.items()}
        for model, rows in patterns.items():
            db.session.execute(sa.insert(model.__table__), [_shifted(model, row, shift, turn, year) for row in rows])
    search_index.build(db.session.connection())
    db.session.commit()
    return {"old": str(years[0]), "new": str(years[-1]), "village": str(made.villages[0])}


def _shifted(model: type, row: dict, shift: dict, turn: int, year: int) -> dict:
    """A copy of a row with ids of its own, in this year."""
    copy = dict(row)
    owners = {"id": model, "dialogue_id": Dialogue, "question_id": Question, "answer_id": Answer}
    owners["commitment_id"] = Commitment
    for name, owner in owners.items():
        if name in copy:
            copy[name] += shift[owner]
    if model in (Dialogue, Commitment):
        copy["uid"] += f"-{turn}"
    if model is Dialogue:
        copy["code"] = f"{_code(turn)}{row['id']:02}"
    if model is Asker:
        copy["code"] = f"{_code(turn)}{row['id']:07}"
    for name in ("received_at", "decided_at", "published_at", "starts_at", "ends_at", "promised_on"):
        if copy.get(name):
            copy[name] = copy[name].replace(year=year, day=min(copy[name].day, 28))
    if model is Question and copy["public_text"]:
        copy["text"] = copy["public_text"] = f"{row['text']} lương{year}"
        copy["folded"] = copy["public_folded"] = fold(copy["text"])
    return copy


def _code(turn: int) -> str:
    letters = "ACEHKMQRUX"
    return "".join(letters[int(digit)] for digit in f"{turn:04}")


def measure(database: str, app: Flask, words: dict[str, str], cookie: str) -> list[tuple[str, str, float, float, int]]:
    """Page, search, ratio, CPU ms of the server, statements; each beside a constant page of the same size, asked for in
    the same way."""
    found = []
    with Server(database) as server:
        for page, path, own in (("residents", "/minh-tam/search", ""), ("office", "/office/search", cookie)):
            for name, query in SEARCHES:
                parts = (part.split("=") for part in query.format(**words).split("&"))
                url = f"{path}?{'&'.join(f'{key}={quote(value)}' for key, value in parts)}"
                if page == "office":
                    url = url.replace("state=unanswered", "state=waiting")
                with statements(app) as seen:
                    answer = ask(app, environ(url, own))
                assert answer.status == 200, (url, answer.status)
                size = len(ask(app, {k: v for k, v in environ(url, own).items() if k != "HTTP_ACCEPT_ENCODING"}).body)
                plain = {"Accept-Encoding": "gzip", **({"Cookie": own} if own else {})}
                numbers = itertools.count()
                spent = server.one_by_one(lambda url=url, n=numbers: f"{url}&n={next(n)}", plain, SECONDS)
                constant = server.one_by_one(f"/bench/constant/{size}", {"Accept-Encoding": "gzip"}, SECONDS / 2)
                assert not spent.errors, spent.errors[:3]
                found.append((page, name, spent.cpu_ms / constant.cpu_ms, spent.cpu_ms, len(seen)))
    return found


def run() -> list[str]:
    """Build, measure, print; what is missed, as sentences."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        database = str(Path(folder) / "search.db")
        app = make_app(database, folder)
        with app.app_context():
            flask_migrate.upgrade()
            words = build()
            count = db.session.scalar(sa.select(sa.func.count()).select_from(Question))
            db.session.remove()
        size = Path(database).stat().st_size / 1e6
        print(f"\nSearch over {count:,} questions ({size:,.0f} MB, built in {time.monotonic() - started:.0f} s)")
        print(f"{'page':<11}{'search':<27}{'x const':>8}{'CPU ms':>8}{'SQL':>5}")
        rows = measure(database, app, words, cookie_of(app, "office@minh-tam.example"))
        with app.app_context():
            db.engine.dispose()
    missed = []
    for page, name, ratio, ms, number in rows:
        print(f"{page:<11}{name:<27}{ratio:>8.1f}{ms:>8.2f}{number:>5}")
        if ratio > AIM:
            missed.append(f"{page}, {name}: {ratio:.1f} x")
    print(f"Aim: a search costs at most {AIM:g} x the app's constant page; old hits at most {AGE_AIM:g} x new ones")
    by_name = {(page, name): ms for page, name, _ratio, ms, _number in rows}
    for page in ("residents", "office"):
        for old, new in ((OLD, NEW), ("common word, oldest year", "common word, newest year")):
            ratio = by_name[page, old] / by_name[page, new]
            print(f"  {page}: {old} {ratio:.1f} x {new}")
            if ratio > AGE_AIM:
                missed.append(f"{page}: {old} cost {ratio:.1f} x")
    print("  ok" if not missed else "  MISSED " + "; ".join(missed))
    return missed


if __name__ == "__main__":
    sys.exit(1 if run() else 0)
