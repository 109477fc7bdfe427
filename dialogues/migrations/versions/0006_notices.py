"""Uses of announcement texts

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-22 20:15:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "notice_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=False),
        sa.Column("done_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("occasion", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=64), nullable=False),
        sa.Column("session_at", sa.DateTime(), nullable=True),
        sa.Column("session_place", sa.String(length=600), nullable=False),
        sa.Column("photo", sa.String(length=60), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(), nullable=True),
        sa.Column("taken_back_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_notice_use_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.id"], name=op.f("fk_notice_use_dialogue_id_dialogue"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["staff.id"], name=op.f("fk_notice_use_recorded_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_use")),
    )
    with op.batch_alter_table("notice_use") as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_use_commune_id"), ["commune_id"])
        batch_op.create_index(batch_op.f("ix_notice_use_recorded_by_id"), ["recorded_by_id"])
        batch_op.create_index("ix_notice_use_list", ["dialogue_id", "used_at"])


def downgrade():
    op.drop_table("notice_use")
