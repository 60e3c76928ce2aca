"""Points left out go along when the period of a metric changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0072"
branch_labels = None
depends_on = None

COLUMNS = ("change_id", "gone_with_id")


def upgrade() -> None:
    with op.batch_alter_table("metric_left_out") as table:
        for name in COLUMNS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))
            table.create_foreign_key(
                f"fk_metric_left_out_{name}_metric_period_change",
                "metric_period_change",
                [name],
                ["id"],
            )


def downgrade() -> None:
    with op.batch_alter_table("metric_left_out") as table:
        for name in reversed(COLUMNS):
            table.drop_constraint(
                f"fk_metric_left_out_{name}_metric_period_change", type_="foreignkey"
            )
            table.drop_column(name)
