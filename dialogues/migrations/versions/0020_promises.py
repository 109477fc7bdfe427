"""Promises with kinds, steps, evidence, verdicts; the ladder of reminders

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-28 09:33:00

"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('ladder_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('reminded_as', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_ladder_step_commune_id_commune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_step')),
    sa.UniqueConstraint('commune_id', 'days', 'reminded_as', name=op.f('uq_ladder_step_commune_id_days_reminded_as'))
    )
    op.create_table('promise_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_promise_link_commune_id_commune')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_promise_link_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise_link')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_promise_link_token_hash'))
    )
    with op.batch_alter_table('promise_link') as batch:
        batch.create_index(batch.f('ix_promise_link_commune_id'), ['commune_id'], unique=False)
        batch.create_index(batch.f('ix_promise_link_staff_id'), ['staff_id'], unique=False)

    op.create_table('answer_rating',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('answer_id', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('way', sa.String(length=32), nullable=False),
    sa.Column('rating', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['answer_id'], ['answer.id'], name=op.f('fk_answer_rating_answer_id_answer'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['asker_id'], ['asker.id'], name=op.f('fk_answer_rating_asker_id_asker'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_answer_rating_commune_id_commune')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_answer_rating_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_rating')),
    sa.UniqueConstraint('answer_id', 'asker_id', name=op.f('uq_answer_rating_answer_id_asker_id'))
    )
    with op.batch_alter_table('answer_rating') as batch:
        batch.create_index(batch.f('ix_answer_rating_asker_id'), ['asker_id'], unique=False)
        batch.create_index(batch.f('ix_answer_rating_commune_id'), ['commune_id'], unique=False)
        batch.create_index(batch.f('ix_answer_rating_staff_id'), ['staff_id'], unique=False)

    op.create_table('commitment_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=300), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('dropped_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_commitment_step_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_commitment_step_commune_id_commune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment_step'))
    )
    with op.batch_alter_table('commitment_step') as batch:
        batch.create_index(batch.f('ix_commitment_step_commitment_id'), ['commitment_id'], unique=False)
        batch.create_index(batch.f('ix_commitment_step_commune_id'), ['commune_id'], unique=False)

    op.create_table('commitment_support',
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_commitment_support_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_commitment_support_unit_id_unit')),
    sa.PrimaryKeyConstraint('commitment_id', 'unit_id', name=op.f('pk_commitment_support'))
    )
    with op.batch_alter_table('commitment_support') as batch:
        batch.create_index(batch.f('ix_commitment_support_unit_id'), ['unit_id'], unique=False)

    op.create_table('extension_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('old_due_on', sa.Date(), nullable=False),
    sa.Column('new_due_on', sa.Date(), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['staff.id'], name=op.f('fk_extension_request_asked_by_id_staff')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_extension_request_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_extension_request_commune_id_commune')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['staff.id'], name=op.f('fk_extension_request_decided_by_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension_request'))
    )
    with op.batch_alter_table('extension_request') as batch:
        batch.create_index(batch.f('ix_extension_request_asked_by_id'), ['asked_by_id'], unique=False)
        batch.create_index(batch.f('ix_extension_request_commitment_id'), ['commitment_id'], unique=False)
        batch.create_index(batch.f('ix_extension_request_commune_id'), ['commune_id'], unique=False)
        batch.create_index(batch.f('ix_extension_request_decided_by_id'), ['decided_by_id'], unique=False)
        batch.create_index('uq_extension_request_waiting', ['commitment_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table('follower',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_follower_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_follower_commune_id_commune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follower')),
    sa.UniqueConstraint('commitment_id', 'email', name=op.f('uq_follower_commitment_id_email')),
    sa.UniqueConstraint('key', name=op.f('uq_follower_key'))
    )
    with op.batch_alter_table('follower') as batch:
        batch.create_index(batch.f('ix_follower_commune_id'), ['commune_id'], unique=False)

    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('reminded_as', sa.String(length=32), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_reminder_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_reminder_commune_id_commune')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_reminder_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    sa.UniqueConstraint('commitment_id', 'staff_id', 'due_on', 'days', 'reminded_as', name=op.f('uq_reminder_commitment_id_staff_id_due_on_days_reminded_as'))
    )
    with op.batch_alter_table('reminder') as batch:
        batch.create_index(batch.f('ix_reminder_commune_id'), ['commune_id'], unique=False)
        batch.create_index('ix_reminder_staff', ['staff_id', 'told_on'], unique=False)

    op.create_table('commitment_verdict',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=True),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('way', sa.String(length=32), nullable=False),
    sa.Column('judgement', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('public_text', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['asker_id'], ['asker.id'], name=op.f('fk_commitment_verdict_asker_id_asker'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_commitment_verdict_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_commitment_verdict_commune_id_commune')),
    sa.ForeignKeyConstraint(['entry_id'], ['commitment_entry.id'], name=op.f('fk_commitment_verdict_entry_id_commitment_entry'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_commitment_verdict_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment_verdict')),
    sa.UniqueConstraint('entry_id', 'asker_id', name=op.f('uq_commitment_verdict_entry_id_asker_id'))
    )
    with op.batch_alter_table('commitment_verdict') as batch:
        batch.create_index(batch.f('ix_commitment_verdict_asker_id'), ['asker_id'], unique=False)
        batch.create_index(batch.f('ix_commitment_verdict_commitment_id'), ['commitment_id'], unique=False)
        batch.create_index(batch.f('ix_commitment_verdict_commune_id'), ['commune_id'], unique=False)
        batch.create_index(batch.f('ix_commitment_verdict_staff_id'), ['staff_id'], unique=False)
        batch.create_index('uq_commitment_verdict_overseer', ['entry_id', 'staff_id'], unique=True, sqlite_where=sa.text('asker_id IS NULL'), postgresql_where=sa.text('asker_id IS NULL'))

    op.create_table('evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commune_id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('file', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('alt', sa.String(length=300), nullable=False),
    sa.Column('number', sa.String(length=120), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['staff.id'], name=op.f('fk_evidence_added_by_id_staff')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_evidence_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['commune_id'], ['commune.id'], name=op.f('fk_evidence_commune_id_commune')),
    sa.ForeignKeyConstraint(['entry_id'], ['commitment_entry.id'], name=op.f('fk_evidence_entry_id_commitment_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence'))
    )
    with op.batch_alter_table('evidence') as batch:
        batch.create_index(batch.f('ix_evidence_commitment_id'), ['commitment_id'], unique=False)
        batch.create_index(batch.f('ix_evidence_commune_id'), ['commune_id'], unique=False)
        batch.create_index(batch.f('ix_evidence_entry_id'), ['entry_id'], unique=False)

    with op.batch_alter_table('commitment') as batch:
        batch.add_column(sa.Column('kind', sa.String(length=32), server_default='do', nullable=False))
        batch.add_column(sa.Column('public_text', sa.Text(), server_default='', nullable=False))
        batch.add_column(sa.Column('place', sa.String(length=200), server_default='', nullable=False))
        batch.add_column(sa.Column('escalated_to', sa.String(length=200), server_default='', nullable=False))
        batch.add_column(sa.Column('budget_note', sa.Text(), server_default='', nullable=False))
        batch.add_column(sa.Column('due_counts', sa.String(length=32), server_default='day', nullable=False))
        batch.add_column(sa.Column('due_days', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('objected_on', sa.Date(), nullable=True))
        batch.add_column(sa.Column('withdrawn_on', sa.Date(), nullable=True))

    with op.batch_alter_table('commitment_entry') as batch:
        batch.add_column(sa.Column('to_asker', sa.Text(), server_default='', nullable=False))

    with op.batch_alter_table('staff') as batch:
        batch.add_column(sa.Column('superior_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('away_from', sa.Date(), nullable=True))
        batch.add_column(sa.Column('away_until', sa.Date(), nullable=True))
        batch.add_column(sa.Column('deputy_id', sa.Integer(), nullable=True))
        batch.create_index(batch.f('ix_staff_deputy_id'), ['deputy_id'], unique=False)
        batch.create_index(batch.f('ix_staff_superior_id'), ['superior_id'], unique=False)
        batch.create_foreign_key(batch.f('fk_staff_deputy_id_staff'), 'staff', ['deputy_id'], ['id'])
        batch.create_foreign_key(batch.f('fk_staff_superior_id_staff'), 'staff', ['superior_id'], ['id'])


def downgrade():
    with op.batch_alter_table('staff') as batch:
        batch.drop_constraint(batch.f('fk_staff_superior_id_staff'), type_='foreignkey')
        batch.drop_constraint(batch.f('fk_staff_deputy_id_staff'), type_='foreignkey')
        batch.drop_index(batch.f('ix_staff_superior_id'))
        batch.drop_index(batch.f('ix_staff_deputy_id'))
        batch.drop_column('deputy_id')
        batch.drop_column('away_until')
        batch.drop_column('away_from')
        batch.drop_column('superior_id')

    with op.batch_alter_table('commitment_entry') as batch:
        batch.drop_column('to_asker')

    with op.batch_alter_table('commitment') as batch:
        batch.drop_column('withdrawn_on')
        batch.drop_column('objected_on')
        batch.drop_column('due_days')
        batch.drop_column('due_counts')
        batch.drop_column('budget_note')
        batch.drop_column('escalated_to')
        batch.drop_column('place')
        batch.drop_column('public_text')
        batch.drop_column('kind')

    with op.batch_alter_table('evidence') as batch:
        batch.drop_index(batch.f('ix_evidence_entry_id'))
        batch.drop_index(batch.f('ix_evidence_commune_id'))
        batch.drop_index(batch.f('ix_evidence_commitment_id'))

    op.drop_table('evidence')
    with op.batch_alter_table('commitment_verdict') as batch:
        batch.drop_index('uq_commitment_verdict_overseer', sqlite_where=sa.text('asker_id IS NULL'), postgresql_where=sa.text('asker_id IS NULL'))
        batch.drop_index(batch.f('ix_commitment_verdict_staff_id'))
        batch.drop_index(batch.f('ix_commitment_verdict_commune_id'))
        batch.drop_index(batch.f('ix_commitment_verdict_commitment_id'))
        batch.drop_index(batch.f('ix_commitment_verdict_asker_id'))

    op.drop_table('commitment_verdict')
    with op.batch_alter_table('reminder') as batch:
        batch.drop_index('ix_reminder_staff')
        batch.drop_index(batch.f('ix_reminder_commune_id'))

    op.drop_table('reminder')
    with op.batch_alter_table('follower') as batch:
        batch.drop_index(batch.f('ix_follower_commune_id'))

    op.drop_table('follower')
    with op.batch_alter_table('extension_request') as batch:
        batch.drop_index('uq_extension_request_waiting', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch.drop_index(batch.f('ix_extension_request_decided_by_id'))
        batch.drop_index(batch.f('ix_extension_request_commune_id'))
        batch.drop_index(batch.f('ix_extension_request_commitment_id'))
        batch.drop_index(batch.f('ix_extension_request_asked_by_id'))

    op.drop_table('extension_request')
    with op.batch_alter_table('commitment_support') as batch:
        batch.drop_index(batch.f('ix_commitment_support_unit_id'))

    op.drop_table('commitment_support')
    with op.batch_alter_table('commitment_step') as batch:
        batch.drop_index(batch.f('ix_commitment_step_commune_id'))
        batch.drop_index(batch.f('ix_commitment_step_commitment_id'))

    op.drop_table('commitment_step')
    with op.batch_alter_table('answer_rating') as batch:
        batch.drop_index(batch.f('ix_answer_rating_staff_id'))
        batch.drop_index(batch.f('ix_answer_rating_commune_id'))
        batch.drop_index(batch.f('ix_answer_rating_asker_id'))

    op.drop_table('answer_rating')
    with op.batch_alter_table('promise_link') as batch:
        batch.drop_index(batch.f('ix_promise_link_staff_id'))
        batch.drop_index(batch.f('ix_promise_link_commune_id'))

    op.drop_table('promise_link')
    op.drop_table('ladder_step')
