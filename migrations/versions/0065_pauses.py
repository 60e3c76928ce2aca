"""A wave and a person can be paused, with who did it, when and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0069"
branch_labels = None
depends_on = None

STATES = (
    "planned",
    "approved",
    "applying",
    "soaking",
    "confirmed",
    "stopped",
    "undoing",
    "undone",
    "withdrawn",
)


def upgrade() -> None:
    _allow(*STATES, "paused")
    for table in ("wave", "switch"):
        op.add_column(table, _text("paused_by", sa.String()))
        op.add_column(
            table, sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True)
        )
    op.add_column("switch", _text("paused_why", sa.Text()))


def _text(name: str, kind: sa.types.TypeEngine[str]) -> sa.Column[str]:
    return sa.Column(name, kind, nullable=False, server_default="")


def _allow(*states: str) -> None:
    quoted = ", ".join(f"'{state}'" for state in states)
    name = op.f("ck_wave_state")
    with op.batch_alter_table("wave") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"state IN ({quoted})")


def downgrade() -> None:
    op.execute("UPDATE wave SET state = 'stopped' WHERE state = 'paused'")
    _allow(*STATES)
    op.drop_column("switch", "paused_why")
    for table in ("wave", "switch"):
        op.drop_column(table, "paused_at")
        op.drop_column(table, "paused_by")
