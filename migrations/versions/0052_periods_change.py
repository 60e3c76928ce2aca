"""The period of a metric may be changed although it has values, and that be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0048"
branch_labels = None
depends_on = None

PERIODS = ("day", "week", "month", "group of tickets")
WAYS = ("their sum", "all cases together", "their mean", "the last of them")


def _one_of(name: str, words: tuple[str, ...]) -> sa.Column[str]:
    kind = sa.Enum(
        *words,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "metric_period_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("metric_id", sa.Integer(), nullable=False),
        _one_of("before", PERIODS),
        _one_of("after", PERIODS),
        _one_of("together", WAYS),
        sa.Column("last_before", sa.Integer(), nullable=False),
        sa.Column("last_after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["metric_id"],
            ["metric.id"],
            name=op.f("fk_metric_period_change_metric_id_metric"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_period_change")),
    )
    op.create_index(
        op.f("ix_metric_period_change_metric_id"),
        "metric_period_change",
        ["metric_id"],
    )


def downgrade() -> None:
    op.drop_table("metric_period_change")
