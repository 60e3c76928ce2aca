"""Which application asks which group how, by the directory's own log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0056"
branch_labels = None
depends_on = None


def _link(table: str, to: str, *, optional: bool = False) -> sa.Column[int]:
    column = {"directory_log": "log"}.get(to, to) + "_id"
    name = op.f(f"fk_{table}_{column}_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete="CASCADE", name=name)
    return sa.Column(column, sa.Integer(), key, nullable=optional)


def upgrade() -> None:
    op.create_table(
        "directory_log",
        sa.Column("id", sa.Integer(), nullable=False),
        _link("directory_log", "directory"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_log")),
        sa.UniqueConstraint(
            "directory_id", "mark", name=op.f("uq_directory_log_directory_id_mark")
        ),
    )
    op.create_index(
        op.f("ix_directory_log_directory_id"), "directory_log", ["directory_id"]
    )
    op.create_table(
        "asked_group",
        sa.Column("id", sa.Integer(), nullable=False),
        _link("asked_group", "directory_log"),
        _link("asked_group", "entitlement", optional=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_group")),
    )
    op.create_index(op.f("ix_asked_group_log_id"), "asked_group", ["log_id"])
    op.create_index(
        op.f("ix_asked_group_entitlement_id"), "asked_group", ["entitlement_id"]
    )


def downgrade() -> None:
    op.drop_table("asked_group")
    op.drop_table("directory_log")
