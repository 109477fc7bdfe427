"""Since when a result is public by all three ways

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-28 04:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("dialogue") as batch:
        batch.add_column(sa.Column("result_public_on", sa.Date(), nullable=True))
    op.execute(
        """
        UPDATE dialogue SET result_public_on = (
            SELECT MAX(done_on) FROM done_step
            WHERE dialogue_id = dialogue.id AND step IN ('mass_media', 'posted', 'village_heads')
            HAVING COUNT(*) = 3
        )
        """
    )


def downgrade():
    with op.batch_alter_table("dialogue") as batch:
        batch.drop_column("result_public_on")
