"""Operators say how they want to be told of what waits for them, and are told of nothing twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

HOW = ("never", "at once", "daily")


def upgrade() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column(
            "how", sa.Enum(*HOW, name="how", native_enum=False, create_constraint=True, length=20), nullable=False
        ),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("daily_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_notice_choice_operator_id_operator"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "notice_told",
        sa.Column("operator_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_notice_told_operator_id_operator"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operator_id", "key", name=op.f("pk_notice_told")),
    )
    with op.batch_alter_table("notice_told") as batch:
        batch.create_index(batch.f("ix_notice_told_at"), ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("notice_told") as batch:
        batch.drop_index(batch.f("ix_notice_told_at"))
    op.drop_table("notice_told")
    op.drop_table("notice_choice")
