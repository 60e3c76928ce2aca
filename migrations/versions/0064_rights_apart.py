"""Pairs of rights that nobody should hold together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def _right(column: str) -> sa.Column[int]:
    name = op.f(f"fk_rights_apart_{column}_entitlement")
    key = sa.ForeignKey("entitlement.id", ondelete="CASCADE", name=name)
    return sa.Column(column, sa.Integer(), key, nullable=False)


def upgrade() -> None:
    op.create_table(
        "rights_apart",
        sa.Column("id", sa.Integer(), nullable=False),
        _right("one_id"),
        _right("other_id"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_apart")),
        sa.UniqueConstraint(
            "one_id",
            "other_id",
            name=op.f("uq_rights_apart_one_id_other_id"),
        ),
    )
    op.create_index(op.f("ix_rights_apart_other_id"), "rights_apart", ["other_id"])


def downgrade() -> None:
    op.drop_table("rights_apart")
