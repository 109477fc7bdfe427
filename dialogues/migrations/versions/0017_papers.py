"""Files of questions, and the papers that they were copied from

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-28 04:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("file", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_attachment_commune_id_commune")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_attachment_question_id_question")),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff.id"], name=op.f("fk_attachment_added_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment") as batch:
        batch.create_index(batch.f("ix_attachment_commune_id"), ["commune_id"])
        batch.create_index(batch.f("ix_attachment_question_id"), ["question_id"])
    op.create_table(
        "paper_entry",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("pile", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_paper_entry_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_paper_entry_commune_id_commune")),
        sa.ForeignKeyConstraint(["dialogue_id"], ["dialogue.id"], name=op.f("fk_paper_entry_dialogue_id_dialogue")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_paper_entry_village_id_village")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_paper_entry_staff_id_staff")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_paper_entry")),
    )
    with op.batch_alter_table("paper_entry") as batch:
        batch.create_index(batch.f("ix_paper_entry_commune_id"), ["commune_id"])
        batch.create_index(batch.f("ix_paper_entry_pile"), ["pile"])
        batch.create_index("ix_paper_entry_number", ["dialogue_id", "village_id", "number"])


def downgrade():
    op.drop_table("paper_entry")
    op.drop_table("attachment")
