"""What became other than a plan promised has its rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0052"
branch_labels = None
depends_on = None

KINDS = (
    *("right lost", "direct came back", "out of the role"),
    *("role link cut", "group gone", "stranger in role"),
)
STATES = ("open", "repaired", "accepted", "undone", "gone by itself")
REFERENCES = (
    *(("role_id", "role", "CASCADE"), ("wave_id", "wave", "CASCADE")),
    *(("switch_id", "switch", "CASCADE"), ("person_id", "person", "CASCADE")),
    ("entitlement_id", "entitlement", "SET NULL"),
    ("repair_id", "wave", "SET NULL"),
)


def _one_of(name: str, words: tuple[str, ...]) -> sa.Column[str]:
    kind = sa.Enum(
        *words,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    return sa.Column(name, kind, nullable=False,)


def _text(name: str, kind: type[sa.String] = sa.String) -> sa.Column[str]:
    return sa.Column(name, kind(), nullable=False,)


def _moment(name: str, *, always: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not always,)


def _reference(name: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    named = op.f(f"fk_drift_{name}_{table}")
    return sa.ForeignKeyConstraint(
        [name], [f"{table}.id"], name=named, ondelete=ondelete
    )


def upgrade() -> None:
    op.create_table(
        "drift",
        sa.Column("id", sa.Integer(), nullable=False,),
        *(
            sa.Column(name, sa.Integer(), nullable=name != "role_id",)
            for name, _table, _how in REFERENCES
        ),
        sa.Column("mark", sa.Text(), nullable=True,),
        _one_of("kind", KINDS,),
        _one_of("state", STATES,),
        *(_text("right", sa.Text,), _text("who", sa.Text,), _text("lens")),
        *(_moment("first_seen", always=True,), _moment("last_seen", always=True,)),
        *(_text("by_whom", sa.Text,), _moment("asked_at")),
        *(_text("decided_by"), _moment("decided_at"), _text("reason", sa.Text,)),
        _moment("ended_at"),
        *(_reference(*each) for each in REFERENCES),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift"),),
        sa.UniqueConstraint("mark", name=op.f("uq_drift_mark"),),
    )
    for name in ("wave_id", "switch_id", "person_id"):
        op.create_index(op.f(f"ix_drift_{name}"), "drift", [name],)
    op.create_index("ix_drift_role_state", "drift", ["role_id", "state",],)


def downgrade() -> None:
    op.drop_table("drift")
