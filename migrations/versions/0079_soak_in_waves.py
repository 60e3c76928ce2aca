"""What a plan says of the time after the move stands beside it."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0074"
branch_labels = None
depends_on = None

DAYS = ("soak_days", "soak_deadline_days")
WAVE = sa.table(
    "wave", *map(sa.column, ("id", "plan", *DAYS, "soak_then"))
)


def upgrade() -> None:
    for name in DAYS:
        op.add_column("wave", sa.Column(name, sa.Integer(), nullable=True))
    then = sa.Column("soak_then", sa.String(), nullable=False, server_default="")
    op.add_column("wave", then)
    connection = op.get_bind()
    numbers = connection.scalars(sa.select(WAVE.c.id)).all()
    for number in numbers:
        mine = WAVE.c.id == number
        soak = _said(connection.scalar(sa.select(WAVE.c.plan).where(mine)))
        if soak:
            known = {
                "soak_days": soak["days"],
                "soak_deadline_days": soak["deadline_days"],
                "soak_then": soak["then"],
            }
            connection.execute(sa.update(WAVE).where(mine).values(known))


def _said(plan: str | None) -> dict[str, object]:
    """Return what a plan says of it; nothing where it says nothing, or is damaged."""
    try:
        return json.loads(plan or "{}").get("soak") or {}
    except json.JSONDecodeError:
        return {}


def downgrade() -> None:
    for name in (*DAYS, "soak_then"):
        op.drop_column("wave", name)
