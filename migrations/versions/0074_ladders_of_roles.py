"""A role has a ladder of its own and a gate that may stop; a wave says why it begins beside another
role.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "role", sa.Column("sizes", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column("role", sa.Column("gate_stops", sa.Boolean(), nullable=True))
    op.add_column(
        "wave", sa.Column("beside", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("wave", "beside")
    op.drop_column("role", "gate_stops")
    op.drop_column("role", "sizes")
