"""Guests and their replies

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22 20:15:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sort_name", sa.String(length=250), nullable=False),
        sa.Column("folded", sa.String(length=600), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("reply_key", sa.String(length=32), nullable=False),
        sa.Column("invited_at", sa.DateTime(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(), nullable=True),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("says", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reply", sa.String(length=32), nullable=False),
        sa.Column("reply_note", sa.String(length=1000), nullable=False),
        sa.Column("replied_at", sa.DateTime(), nullable=True),
        sa.Column("reply_way", sa.String(length=32), nullable=True),
        sa.Column("earlier_reply", sa.String(length=32), nullable=True),
        sa.Column("calendar_stamp", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_guest_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.id"], name=op.f("fk_guest_dialogue_id_dialogue"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_guest_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
        sa.UniqueConstraint("dialogue_id", "email", name=op.f("uq_guest_dialogue_id_email")),
    )
    with op.batch_alter_table("guest") as batch_op:
        batch_op.create_index("ix_guest_list", ["dialogue_id", "removed_at", "sort_name"])
        batch_op.create_index(batch_op.f("ix_guest_commune_id"), ["commune_id"])
        batch_op.create_index(batch_op.f("ix_guest_staff_id"), ["staff_id"])
    op.create_table(
        "received_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("dialogue_id", sa.Integer(), nullable=True),
        sa.Column("guest_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_received_reply_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.id"], name=op.f("fk_received_reply_dialogue_id_dialogue"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guest_id"], ["guest.id"], name=op.f("fk_received_reply_guest_id_guest"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_reply")),
    )
    with op.batch_alter_table("received_reply") as batch_op:
        batch_op.create_index("ix_received_reply_list", ["commune_id", "id"])
        batch_op.create_index(batch_op.f("ix_received_reply_at"), ["at"])
        batch_op.create_index(batch_op.f("ix_received_reply_dialogue_id"), ["dialogue_id"])
        batch_op.create_index(batch_op.f("ix_received_reply_guest_id"), ["guest_id"])


def downgrade():
    op.drop_table("received_reply")
    op.drop_table("guest")
