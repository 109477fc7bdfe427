"""Ratings know the sheet they came on; the weekly summary can be turned off

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-28 10:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = '0026'
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('answer_rating') as batch:
        batch.add_column(sa.Column('sheet', sa.String(length=40), server_default='', nullable=False))
        batch.add_column(sa.Column('position', sa.Integer(), server_default='0', nullable=False))
        batch.create_index('uq_answer_rating_sheet', ['sheet', 'position'], unique=True, sqlite_where=sa.text("sheet <> ''"), postgresql_where=sa.text("sheet <> ''"))

    with op.batch_alter_table('staff') as batch:
        batch.add_column(sa.Column('wants_weekly', sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade():
    with op.batch_alter_table('staff') as batch:
        batch.drop_column('wants_weekly')

    with op.batch_alter_table('answer_rating') as batch:
        batch.drop_index('uq_answer_rating_sheet', sqlite_where=sa.text("sheet <> ''"), postgresql_where=sa.text("sheet <> ''"))
        batch.drop_column('position')
        batch.drop_column('sheet')
