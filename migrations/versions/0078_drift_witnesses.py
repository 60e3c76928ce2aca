"""When somebody changed a group by hand, and how the directory knows who did it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0064"
branch_labels = None
depends_on = None

LAST = ", who changed the group last"
TEXTS = ("told_by", "on_server")
DRIFT = sa.table(
    "drift", sa.column("id"), sa.column("by_whom"), sa.column("told_by")
)


def upgrade() -> None:
    moment = sa.Column("done_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("drift", moment)
    for name in TEXTS:
        column = sa.Column(name, sa.Text(), nullable=False, server_default="")
        op.add_column("drift", column)
    told = sa.select(DRIFT.c.id, DRIFT.c.by_whom).where(DRIFT.c.by_whom.endswith(LAST))
    for number, text in op.get_bind().execute(told).all():
        known = {"by_whom": text.removesuffix(LAST), "told_by": "last change"}
        op.execute(sa.update(DRIFT).where(DRIFT.c.id == number).values(known))


def downgrade() -> None:
    for name in ("done_at", *TEXTS):
        op.drop_column("drift", name)
