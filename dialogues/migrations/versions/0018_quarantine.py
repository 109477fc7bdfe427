"""Why a question went into quarantine

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-28 11:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("question") as batch:
        batch.add_column(sa.Column("suspicions", sa.String(length=120), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("question") as batch:
        batch.drop_column("suspicions")
