"""When a letter's recipient and text were erased

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-22 21:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("erased_at", sa.DateTime(), nullable=True))


def downgrade():
    with op.batch_alter_table("message") as batch:
        batch.drop_column("erased_at")
