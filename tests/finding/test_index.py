"""The index of words says at any moment what stands in the tables, however it came there."""

import pytest
import sqlalchemy as sa

from dialogues import search_index
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment
from dialogues.followup.rules import Outcome
from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.questions.service import visible
from dialogues.search_index import FIGURES, INDEXES, OFFICE, PROMISE, PUBLIC, Asked, find
from dialogues.search_query import read
from tests.make import make_answer, make_commitment, make_question, wall

S = QuestionState


def found(index, typed):
    asked = Asked(read(typed), [[f"k{db.session.scalar(sa.select(sa.func.min(Question.commune_id)))}"]])
    model = Commitment if index == PROMISE else Question
    real = set(db.session.scalars(sa.select(model.id)))
    return [row_id for row_id in find(index, asked, 100) if row_id in real]


def entries():
    """What stands in the index of the rows of this test, in words that both databases know."""
    models = {PUBLIC: Question, OFFICE: Question, PROMISE: Commitment}
    ids = {name: set(db.session.scalars(sa.select(model.id))) for name, model in models.items()}
    key, rest = ("rowid", "marks, words, original") if db.engine.dialect.name == "sqlite" else ("id", "vector::text")
    return {
        name: [
            tuple(row)
            for row in db.session.execute(sa.text(f"SELECT {key}, {rest} FROM {name} ORDER BY 1"))
            if row[0] in ids[name]
        ]
        for name in INDEXES
    }


def test_an_act_is_found_in_its_own_transaction_and_taken_back_with_it(app):
    question = make_question(text="Ông Tư đổ rác", public_text="")
    assert found(PUBLIC, "rác") == []
    question.state, question.public_text = S.PUBLISHED, "Một hộ đổ chất thải"
    db.session.flush()
    assert found(PUBLIC, "chat thai") == [question.id]
    assert found(PUBLIC, "tư") == []
    assert found(OFFICE, "chat") == [question.id]
    db.session.rollback()
    assert found(PUBLIC, "chat thai") == []


def test_answers_and_promises_are_found_with_their_question(app):
    question = make_question(state=S.PUBLISHED, text="Đường hỏng")
    answer = make_answer(question, text="Sẽ đổ bê tông", outcome=Outcome.IN_WRITING, published_at=None)
    assert found(PUBLIC, "be tong") == []
    assert found(OFFICE, "be tong") == [question.id]
    answer.published_at = wall(0)
    promise = make_commitment(answer, result="Xong đoạn ngã ba")
    assert found(PUBLIC, "be tong nga ba") == [question.id]
    assert found(PROMISE, '"nga ba"') == [promise.id]
    answer.final_text = "Kèm bản vẽ"
    db.session.commit()
    assert found(PUBLIC, "ban ve") == []
    answer.final_on = wall(0).date()
    db.session.commit()
    assert found(PUBLIC, "ban ve") == [question.id]
    question.state = S.MOVED_TO_COMPLAINT
    db.session.commit()
    assert found(PUBLIC, "duong") == []


@pytest.mark.parametrize("typed", ["d", "du", "duong", "Thôn Đ", '"thon dong"', "2026", "duong_lang"])
def test_beginnings_of_words_and_short_ones_are_found(app, typed):
    question = make_question(state=S.PUBLISHED, text="Đường thôn Đồng, năm 2026, đường_làng")
    make_question(state=S.PUBLISHED, text="Không có gì")
    assert found(PUBLIC, typed) == [question.id]


@pytest.mark.parametrize(
    "typed", ['"', "AND", "NOT NEAR(a", "a*b^c:d", "{marks} : k1", "k1", "f_roads", "'", "\\", "\x00", "😀", "ᄀ𞤀ⅷ²"]
)
def test_signs_of_the_query_language_are_only_words(app, typed):
    make_question(state=S.PUBLISHED, text="Đường hỏng")
    if read(typed):
        assert found(PUBLIC, typed) == []


def test_bulk_writes_are_followed_and_what_is_kept_is_what_would_be_built(app):
    questions = [make_question(state=S.PUBLISHED, text=f"Câu {n} về ổ gà") for n in range(3)]
    promise = make_commitment(make_answer(questions[0], text="Đã rõ"), result="Lấp ổ gà")
    question_id, promise_id = questions[1].id, promise.id
    db.session.execute(sa.update(Question).values(state=S.DECLINED).where(Question.id == questions[2].id))
    db.session.execute(sa.update(Answer).values(folded="da sua"))
    db.session.execute(sa.update(Question).values(field="land").where(Question.id == questions[0].id))
    db.session.execute(sa.delete(Question).where(Question.id == -1))
    db.session.commit()
    assert found(PUBLIC, "o ga") == [question_id, questions[0].id]
    assert found(PUBLIC, "da sua") == [questions[0].id]
    assert found(PROMISE, "o ga") == [promise_id]
    kept = entries()
    search_index.take_down(db.session.connection())
    assert not search_index.stands(db.session.connection())
    search_index.build(db.session.connection())
    assert entries() == kept
    assert [len(rows) for rows in kept.values()] == [2, 3, 1]
    db.session.rollback()


def test_a_very_long_word_is_kept_too(app):
    question = make_question(state=S.PUBLISHED, text="a" * 3900)
    assert found(PUBLIC, "aaa") == [question.id]
    assert list(db.session.scalars(visible(question.commune_id)))


def test_sqlite_looks_rows_up_by_id_however_large_the_commune_is(app):
    """An index on the commune without figures would read all questions of the commune for thirty ids."""
    if db.engine.dialect.name != "sqlite":
        return
    with_figures = {(table, index) for table, index, _figures in FIGURES}
    tables = {table for table, _index in with_figures}
    found = {
        (table, index["name"])
        for table in tables
        for index in sa.inspect(db.engine).get_indexes(table)
        if index["column_names"][0] == "commune_id"
    }
    assert found <= with_figures
    for table in ("question", "commitment", "answer", "asker"):
        ids = ", ".join(str(number) for number in range(1, 101))
        asked = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE commune_id = 1 AND id IN ({ids})"
        plan = [row[3] for row in db.session.connection().exec_driver_sql(asked)]
        assert "USING INTEGER PRIMARY KEY" in plan[0], plan
