"""Indexes for what residents follow: the newest promises and entries of a commune, and what is open without a promise

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-28 10:40:00

"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_commitment_made", "commitment", ["commune_id", "created_at"])
    op.create_index("ix_commitment_entry_news", "commitment_entry", ["commune_id", "at"])
    op.create_index("ix_answer_open", "answer", ["commune_id", "outcome", "final_on"])


def downgrade():
    op.drop_index("ix_answer_open", table_name="answer")
    op.drop_index("ix_commitment_entry_news", table_name="commitment_entry")
    op.drop_index("ix_commitment_made", table_name="commitment")
