"""People keep the other names under which they sign in: user@domain and DOMAIN\\user."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NAMES = ("principal", "domain_login")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("person", sa.Column(name, sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("person") as batch:
        for name in NAMES:
            batch.alter_column(name, server_default=None)


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_column("person", name)
