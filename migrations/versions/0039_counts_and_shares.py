"""A metric may be counted, and a value keeps how many of how many it was made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TALLIES = ("measured", "share of cases", "events per so many", "number of events")


def upgrade() -> None:
    for name in ("part", "whole"):
        op.add_column("measurement", sa.Column(name, sa.Double(), nullable=True))
    tally = sa.Enum(*TALLIES, name="tally", native_enum=False, length=20)
    with op.batch_alter_table("metric") as table:
        table.add_column(
            sa.Column("tally", tally, nullable=False, server_default="measured")
        )
        quoted = ", ".join(f"'{one}'" for one in TALLIES)
        table.create_check_constraint("tally", f"tally IN ({quoted})")


def downgrade() -> None:
    with op.batch_alter_table("metric") as table:
        table.drop_constraint(op.f("ck_metric_tally"), type_="check")
        table.drop_column("tally")
    op.drop_column("measurement", "whole")
    op.drop_column("measurement", "part")
