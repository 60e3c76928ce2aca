"""Visits, and what was heard on them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None

STATES = ("planned", "held", "cancelled")
BECOMES = ("finding", "objection", "task")
KINDS = ('in person', 'visit at work', 'by phone', 'in a meeting', 'in a small group', 'one to one', 'in writing')


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        _word("kind", KINDS),
        _key("visit", "site_id", "site", "SET NULL"),
        _key("visit", "stakeholder_id", "stakeholder", "CASCADE"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        _word("state", STATES),
        sa.Column("heard", sa.Text(), nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_state_day", "visit", ["state", "day"])
    op.create_table(
        "visit_heard",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("visit_heard", "visit_id", "visit", "CASCADE", none=False),
        _word("kind", BECOMES),
        sa.Column("text", sa.Text(), nullable=False),
        _key("visit_heard", "finding_id", "finding", "SET NULL"),
        _key("visit_heard", "objection_id", "objection", "SET NULL"),
        _key("visit_heard", "task_id", "improvement_task", "SET NULL"),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_heard")),
    )
    for table, names in (
        ("visit", ("site_id", "stakeholder_id")),
        ("visit_heard", ("visit_id", "finding_id", "objection_id", "task_id")),
    ):
        for name in names:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def _made() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
    )


def _key(
    table: str, name: str, to: str, ending: str, *, none: bool = True
) -> sa.Column[int]:
    constraint = op.f(f"fk_{table}_{name}_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete=ending, name=constraint)
    return sa.Column(name, sa.Integer(), key, nullable=none)


def _word(name: str, values: Sequence[str]) -> sa.Column[str]:
    kind = sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=20
    )
    return sa.Column(name, kind, nullable=False)


def downgrade() -> None:
    op.drop_table("visit_heard")
    op.drop_table("visit")
