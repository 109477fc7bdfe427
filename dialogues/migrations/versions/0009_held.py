"""What the recipient of a letter knew before it

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-22 21:40:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("held", sa.JSON(), nullable=True))


def downgrade():
    with op.batch_alter_table("message") as batch:
        batch.drop_column("held")
