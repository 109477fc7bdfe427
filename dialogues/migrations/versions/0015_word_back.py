"""Word back to askers, corrections, requests about personal data, what was erased

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-28 04:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _fk(table, column, target, **more):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), **more)


def upgrade():
    with op.batch_alter_table("asker") as batch:
        batch.add_column(sa.Column("email_confirmed_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("erased_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("erased_why", sa.String(32), nullable=True))
    with op.batch_alter_table("question") as batch:
        batch.add_column(sa.Column("corrected_text", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("guest") as batch:
        batch.add_column(sa.Column("erased_at", sa.DateTime(), nullable=True))
    # What a clerk wrote down was said or written by the person.
    op.execute(
        "UPDATE asker SET email_confirmed_at = joined_at WHERE email <> '' AND question_id IN"
        " (SELECT id FROM question WHERE entered_by_id IS NOT NULL)"
    )
    op.create_table(
        "question_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("how", sa.String(32), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        _fk("question_correction", "commune_id", "commune"),
        _fk("question_correction", "question_id", "question"),
        _fk("question_correction", "staff_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_correction")),
    )
    op.create_index(op.f("ix_question_correction_question_id"), "question_correction", ["question_id"])
    op.create_table(
        "word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("way", sa.String(32), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_how", sa.String(32), nullable=True),
        sa.Column("told_by_id", sa.Integer(), nullable=True),
        _fk("word", "commune_id", "commune"),
        _fk("word", "question_id", "question", ondelete="CASCADE"),
        _fk("word", "asker_id", "asker", ondelete="CASCADE"),
        _fk("word", "message_id", "message", ondelete="SET NULL"),
        _fk("word", "told_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word")),
    )
    op.create_index("ix_word_asker", "word", ["asker_id", "id"])
    op.create_index("ix_word_list", "word", ["commune_id", "way", "told_at", "at"])
    op.create_index("ix_word_question", "word", ["question_id", "is_first"])
    op.create_index(op.f("ix_word_message_id"), "word", ["message_id"])
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("how", sa.String(32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        _fk("data_request", "commune_id", "commune"),
        _fk("data_request", "asker_id", "asker", ondelete="SET NULL"),
        _fk("data_request", "recorded_by_id", "staff"),
        _fk("data_request", "done_by_id", "staff"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index(op.f("ix_data_request_asker_id"), "data_request", ["asker_id"])
    op.create_index("ix_data_request_list", "data_request", ["commune_id", "done_on", "received_on"])


def downgrade():
    for table in ("data_request", "word", "question_correction"):
        op.drop_table(table)
    with op.batch_alter_table("guest") as batch:
        batch.drop_column("erased_at")
    with op.batch_alter_table("question") as batch:
        batch.drop_column("corrected_text")
    with op.batch_alter_table("asker") as batch:
        for column in ("erased_why", "erased_at", "email_confirmed_at"):
            batch.drop_column(column)
