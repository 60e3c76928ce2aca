"""Objections: what was said against an improvement, and what answered it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0109"
branch_labels = None
depends_on = None

STEPS = ("awareness", "desire", "knowledge", "ability", "reinforcement")
KINDS = ("measurement", "finding", "decision", "conversation")
KEYS = {
    "improvement_id": ("improvement", "CASCADE"),
    "stakeholder_id": ("stakeholder", "CASCADE"),
    "metric_id": ("metric", "SET NULL"),
    "finding_id": ("finding", "SET NULL"),
    "decision_id": ("decision", "SET NULL"),
    "contact_id": ("stakeholder_contact", "SET NULL"),
}


def upgrade() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_key(name, to, ending) for name, (to, ending) in KEYS.items()),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        _word("barrier", STEPS, none=True),
        sa.Column("follow_up", sa.Date(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        _word("state", ("open", "answered")),
        _word("answered_with", KINDS, none=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    for name in KEYS:
        op.create_index(op.f(f"ix_objection_{name}"), "objection", [name])
    op.create_index(
        "ix_objection_state_follow_up", "objection", ["state", "follow_up"]
    )


def _key(name: str, to: str, ending: str) -> sa.Column[int]:
    constraint = op.f(f"fk_objection_{name}_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete=ending, name=constraint)
    return sa.Column(name, sa.Integer(), key, nullable=name != "improvement_id")


def _word(
    name: str, values: Sequence[str], *, none: bool = False
) -> sa.Column[str]:
    kind = sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=20
    )
    return sa.Column(name, kind, nullable=none)


def downgrade() -> None:
    op.drop_table("objection")
