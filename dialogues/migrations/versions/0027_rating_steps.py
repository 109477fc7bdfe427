"""Ratings know how they stand in the numbers that residents read

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-28 14:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('answer_rating') as batch:
        batch.add_column(sa.Column('counted', sa.String(length=32), nullable=True))
    op.execute("UPDATE answer_rating SET counted = rating")


def downgrade():
    with op.batch_alter_table('answer_rating') as batch:
        batch.drop_column('counted')
