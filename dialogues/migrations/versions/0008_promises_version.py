"""The version of what residents read of promises

Revision ID: 0008
Revises: 0007
Create Date: 2026-11-22 21:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("commune") as batch:
        batch.add_column(sa.Column("promises_version", sa.Integer(), server_default="1", nullable=False))


def downgrade():
    with op.batch_alter_table("commune") as batch:
        batch.drop_column("promises_version")
