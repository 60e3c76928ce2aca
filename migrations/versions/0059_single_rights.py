"""Rights are given and taken one by one, without a role; what ends an exception is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0057"
branch_labels = None
depends_on = None

def upgrade() -> None:
    with op.batch_alter_table("role") as role:
        role.add_column(
            sa.Column("single", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("access_exception") as kept:
        kept.add_column(sa.Column("ending_id", sa.Integer(), nullable=True))
        kept.add_column(
            sa.Column("held_up", sa.Text(), server_default="", nullable=False)
        )
        kept.create_foreign_key(
            op.f("fk_access_exception_ending_id_switch"),
            "switch",
            ["ending_id"],
            ["id"],
            ondelete="SET NULL",
        )
        kept.create_index(op.f("ix_access_exception_ending_id"), ["ending_id"])


def downgrade() -> None:
    with op.batch_alter_table("access_exception") as kept:
        kept.drop_index(op.f("ix_access_exception_ending_id"))
        kept.drop_constraint(
            op.f("fk_access_exception_ending_id_switch"), type_="foreignkey"
        )
        kept.drop_column("held_up")
        kept.drop_column("ending_id")
    # To an older version what stands for single rights is a retired role without rights.
    with op.batch_alter_table("role") as role:
        role.drop_column("single")
