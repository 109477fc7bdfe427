"""Versions of the subjects that parts of public pages show, and of what residents read of a question

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-22 20:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SUBJECTS = ("places", "schedule", "questions")


def upgrade():
    with op.batch_alter_table("commune") as batch:
        for subject in SUBJECTS:
            batch.add_column(sa.Column(f"{subject}_version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("question") as batch:
        batch.add_column(sa.Column("shown_version", sa.Integer(), server_default="1", nullable=False))


def downgrade():
    with op.batch_alter_table("question") as batch:
        batch.drop_column("shown_version")
    with op.batch_alter_table("commune") as batch:
        for subject in SUBJECTS:
            batch.drop_column(f"{subject}_version")
