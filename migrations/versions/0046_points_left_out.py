"""A point of a metric may be left out with a reason, and taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "metric_left_out",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"],
            ["metric.id"],
            name=op.f("fk_metric_left_out_metric_id_metric"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_left_out")),
    )
    op.create_index(
        op.f("ix_metric_left_out_metric_id"), "metric_left_out", ["metric_id"]
    )


def downgrade() -> None:
    op.drop_table("metric_left_out")
