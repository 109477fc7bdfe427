"""The index of words: what is found by a search, on SQLite (FTS5) and on PostgreSQL (tsvector with GIN).

Three indexes. `search_public` holds what residents may read of a published question with its answer and promises, and
nothing else; `search_office` also what was brought in, in a column of its own; `search_promise` the promises. Each row
carries `marks`, what filters ask for (k1: commune 1, f_roads: field, y2026: year, ...), so that a search with filters
never walks through rows that do not fit.

The rows are kept by triggers, in the transaction of their cause, also for bulk writes. All is derived: `migrations/env`
takes it down before a migration changes tables, and builds and fills it again after the last one (`build`). What is
found here is only where to look: who may see it is asked of the visibility queries, which every search joins.
"""

# ruff: noqa: S608 (statements of parts that stand in this file; what people type comes in as a value)

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from dialogues.extensions import db
from dialogues.search_query import Wanted

PUBLIC, OFFICE, PROMISE = INDEXES = "search_public", "search_office", "search_promise"
OWN_PREFIX = "search_"

# -- asked -------------------------------------------------------------------------------------------------------------

Marks = Sequence[Sequence[str]]
"""Of each group one mark, of all groups."""


@dataclass(frozen=True)
class Asked:
    """What is looked for in an index: all the words, and of each group of marks one."""

    wanted: Wanted
    marks: Marks
    with_original: bool = False
    theirs: Marks = field(default=())
    """Where these marks stand, the words may stand in the original too, whatever `with_original` says."""
    shared: Marks = field(default=())
    """Without them only rows with these marks are found."""


def find(index: str, asked: Asked, most: int) -> list[int]:
    """The ids of the newest rows that the index finds; one query. It walks the index from the newest entry on and stops
    after so many, hence its cost does not grow with the number of rows. Nothing is shown of these rows before a
    visibility query has let them through."""
    if db.engine.dialect.name == "sqlite":
        table = sa.table(index, sa.column("rowid"))
        key, matches = table.c.rowid, sa.literal_column(index).op("MATCH")(_fts5(asked))
    else:
        table = sa.table(index, sa.column("id"), sa.column("vector", TSVECTOR))
        key, matches = table.c.id, table.c.vector.op("@@")(sa.cast(_tsquery(asked), TSQUERY))
    statement = sa.select(key).select_from(table).where(matches).order_by(key.desc()).limit(most)
    return list(db.session.connection().scalars(statement))


MOST_BEGUN = 3


def _begun(wanted: Wanted) -> list[tuple[str, bool]]:
    """Each word, and whether it may be the beginning of one. Whoever writes a whole sentence writes its words to the
    end."""
    return [(word, len(wanted.words) <= MOST_BEGUN) for word in wanted.words]


def _fts5(asked: Asked) -> str:
    def words(with_original: bool) -> list[str]:
        parts = [f'"{word}"{"*" * is_begun}' for word, is_begun in _begun(asked.wanted)]
        parts += [f'"{" ".join(p)}"' for p in asked.wanted.phrases]
        return [f"{{{'words original' if with_original else 'words'}}} : ({' AND '.join(parts)})"] if parts else []

    def marks(groups: Marks) -> list[str]:
        return ["marks : (" + " OR ".join(f'"{mark}"' for mark in group) + ")" for group in groups]

    return _either(asked, words, marks, " AND ", " OR ")


def _tsquery(asked: Asked) -> str:
    def words(with_original: bool) -> list[str]:
        weight = "AB" if with_original else "A"
        parts = [f"'{word}':{'*' * is_begun}{weight}" for word, is_begun in _begun(asked.wanted)]
        return parts + ["(" + " <-> ".join(f"'{word}':{weight}" for word in p) + ")" for p in asked.wanted.phrases]

    def marks(groups: Marks) -> list[str]:
        return ["(" + " | ".join(f"':{mark}'" for mark in group) + ")" for group in groups]

    return _either(asked, words, marks, " & ", " | ")


def _either(asked: Asked, words: Any, marks: Any, all_of: str, one_of: str) -> str:
    """Everything in the words of one database: with `theirs`, what is theirs or what is shared."""
    common = marks(asked.marks)
    if not asked.theirs:
        return all_of.join([*common, *words(asked.with_original)])
    ways = ([*marks(asked.theirs), *words(True)], [*marks(asked.shared), *words(asked.with_original)])
    return all_of.join([*common, "(" + one_of.join("(" + all_of.join(way) + ")" for way in ways) + ")"])


# -- what stands in it ------------------------------------------------------------------------------------------------
# MONTH(x), DAY and JOINED(x) are written differently in both databases.

_TIME = " || ' y' || substr(MONTH({at}), 1, 4) || ' m' || MONTH({at})"
_QUESTION_MARKS = (
    "'k' || q.commune_id || ' d' || q.dialogue_id || ' f_' || q.field || ' s_' || q.state || ' c_' || q.channel"
    + _TIME.format(at="q.received_at")
    + " || coalesce(' v' || q.village_id, '') || coalesce(' u' || q.assigned_unit_id, '')"
    " || coalesce(' p' || q.assigned_staff_id, '')"
)
_ANSWERED = (
    " || CASE WHEN a.published_at IS NOT NULL AND (a.outcome = 'answered_on_spot' OR"
    " (a.outcome IN ('in_writing', 'escalated') AND a.final_on IS NOT NULL)) THEN ' a1' ELSE ' a0' END"
)
_PROMISES = "coalesce((SELECT JOINED(c.folded) FROM commitment c WHERE c.answer_id = a.id), '')"
SOURCES = {
    PUBLIC: f"""
SELECT q.id AS id, {_QUESTION_MARKS}{_ANSWERED} AS marks, q.public_folded || ' ' || coalesce(a.folded, '') || ' '
    || CASE WHEN a.final_on IS NOT NULL THEN a.final_folded ELSE '' END || ' ' || {_PROMISES} AS words, '' AS original
FROM question q
LEFT JOIN answer a ON a.question_id = q.id AND a.published_at IS NOT NULL AND a.outcome <> 'moved_to_complaint'
WHERE q.state = 'published' AND q.public_text <> ''""",
    OFFICE: f"""
SELECT q.id AS id, {_QUESTION_MARKS}{_ANSWERED} AS marks, q.public_folded || ' ' || coalesce(a.folded, '') || ' '
    || coalesce(a.final_folded, '') || ' ' || {_PROMISES} AS words, q.folded AS original
FROM question q LEFT JOIN answer a ON a.question_id = q.id""",
    PROMISE: f"""
SELECT c.id AS id, 'k' || c.commune_id || ' d' || c.dialogue_id || ' f_' || q.field || ' t_' || c.state
    || ' p' || c.responsible_id{_TIME.format(at="c.promised_on")} || coalesce(' v' || q.village_id, '') AS marks,
    c.folded AS words, '' AS original
FROM commitment c JOIN answer a ON a.id = c.answer_id JOIN question q ON q.id = a.question_id""",
}

_QUESTION, _PROMISE = (PUBLIC, OFFICE), (PROMISE,)
_Refresh = tuple[tuple[str, ...], str]
_OF_QUESTION = "SELECT c.id FROM commitment c JOIN answer a ON a.id = c.answer_id WHERE a.question_id = {row}.id"
_OF_ANSWER = "SELECT a.question_id FROM answer a WHERE a.id = {row}.answer_id"
TRIGGERS: tuple[tuple[str, str, str, tuple[_Refresh, ...]], ...] = (
    ("question", "INSERT", "NEW", ((_QUESTION, "SELECT {row}.id"),)),
    (
        "question",
        "UPDATE OF commune_id, dialogue_id, field, village_id, channel, folded, public_text, public_folded, state,"
        " received_at, assigned_unit_id, assigned_staff_id",
        "NEW",
        ((_QUESTION, "SELECT {row}.id"), (_PROMISE, _OF_QUESTION)),
    ),
    ("question", "DELETE", "OLD", ((_QUESTION, "SELECT {row}.id"),)),
    ("answer", "INSERT", "NEW", ((_QUESTION, "SELECT {row}.question_id"),)),
    (
        "answer",
        "UPDATE OF question_id, outcome, folded, final_folded, final_on, published_at",
        "NEW",
        ((_QUESTION, "SELECT {row}.question_id"),),
    ),
    ("answer", "DELETE", "OLD", ((_QUESTION, "SELECT {row}.question_id"),)),
    ("commitment", "INSERT", "NEW", ((_PROMISE, "SELECT {row}.id"), (_QUESTION, _OF_ANSWER))),
    (
        "commitment",
        "UPDATE OF answer_id, dialogue_id, responsible_id, folded, promised_on, state",
        "NEW",
        ((_PROMISE, "SELECT {row}.id"), (_QUESTION, _OF_ANSWER)),
    ),
    ("commitment", "DELETE", "OLD", ((_PROMISE, "SELECT {row}.id"), (_QUESTION, _OF_ANSWER))),
)
"""Table, what happens to its row, which row counts, and what is then read anew: indexes and the ids in them."""


# -- built and taken down ---------------------------------------------------------------------------------------------


def stands(connection: sa.Connection) -> bool:
    """Whether it is built."""
    return sa.inspect(connection).has_table(PROMISE)


def build(connection: sa.Connection) -> None:
    """Make the index and fill it."""
    statements = _on_sqlite() if connection.dialect.name == "sqlite" else _on_postgresql()
    for statement in statements:
        connection.exec_driver_sql(statement)


def take_down(connection: sa.Connection) -> None:
    """Remove it, so that tables can be changed."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(
            "SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') AND name GLOB 'search_*'"
            " OR sql LIKE 'CREATE VIRTUAL TABLE search_%'"
        )
        for kind, name in found.all():
            connection.exec_driver_sql(f"DROP {kind} {name}")
        return
    for name in INDEXES:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name} CASCADE")
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}_source CASCADE")
    found = connection.exec_driver_sql(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE starts_with(proname, 'search_')"
        " AND pronamespace = current_schema()::regnamespace"
    )
    for (name,) in found.all():
        connection.exec_driver_sql(f"DROP FUNCTION {name} CASCADE")


def _name(table: str, event: str) -> str:
    return f"search_{table}_{event.split()[0].lower()}"


def _on_sqlite() -> Iterable[str]:
    for index, source in SOURCES.items():
        source = source.replace("JOINED(c.folded)", "group_concat(c.folded, ' ')")
        for at in ("q.received_at", "c.promised_on"):
            source = source.replace(f"MONTH({at})", f"(substr({at}, 1, 4) || substr({at}, 6, 2))")
        yield f"CREATE VIEW {index}_source AS {source}"
        yield (
            f"CREATE VIRTUAL TABLE {index} USING fts5(marks, words, original, prefix='1 2 3',"
            " tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
        )
        yield _copy(index, "rowid", "")
        yield f"INSERT INTO {index}({index}) VALUES ('optimize')"
    for table, event, row, refreshes in TRIGGERS:
        steps = []
        for indexes, ids in refreshes:
            for index in indexes:
                if (event, ids) != ("INSERT", "SELECT {row}.id"):
                    steps.append(f"DELETE FROM {index} WHERE rowid IN ({ids.format(row=row)});")
                steps.append(_copy(index, "rowid", f" WHERE id IN ({ids.format(row=row)});"))
        yield f"CREATE TRIGGER {_name(table, event)} AFTER {event} ON {table} BEGIN {' '.join(steps)} END"

    # Without figures SQLite takes a commune for ten rows, and reads all its questions to look up thirty of them by id.
    yield "ANALYZE sqlite_schema"
    for table, index, figures in FIGURES:
        yield f"DELETE FROM sqlite_stat1 WHERE tbl = '{table}' AND idx = '{index}'"
        yield f"INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('{table}', '{index}', '{figures}')"
    yield "ANALYZE sqlite_schema"


FIGURES = (
    ("question", "ix_question_public", "100000 100000 50000 1"),
    ("question", "ix_question_queue", "100000 100000 20000 1"),
    ("question", "ix_question_touched", "100000 100000 1"),
    ("question", "ix_question_dialogue", "100000 500 400 1"),
    ("question", "ix_question_village_id", "100000 5000"),
    ("question", "ix_question_assigned_unit_id", "100000 10000"),
    ("question", "ix_question_assigned_staff_id", "100000 10000"),
    ("asker", "ix_asker_commune_id", "100000 100000"),
    ("answer", "ix_answer_public", "80000 80000 10"),
    ("answer", "ix_answer_open", "80000 80000 20000 100"),
    ("commitment", "ix_commitment_due", "20000 20000 5000 20"),
    ("commitment", "ix_commitment_made", "20000 20000 20"),
    ("commitment", "ix_commitment_mine", "20000 500 100 5"),
    ("commitment", "ix_commitment_dialogue_id", "20000 100"),
    ("commitment", "ix_commitment_answer_id", "20000 1"),
)
"""How many rows a value of an index finds in a large commune: rows in all, then by its columns one after the other. Of
these tables every index that begins with the commune must stand here: one without figures is taken for a choice one."""


def _copy(index: str, key: str, where: str) -> str:
    columns = f"INSERT INTO {index} ({key}, marks, words, original)"
    return f"{columns} SELECT id, marks, words, original FROM {index}_source{where}"


_VECTOR = r"""
CREATE FUNCTION search_vector(marks text, words text, original text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
SELECT (
    coalesce((SELECT string_agg(quote_literal(':' || m), ' ') FROM regexp_split_to_table(marks, '\s+') AS m), '')
    || coalesce((
        SELECT string_agg(' ' || quote_literal(left(w, 60)) || ':' || least(n, 16383) || 'A', '')
        FROM regexp_split_to_table(words, '[^[:alnum:]_]+') WITH ORDINALITY AS found(w, n) WHERE w <> ''), '')
    || coalesce((
        SELECT string_agg(' ' || quote_literal(left(w, 60)) || ':' || least(n, 16383) || 'B', '')
        FROM regexp_split_to_table(original, '[^[:alnum:]_]+') WITH ORDINALITY AS found(w, n) WHERE w <> ''), '')
)::tsvector $$"""


def _on_postgresql() -> Iterable[str]:
    yield _VECTOR
    for index, source in SOURCES.items():
        source = source.replace("JOINED(c.folded)", "string_agg(c.folded, ' ')")
        for at in ("q.received_at", "c.promised_on"):
            source = source.replace(f"MONTH({at})", f"to_char({at}, 'YYYYMM')")
        yield f"CREATE VIEW {index}_source AS {source}"
        yield f"CREATE TABLE {index} (id integer PRIMARY KEY, vector tsvector NOT NULL)"
        vector = f"SELECT id, search_vector(marks, words, original) FROM {index}_source"
        yield f"INSERT INTO {index} {vector}"
        yield f"CREATE INDEX {index}_vector ON {index} USING gin (vector)"
        yield (
            f"CREATE FUNCTION {index}_refresh(row_id integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO {index} {vector} WHERE id = row_id ON CONFLICT (id) DO UPDATE SET vector = excluded.vector; "
            f"IF NOT FOUND THEN DELETE FROM {index} WHERE id = row_id; END IF; END $$"
        )
    for table, event, row, refreshes in TRIGGERS:
        name = _name(table, event)
        steps = ""
        for indexes, ids in refreshes:
            rows = ids.format(row=row)
            if indexes is _QUESTION and table != "question":
                # Whoever writes about one question waits here, so that the last one reads what all have written.
                steps += f"PERFORM 1 FROM question WHERE id IN ({rows}) FOR NO KEY UPDATE; "
            for index in indexes:
                steps += f"PERFORM {index}_refresh(found.id) FROM ({rows}) AS found(id); "
        yield (f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {steps}RETURN NULL; END $$")
        yield f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
