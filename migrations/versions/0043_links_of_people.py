"""People in a rung say by a signed link whether it works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0050"
branch_labels = None
depends_on = None

MOMENTS = ("link_until", "link_sent_at", "answered_at")


def upgrade() -> None:
    mark = sa.Column("link_mark", sa.String(), nullable=False, server_default="")
    op.add_column("participation", mark)
    for name in MOMENTS:
        moment = sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        op.add_column("participation", moment)
    op.add_column("participation", sa.Column("says_works", sa.Boolean(), nullable=True))


def downgrade() -> None:
    for name in ("says_works", *reversed(MOMENTS), "link_mark"):
        op.drop_column("participation", name)
