"""Reminders: a phone for the morning message, and up to which day each commune's people were reminded

Revision ID: 0022
Revises: 0020
Create Date: 2026-11-28 10:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ladder_day',
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=True),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.Column('letters', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_ladder_day_commune_id_commune')),
    sa.PrimaryKeyConstraint('commune_id', name=op.f('pk_ladder_day'))
    )
    with op.batch_alter_table('staff') as batch:
        batch.add_column(sa.Column('remind_phone', sa.String(length=40), server_default='', nullable=False))


def downgrade():
    with op.batch_alter_table('staff') as batch:
        batch.drop_column('remind_phone')

    op.drop_table('ladder_day')
