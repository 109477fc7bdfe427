"""Series, rounds, requests of voters

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-22 20:15:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFERENCE = " CONSTRAINT fk_dialogue_round_id_round REFERENCES round (id)"
ADD_ROUND = f"ALTER TABLE dialogue ADD COLUMN round_id INTEGER{REFERENCE}"
"""Said by hand: SQLite would copy the whole table for the named constraint, and dropping the old one would delete what
hangs on it."""


def upgrade():
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chair_id"], ["staff.id"], name=op.f("fk_series_chair_id_staff")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_series_commune_id_commune")),
        sa.ForeignKeyConstraint(["follows_id"], ["series.id"], name=op.f("fk_series_follows_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    for column in ("commune_id", "chair_id", "follows_id"):
        op.create_index(op.f(f"ix_series_{column}"), "series", [column])
    op.create_table(
        "series_topic",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_topic_series_id_series"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "field", name=op.f("pk_series_topic")),
    )
    op.create_table(
        "series_village",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_series_village_series_id_series"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_series_village_village_id_village")),
        sa.PrimaryKeyConstraint("series_id", "village_id", name=op.f("pk_series_village")),
    )
    op.create_index(op.f("ix_series_village_village_id"), "series_village", ["village_id"])
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("slot_on", sa.Date(), nullable=True),
        sa.Column("uid", sa.String(length=120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("trigger_reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chair_id"], ["staff.id"], name=op.f("fk_round_chair_id_staff")),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_round_commune_id_commune")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_round_series_id_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("series_id", "slot_on", name=op.f("uq_round_series_id_slot_on")),
        sa.UniqueConstraint("uid", name=op.f("uq_round_uid")),
    )
    op.create_index("ix_round_plan", "round", ["commune_id", "starts_at"])
    op.create_index(op.f("ix_round_chair_id"), "round", ["chair_id"])
    op.create_table(
        "round_topic",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_topic_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "field", name=op.f("pk_round_topic")),
    )
    op.create_table(
        "round_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_round_paper_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_paper_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_paper")),
    )
    for column in ("commune_id", "round_id"):
        op.create_index(op.f(f"ix_round_paper_{column}"), "round_paper", [column])
    op.create_table(
        "round_question",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_round_question_question_id_question")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_question_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "question_id", name=op.f("pk_round_question")),
    )
    op.create_index(op.f("ix_round_question_question_id"), "round_question", ["question_id"])
    op.create_table(
        "voter_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("valid_signatures", sa.Integer(), nullable=True),
        sa.Column("deadline_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_voter_request_commune_id_commune")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_voter_request_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voter_request")),
    )
    for column in ("commune_id", "round_id"):
        op.create_index(op.f(f"ix_voter_request_{column}"), "voter_request", [column])
    op.execute(ADD_ROUND)
    op.create_index(op.f("ix_dialogue_round_id"), "dialogue", ["round_id"])


def downgrade():
    op.drop_index(op.f("ix_dialogue_round_id"), table_name="dialogue")
    if op.get_bind().dialect.name == "sqlite":
        _take_column_out_of_sqlite()
    else:
        op.drop_column("dialogue", "round_id")
    for table in ("voter_request", "round_question", "round_paper", "round_topic", "round"):
        op.drop_table(table)
    for table in ("series_village", "series_topic", "series"):
        op.drop_table(table)


def _take_column_out_of_sqlite():
    """SQLite drops no column that names another table: it is emptied and its reference is taken out of the table's text
    first. Copying the table instead would delete what hangs on it."""
    bind = op.get_bind()
    bind.exec_driver_sql("UPDATE dialogue SET round_id = NULL")
    bind.exec_driver_sql("PRAGMA writable_schema=ON")
    bind.exec_driver_sql(
        f"UPDATE sqlite_master SET sql = replace(sql, '{REFERENCE}', '') WHERE type = 'table' AND name = 'dialogue'"
    )
    bind.exec_driver_sql("PRAGMA writable_schema=RESET")
    bind.exec_driver_sql("ALTER TABLE dialogue DROP COLUMN round_id")
