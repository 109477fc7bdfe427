"""Pieces of pages are kept by everything that they show, so that none is ever stale or another person's."""

from dataclasses import replace

import pytest
from flask_babel import force_locale

from dialogues import clock
from dialogues.followup.question_views import question_views
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible
from tests.make import make_answer, make_commune, make_question

PIECE = "questions/_question.html"


@pytest.fixture
def fragments(app, at):
    at("2026-11-22 09:00")
    store = app.extensions["fragments"]
    store.pieces.clear()
    store.characters = 0
    with app.test_request_context("/"):
        yield store


@pytest.fixture
def question(app):
    return make_question(state=QuestionState.PUBLISHED, asker={"name": "Lê Xuân Hội"})


def view(question):
    return question_views(visible(question.commune_id), clock.today())[0]


def commune(question):
    return question.dialogue.commune


def test_the_same_piece_is_made_once(fragments, question, monkeypatch):
    first = fragments.kept(PIECE, q=view(question), commune=commune(question))
    monkeypatch.setattr(fragments, "environment", None)
    assert fragments.kept(PIECE, q=view(question), commune=commune(question)) == first
    assert len(fragments.pieces) == 1


def test_whatever_changes_in_it_is_seen_at_once(fragments, question):
    before = fragments.kept(PIECE, q=view(question), commune=commune(question))
    make_answer(question, text="Thứ hai thợ vào làm.")
    after = fragments.kept(PIECE, q=view(question), commune=commune(question))
    assert "Thứ hai thợ vào làm." not in before
    assert "Thứ hai thợ vào làm." in after


def test_a_name_shows_only_while_it_may(fragments, question, session):
    shown = view(question)
    assert shown.asker == ""
    named = replace(shown, asker="Lê Xuân Hội")
    assert "Lê Xuân Hội" in fragments.kept(PIECE, q=named, commune=commune(question))
    assert "Lê Xuân Hội" not in fragments.kept(PIECE, q=shown, commune=commune(question))


def test_each_language_and_commune_has_its_own(fragments, question):
    shown = view(question)
    pieces = {fragments.kept(PIECE, q=shown, commune=commune(question))}
    with force_locale("en"):
        pieces.add(fragments.kept(PIECE, q=shown, commune=commune(question)))
    pieces.add(fragments.kept(PIECE, q=shown, commune=make_commune()))
    assert len(pieces) == 3


def test_a_list_is_its_pieces_in_order(fragments, question):
    other = replace(view(question), id=question.id + 1, text="Câu hỏi khác")
    rows = [other, view(question)]
    together = fragments.kept_rows(PIECE, "q", [(row.id, 1) for row in rows], lambda ids: rows, commune(question))
    assert together == "".join(fragments.kept(PIECE, q=row, commune=commune(question)) for row in rows)
    assert together.index("Câu hỏi khác") < together.index(question.text)


def test_what_people_wrote_is_escaped(fragments, question):
    evil = replace(view(question), text="<script>alert(1)</script>")
    assert "<script>" not in fragments.kept(PIECE, q=evil, commune=commune(question))


def test_the_store_is_bounded(fragments, question, monkeypatch):
    monkeypatch.setattr("dialogues.fragments.MAX_PIECES", 3)
    for number in range(10):
        fragments.kept(PIECE, q=replace(view(question), id=number + 1), commune=commune(question))
    assert len(fragments.pieces) == 3
    assert fragments.characters == sum(len(piece) for piece in fragments.pieces.values())


def test_a_row_that_is_asked_for_stays_when_others_go(fragments, question, monkeypatch):
    monkeypatch.setattr("dialogues.fragments.MAX_PIECES", 2)
    loaded = []

    def show(id_):
        def load(ids):
            loaded.extend(ids)
            return [replace(view(question), id=id_)]

        fragments.kept_rows(PIECE, "q", [(id_, 1)], load, commune(question))

    for id_ in (1, 2, 1, 3, 1):
        show(id_)
    assert loaded == [1, 2, 3]
