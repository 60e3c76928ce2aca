"""Every open undo is tried each night without writing; drills prove the way back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

OUTCOMES = ("clean", "conflicts", "impossible")


def upgrade() -> None:
    outcome = sa.Enum(
        *OUTCOMES, name="outcome", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "undo_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("switch_id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", outcome, nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["switch_id"],
            ["switch.id"],
            name=op.f("fk_undo_look_switch_id_switch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo_look")),
        sa.UniqueConstraint("switch_id", name=op.f("uq_undo_look_switch_id")),
    )
    op.create_index(op.f("ix_undo_look_looked_at"), "undo_look", ["looked_at"])
    op.create_table(
        "drill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directory_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("up_seconds", sa.Double(), nullable=False),
        sa.Column("down_seconds", sa.Double(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        _link("directory", "CASCADE"),
        _link("person", "CASCADE"),
        _link("wave", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
    )
    for name in ("directory_id", "person_id", "wave_id"):
        op.create_index(op.f(f"ix_drill_{name}"), "drill", [name])


def _link(other: str, gone: str) -> sa.ForeignKeyConstraint:
    column = f"{other}_id"
    name = op.f(f"fk_drill_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=gone)


def downgrade() -> None:
    op.drop_table("drill")
    op.drop_table("undo_look")
