"""What kept an improvement from being started; complaints about how people were treated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0082"
branch_labels = None
depends_on = None

DEFECTS = (
    "ping-pong",
    "bad information",
    "explaining twice",
    "wrong priority",
    "other",
)
TREATMENT = "how we were treated"
REASONS = ("its cost", "its risk", "cost and risk", "no time", "something else")


def upgrade() -> None:
    _allow(*DEFECTS, TREATMENT)
    held_back = sa.Enum(
        *REASONS,
        name=op.f("ck_improvement_held_back"),
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    with op.batch_alter_table("improvement") as table:
        table.add_column(sa.Column("held_back", held_back, nullable=True))


def _allow(*defects: str) -> None:
    quoted = ", ".join(f"'{defect}'" for defect in defects)
    name = op.f("ck_complaint_defect")
    with op.batch_alter_table("complaint") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"defect IN ({quoted})")


def downgrade() -> None:
    complaint = sa.table("complaint", sa.column("defect", sa.String()))
    treated = complaint.c.defect == TREATMENT
    op.execute(complaint.update().where(treated).values(defect="other"))
    _allow(*DEFECTS)
    with op.batch_alter_table("improvement") as table:
        table.drop_constraint(op.f("ck_improvement_held_back"), type_="check")
        table.drop_column("held_back")
