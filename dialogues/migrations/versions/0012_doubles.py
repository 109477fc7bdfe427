"""Merging questions, chains over years, residents who ask the same, words that mean the same

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-28 04:15:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

POINTERS = ("merged_into_id", "lead_id", "chain_id")


def upgrade():
    with op.batch_alter_table("question") as batch:
        for name in POINTERS:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(f"fk_question_{name}_question", "question", [name], ["id"])
            batch.create_index(f"ix_question_{name}", [name])
        batch.add_column(sa.Column("merged_from", sa.String(32), nullable=True))
        batch.add_column(sa.Column("merged_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("touched", sa.Integer(), server_default="0", nullable=False))
        batch.create_index("ix_question_touched", ["commune_id", "touched"])
    with op.batch_alter_table("commune") as batch:
        batch.add_column(sa.Column("touches", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("asker") as batch:
        batch.add_column(sa.Column("is_supporter", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("left_at", sa.DateTime(), nullable=True))
    op.create_table(
        "same_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name="fk_same_words_commune_id_commune"),
        sa.PrimaryKeyConstraint("id", name="pk_same_words"),
    )
    op.create_index("ix_same_words_commune_id", "same_words", ["commune_id"])


def downgrade():
    op.drop_table("same_words")
    op.execute("UPDATE question SET state = merged_from WHERE state = 'merged'")
    op.execute("DELETE FROM consent_change WHERE asker_id IN (SELECT id FROM asker WHERE is_supporter)")
    op.execute("DELETE FROM asker WHERE is_supporter")
    with op.batch_alter_table("asker") as batch:
        batch.drop_column("left_at")
        batch.drop_column("is_supporter")
    with op.batch_alter_table("question") as batch:
        batch.drop_index("ix_question_touched")
        batch.drop_column("touched")
        batch.drop_column("merged_at")
        batch.drop_column("merged_from")
        for name in reversed(POINTERS):
            batch.drop_index(f"ix_question_{name}")
            batch.drop_constraint(f"fk_question_{name}_question", type_="foreignkey")
            batch.drop_column(name)
    with op.batch_alter_table("commune") as batch:
        batch.drop_column("touches")
