"""Outbox, subscribers, quiet hours

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-22 20:15:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("commune") as batch_op:
        batch_op.add_column(sa.Column("quiet_from", sa.Integer(), server_default="21", nullable=False))
        batch_op.add_column(sa.Column("quiet_to", sa.Integer(), server_default="7", nullable=False))
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("thing", sa.String(60), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recipient_name", sa.String(200), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("calendar", sa.LargeBinary(), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("reply_to", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("unsubscribe_url", sa.String(500), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("respects_quiet_hours", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("drop_reason", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("lease_key", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_message_commune_id_commune")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("kind", "thing", "recipient", "version", name=op.f("uq_message_kind_thing_recipient_version")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index("ix_message_due", "message", ["state", "next_try_at"])
    op.create_index("ix_message_list", "message", ["commune_id", "state", "id"])
    op.create_index("ix_message_thing", "message", ["commune_id", "thing"])
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_subscriber_commune_id_commune")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_subscriber_village_id_village")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint(
            "commune_id", "email", "village_id", name=op.f("uq_subscriber_commune_id_email_village_id")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_subscriber_key")),
    )
    op.create_index(op.f("ix_subscriber_village_id"), "subscriber", ["village_id"])
    op.create_index(
        "uq_subscriber_whole_commune",
        "subscriber",
        ["commune_id", "email"],
        unique=True,
        sqlite_where=sa.text("village_id IS NULL"),
        postgresql_where=sa.text("village_id IS NULL"),
    )


def downgrade():
    op.drop_table("subscriber")
    op.drop_table("message")
    with op.batch_alter_table("commune") as batch_op:
        batch_op.drop_column("quiet_to")
        batch_op.drop_column("quiet_from")
