"""A weekly mail for owners and sponsors; a role stands under an improvement; who carries out a switch
is no field of a rung.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0043"
branch_labels = None
depends_on = None

BEFORE = ("never", "at once", "daily")
HOW = (*BEFORE, "weekly")
ADAPTERS = ("by hand", "role wave")


def _words(*words: str) -> str:
    return ", ".join(f"'{one}'" for one in words)


def _may_be(*words: str) -> None:
    with op.batch_alter_table("notice_choice") as table:
        table.drop_constraint(op.f("ck_notice_choice_how"), type_="check")
        table.create_check_constraint("how", f"how IN ({_words(*words)})")


def upgrade() -> None:
    _may_be(*HOW)
    op.create_table(
        "weekly_told",
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reader", "week", name=op.f("pk_weekly_told")),
    )
    mail = sa.Column("sponsor_mail", sa.String(), nullable=False, server_default="")
    op.add_column("improvement", mail)
    stopped = sa.Column("sponsor_stopped_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("improvement", stopped)
    with op.batch_alter_table("role") as table:
        table.add_column(sa.Column("improvement_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_role_improvement_id_improvement"),
            "improvement",
            ["improvement_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index(op.f("ix_role_improvement_id"), ["improvement_id"])
    with op.batch_alter_table("iteration") as table:
        table.drop_constraint(op.f("ck_iteration_adapter"), type_="check")
        table.drop_column("adapter")


def downgrade() -> None:
    adapter = sa.Enum(*ADAPTERS, name="adapter", native_enum=False, length=20)
    with op.batch_alter_table("iteration") as table:
        table.add_column(
            sa.Column("adapter", adapter, nullable=False, server_default="by hand")
        )
        table.create_check_constraint("adapter", f"adapter IN ({_words(*ADAPTERS)})")
    with op.batch_alter_table("role") as table:
        table.drop_index(op.f("ix_role_improvement_id"))
        table.drop_constraint(
            op.f("fk_role_improvement_id_improvement"), type_="foreignkey"
        )
        table.drop_column("improvement_id")
    op.drop_column("improvement", "sponsor_stopped_at")
    op.drop_column("improvement", "sponsor_mail")
    op.drop_table("weekly_told")
    op.execute("UPDATE notice_choice SET how = 'daily' WHERE how = 'weekly'")
    _may_be(*BEFORE)
