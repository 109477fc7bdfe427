"""The three files of xã Minh Tâm come in as a careful clerk would enter them, through the pages."""

import csv
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from dialogues import clock
from dialogues.extensions import db
from dialogues.imports.models import ImportRow
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.staff.rules import Role
from tests.imports.office import FOLDER, send
from tests.make import make_dialogue, make_staff, make_village, wall

EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
FILES = ("tong-hop-y-kien-2026.xlsx", "thon-dong-phieu-giay.csv", "google-form.csv")


@pytest.fixture
def villages(at):
    at("2026-01-10 08:00")
    with (Path("dialogues/demo") / "villages.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        make_village(
            kind=row["kind"], name=row["name"], former_commune=row["former_commune"], old_names=row["old_names"]
        ).id: row["label"]
        for row in rows
    }


@pytest.fixture
def office(villages, sign_in):
    make_dialogue(starts_at=wall(5), question_deadline_at=wall(-1, "17:00"))
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def came_in():
    """What came in, by the row of the file."""
    rows = db.session.execute(
        sa.select(ImportRow, Question, Asker)
        .outerjoin(Question, Question.id == ImportRow.question_id)
        .outerjoin(Asker, Asker.question_id == Question.id)
    )
    return {row.number: (row, question, asker) for row, question, asker in rows}


def as_expected(row, question, asker, villages):
    """A row in the words of expected.json."""
    entry = row.entry
    dates = {"no_day": "blank", "unreadable_day": "unreadable", "outside_window": "outside_window"}
    found = {
        "import": question is not None,
        "reason": row.reason.value if row.reason else None,
        "asker": asker.name if asker else entry.get("name", ""),
        "village": villages.get(question.village_id if question else entry.get("village_id")),
        "field": entry.get("field"),
        "fields": entry.get("fields", []),
        "channel": question.channel.value if question else entry["channel"],
        "received_on": entry.get("day"),
        "date": next((dates[one] for one in row.notices if one in dates), "ok"),
        "phone": (asker.phone if asker else entry.get("phone")) or None,
        "may_publish_name": asker.may_publish_name if asker else entry.get("publish_name", False),
        "wants_messages": asker.may_message if asker else entry.get("message", False),
    }
    if question and entry.get("day"):
        assert clock.local(question.received_at).date().isoformat() == entry["day"]
    return found


@pytest.mark.parametrize("name", FILES)
def test_each_row_comes_in_as_expected(client, office, villages, name):
    expected = EXPECTED["files"][name]
    page = send(client, (FOLDER / name).read_bytes(), name).follow().form("columns").submit().follow()
    page = page.form("import").submit().follow()
    assert str(expected["import"]) in page.text
    found = came_in()
    assert sorted(found) == [one["row"] for one in expected["rows"]]
    wrong = {}
    for one in expected["rows"]:
        got = as_expected(*found[one["row"]], villages)
        asked = {key: one.get(key) for key in got if key in one or key == "reason"}
        wrong[one["row"]] = {key: (got[key], value) for key, value in asked.items() if got[key] != value}
    assert {row: what for row, what in wrong.items() if what} == {}
    questions = [question for _row, question, _asker in found.values() if question]
    assert (len(questions), len(found) - len(questions)) == (expected["import"], expected["reject"])
    assert {q.state for q in questions} == {QuestionState.WAITING}
    assert all(q.channel in IntakeChannel and q.entered_by_id == office.id for q in questions)
    if "people" in expected:
        assert f"{expected['people']} người" in page.text or str(expected["people"]) in page.text


def test_nothing_of_a_file_is_public(client, office, new_client):
    for name in FILES:
        page = send(client, (FOLDER / name).read_bytes(), name).follow().form("columns").submit().follow()
        page.form("import").submit()
    secret = [
        word for name in FILES for row in EXPECTED["files"][name]["rows"] for word in row.get("must_not_be_public", [])
    ]
    assert len(secret) > 10
    visitor = new_client()
    for url in ("/minh-tam/", "/minh-tam/questions", "/minh-tam/questions?q=duong", "/minh-tam/dialogues"):
        text = visitor.get(url).source
        assert [word for word in secret if word in text] == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == EXPECTED["all_files"]["imported"]
