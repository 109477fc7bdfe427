"""Folded words of answers and promises; the index of words itself is built after the last migration

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-28 04:10:00

"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = {"answer": {"folded": "text", "final_folded": "final_text"}, "commitment": {"folded": "result"}}


def upgrade():
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as batch:
            for column in columns:
                batch.add_column(sa.Column(column, sa.Text(), nullable=False, server_default=""))
        _fill(name, columns)


def downgrade():
    for name, columns in COLUMNS.items():
        with op.batch_alter_table(name) as batch:
            for column in columns:
                batch.drop_column(column)


def _fold(value):
    """As dialogues.text.fold on the day of this migration."""
    value = unicodedata.normalize("NFD", value.casefold().translate(str.maketrans({"đ": "d", "Đ": "d"})))
    return "".join(c for c in value if not unicodedata.combining(c))


def _fill(name, columns):
    """In portions by id: a province has some hundred thousand rows."""
    connection = op.get_bind()
    table = sa.table(name, sa.column("id"), *(sa.column(one) for pair in columns.items() for one in pair))
    last = 0
    while True:
        found = connection.execute(
            sa.select(table.c.id, *(table.c[source] for source in columns.values()))
            .where(table.c.id > last)
            .order_by(table.c.id)
            .limit(2000)
        ).all()
        if not found:
            return
        connection.execute(
            sa.update(table)
            .where(table.c.id == sa.bindparam("row_id"))
            .values({column: sa.bindparam(f"new_{column}") for column in columns}),
            [
                {"row_id": row[0], **{f"new_{c}": _fold(text) for c, text in zip(columns, row[1:], strict=True)}}
                for row in found
            ],
        )
        last = found[-1][0]
