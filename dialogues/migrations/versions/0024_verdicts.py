"""When the askers of a promise that is reported done were asked again

Revision ID: 0024
Revises: 0022
Create Date: 2026-11-28 10:40:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("commitment") as batch:
        batch.add_column(sa.Column("asked_again_on", sa.Date(), nullable=True))
        waiting = sa.text("state = 'reported_done' AND asked_again_on IS NULL")
        batch.create_index(
            "ix_commitment_ask_again", ["reported_done_on"], sqlite_where=waiting, postgresql_where=waiting
        )


def downgrade():
    with op.batch_alter_table("commitment") as batch:
        batch.drop_index("ix_commitment_ask_again")
        batch.drop_column("asked_again_on")
