"""Roll-outs: the seat of the desk, which calls are expected, what has to be there."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0118"
branch_labels = None
depends_on = None

STATES = ("planned", "ready", "running", "closing", "closed")
KINDS = ("readiness", "volunteer", "report", "article")


def upgrade() -> None:
    op.create_table(
        "rollout",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("rollout", "improvement_id", "improvement", "CASCADE"),
        sa.Column("title", sa.String(), nullable=False),
        _word("state", STATES),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        _key("rollout", "analogue_id", "rollout", "SET NULL"),
        sa.Column("desk_member", sa.String(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("hands_on", sa.Date(), nullable=True),
        sa.Column("known_errors", sa.Text(), nullable=False),
        sa.Column("hours_there", sa.Double(), nullable=True),
        sa.Column("staffing", sa.Text(), nullable=False),
        sa.Column("has_it", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bands", sa.JSON(), nullable=False),
        sa.Column("actuals", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout")),
    )
    op.create_table(
        "expected_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("expected_calls", "rollout_id", "rollout", "CASCADE"),
        _key("expected_calls", "service_id", "service", "SET NULL"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("decay", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_calls")),
    )
    op.create_table(
        "rollout_item",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("rollout_item", "rollout_id", "rollout", "CASCADE"),
        _word("kind", KINDS),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        _key("rollout_item", "article_id", "article", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollout_item")),
    )
    for table, name in (
        ("rollout", "improvement_id"),
        ("rollout", "analogue_id"),
        ("rollout", "state"),
        ("expected_calls", "rollout_id"),
        ("expected_calls", "service_id"),
        ("rollout_item", "rollout_id"),
        ("rollout_item", "article_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def _key(table: str, name: str, to: str, ending: str) -> sa.Column[int]:
    constraint = op.f(f"fk_{table}_{name}_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete=ending, name=constraint)
    return sa.Column(name, sa.Integer(), key, nullable=ending == "SET NULL")


def _word(name: str, values: Sequence[str]) -> sa.Column[str]:
    kind = sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=20
    )
    return sa.Column(name, kind, nullable=False)


def downgrade() -> None:
    op.drop_table("rollout_item")
    op.drop_table("expected_calls")
    op.drop_table("rollout")
