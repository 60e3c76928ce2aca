"""Rights can be tried without for some days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0061"
branch_labels = None
depends_on = None

STATES = ("planned off", "off", "coming back", "back", "off for good", "not tried")


def _of(name: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [name],
        [f"{table}.id"],
        name=op.f(f"fk_right_trial_{name}_{table}"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    state = sa.Enum(
        *STATES,
        name="state",
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    op.create_table(
        "right_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entitlement_id", sa.Integer(), nullable=False),
        sa.Column("switch_id", sa.Integer(), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quiet_until", sa.Date(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _of("person_id", "person"),
        _of("entitlement_id", "entitlement"),
        _of("switch_id", "switch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_right_trial")),
    )
    for column in ("person_id", "switch_id", "state"):
        op.create_index(op.f(f"ix_right_trial_{column}"), "right_trial", [column])


def downgrade() -> None:
    op.drop_table("right_trial")
