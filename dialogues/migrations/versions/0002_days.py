"""Rule values, days off, steps done by hand around a dialogue, periodic reports sent

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-22 20:15:00

"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_holiday_commune_id_commune")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("commune_id", "on_day", name=op.f("uq_holiday_commune_id_on_day")),
    )
    with op.batch_alter_table("holiday") as batch_op:
        batch_op.create_index(batch_op.f("ix_holiday_commune_id"), ["commune_id"])
    op.create_table(
        "rule_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_rule_value_commune_id_commune")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_value")),
        sa.UniqueConstraint(
            "commune_id", "rule", "valid_from", name=op.f("uq_rule_value_commune_id_rule_valid_from")
        ),
    )
    with op.batch_alter_table("rule_value") as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_value_commune_id"), ["commune_id"])
    op.create_table(
        "done_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("dialogue_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_done_step_commune_id_commune")),
        sa.ForeignKeyConstraint(
            ["dialogue_id"], ["dialogue.id"], name=op.f("fk_done_step_dialogue_id_dialogue"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_done_step_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_done_step")),
        sa.UniqueConstraint("dialogue_id", "step", name=op.f("uq_done_step_dialogue_id_step")),
    )
    with op.batch_alter_table("done_step") as batch_op:
        batch_op.create_index(batch_op.f("ix_done_step_commune_id"), ["commune_id"])
        batch_op.create_index(batch_op.f("ix_done_step_dialogue_id"), ["dialogue_id"])
        batch_op.create_index(batch_op.f("ix_done_step_staff_id"), ["staff_id"])
    op.create_table(
        "period_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["commune_id"], ["commune.id"], name=op.f("fk_period_report_commune_id_commune")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_period_report_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_report")),
        sa.UniqueConstraint(
            "commune_id", "period", "ends_on", name=op.f("uq_period_report_commune_id_period_ends_on")
        ),
    )
    with op.batch_alter_table("period_report") as batch_op:
        batch_op.create_index(batch_op.f("ix_period_report_commune_id"), ["commune_id"])
        batch_op.create_index(batch_op.f("ix_period_report_staff_id"), ["staff_id"])


def downgrade():
    op.drop_table("period_report")
    op.drop_table("done_step")
    op.drop_table("rule_value")
    op.drop_table("holiday")
