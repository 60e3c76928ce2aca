"""Groups may list their members in several attributes; a membership says in which it stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("attribute", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("membership") as table:
        table.alter_column("attribute", server_default=None)


def downgrade() -> None:
    # What stands in further attributes was not known before; the next reading finds who is a member anyway.
    op.execute("DELETE FROM membership WHERE attribute <> ''")
    op.drop_column("membership", "attribute")
