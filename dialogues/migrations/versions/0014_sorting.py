"""Public wordings, splits, support and due day of an assignment, deferrals, undo

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-28 11:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("question") as batch:
        batch.add_column(sa.Column("answer_due_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("split_from_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_question_split_from_id_question"), "question", ["split_from_id"], ["id"])
        batch.create_index(batch.f("ix_question_split_from_id"), ["split_from_id"])
    _public_wording()
    op.create_table(
        "question_support",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_support_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_question_support_unit_id_unit")),
        sa.PrimaryKeyConstraint("question_id", "unit_id", name=op.f("pk_question_support")),
    )
    with op.batch_alter_table("question_support") as batch:
        batch.create_index(batch.f("ix_question_support_unit_id"), ["unit_id"])
    _deferral()
    _question_undo()


def _public_wording():
    op.create_table(
        "public_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_public_wording_by_id_staff")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_public_wording_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_public_wording_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_wording")),
    )
    with op.batch_alter_table("public_wording") as batch:
        batch.create_index(batch.f("ix_public_wording_question_id"), ["question_id"])
    # What stands public so far; earlier wordings were not kept.
    op.execute(
        "INSERT INTO public_wording (commune_id, question_id, text, by_id, at) "
        "SELECT commune_id, id, public_text, NULL, COALESCE(published_at, decided_at, received_at) "
        "FROM question WHERE public_text <> ''"
    )


def _deferral():
    op.create_table(
        "deferral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("from_dialogue_id", sa.Integer(), nullable=False),
        sa.Column("to_dialogue_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_deferral_by_id_staff")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_deferral_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["from_dialogue_id"], ["dialogue.id"], name=op.f("fk_deferral_from_dialogue_id_dialogue")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_deferral_question_id_question"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_dialogue_id"], ["dialogue.id"], name=op.f("fk_deferral_to_dialogue_id_dialogue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral")),
    )
    with op.batch_alter_table("deferral") as batch:
        batch.create_index(batch.f("ix_deferral_question_id"), ["question_id"])


def _question_undo():
    op.create_table(
        "question_undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("version_after", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_question_undo_by_id_staff")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_question_undo_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_undo_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_undo")),
    )
    with op.batch_alter_table("question_undo") as batch:
        batch.create_index(batch.f("ix_question_undo_question_id"), ["question_id"])
        batch.create_index(batch.f("ix_question_undo_batch"), ["batch"])


def downgrade():
    for table in ("question_undo", "deferral", "question_support", "public_wording"):
        op.drop_table(table)
    with op.batch_alter_table("question") as batch:
        batch.drop_index(batch.f("ix_question_split_from_id"))
        batch.drop_constraint(batch.f("fk_question_split_from_id_question"), type_="foreignkey")
        batch.drop_column("split_from_id")
        batch.drop_column("answer_due_on")
