"""A rung knows the day its change holds from, an improvement the day it was embedded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0036"
branch_labels = None
depends_on = None

iteration = sa.table(
    "iteration",
    sa.column("id", sa.Integer()),
    sa.column("started_at", sa.DateTime(timezone=True)),
    sa.column("changed_on", sa.Date()),
)
improvement = sa.table(
    "improvement",
    sa.column("id", sa.Integer()),
    sa.column("state", sa.String()),
    sa.column("since", sa.DateTime(timezone=True)),
    sa.column("embedded_on", sa.Date()),
)


def upgrade() -> None:
    op.add_column("iteration", sa.Column("changed_on", sa.Date(), nullable=True))
    op.add_column(
        "iteration",
        sa.Column("changed_why", sa.Text(), nullable=False, server_default=""),
    )
    op.add_column("improvement", sa.Column("embedded_on", sa.Date(), nullable=True))
    _fill(iteration, "started_at", "changed_on")
    _fill(improvement, "since", "embedded_on", improvement.c.state == "embedded")


def _fill(
    table: sa.TableClause, moment: str, day: str, *only: sa.ColumnElement[bool]
) -> None:
    """Take the day, in UTC, from the moment of each row that has one."""
    bind = op.get_bind()
    at = table.c[moment]
    rows = bind.execute(sa.select(table.c.id, at).where(at.is_not(None), *only)).all()
    for number, moment_of_row in rows:
        values = {day: _utc_day(moment_of_row)}
        bind.execute(table.update().where(table.c.id == number).values(values))


def _utc_day(moment: datetime) -> date:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def downgrade() -> None:
    op.drop_column("improvement", "embedded_on")
    op.drop_column("iteration", "changed_why")
    op.drop_column("iteration", "changed_on")
