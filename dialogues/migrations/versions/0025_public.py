"""Of a promise the words that residents read, folded on their own: nobody finds it by words that only the office reads

Revision ID: 0025
Revises: 0020
Create Date: 2026-11-28 10:40:00

"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("commitment") as batch:
        batch.add_column(sa.Column("public_folded", sa.Text(), nullable=False, server_default=""))
        batch.create_index("ix_commitment_made", ["commune_id", "created_at"])
    with op.batch_alter_table("commitment_entry") as batch:
        batch.create_index("ix_commitment_entry_news", ["commune_id", "at"])
    with op.batch_alter_table("answer") as batch:
        batch.create_index("ix_answer_open", ["commune_id", "outcome", "final_on"])
    connection = op.get_bind()
    c = sa.table("commitment", *(sa.column(n) for n in ("id", "result", "public_text", "place", "public_folded")))
    last = 0
    while True:
        wanted = sa.select(c.c.id, c.c.result, c.c.public_text, c.c.place)
        found = connection.execute(wanted.where(c.c.id > last).order_by(c.c.id).limit(2000)).all()
        if not found:
            return
        connection.execute(
            sa.update(c).where(c.c.id == sa.bindparam("row_id")).values(public_folded=sa.bindparam("words")),
            [
                {"row_id": id_, "words": _fold("\n".join(text for text in (public or result, place) if text))}
                for id_, result, public, place in found
            ],
        )
        last = found[-1].id


def downgrade():
    with op.batch_alter_table("answer") as batch:
        batch.drop_index("ix_answer_open")
    with op.batch_alter_table("commitment_entry") as batch:
        batch.drop_index("ix_commitment_entry_news")
    with op.batch_alter_table("commitment") as batch:
        batch.drop_index("ix_commitment_made")
        batch.drop_column("public_folded")


def _fold(value):
    """As dialogues.text.fold on the day of this migration."""
    value = unicodedata.normalize("NFD", value.casefold().translate(str.maketrans({"đ": "d", "Đ": "d"})))
    return "".join(c for c in value if not unicodedata.combining(c))
