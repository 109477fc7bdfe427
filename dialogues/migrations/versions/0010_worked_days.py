"""Saturdays and Sundays that are worked in exchange for a bridge day

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-22 21:40:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("holiday") as batch:
        batch.add_column(sa.Column("is_worked", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.execute("DELETE FROM holiday WHERE is_worked")
    with op.batch_alter_table("holiday") as batch:
        batch.drop_column("is_worked")
