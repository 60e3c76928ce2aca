"""What the owner of an improvement asks for, and what an hour is worth in its business case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0046"
branch_labels = None
depends_on = None

KINDS = ("a decision", "money", "hours", "people")
WORTH = ("hour_worth", "worth_unit", "worth_by", "worth_on", "horizon_years")


def upgrade() -> None:
    op.add_column("improvement", sa.Column("hour_worth", sa.Double(), nullable=True))
    for name in ("worth_unit", "worth_by"):
        text = sa.Column(name, sa.String(), nullable=False, server_default="")
        op.add_column("improvement", text)
    op.add_column("improvement", sa.Column("worth_on", sa.Date(), nullable=True))
    years = sa.Column("horizon_years", sa.Integer(), nullable=False, server_default="1")
    op.add_column("improvement", years)
    op.create_table(
        "case_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("improvement_id", sa.Integer(), nullable=False),
        sa.Column("open_of", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS,
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["improvement_id"],
            ["improvement.id"],
            name=op.f("fk_case_ask_improvement_id_improvement"),
        ),
        sa.ForeignKeyConstraint(
            ["open_of"],
            ["improvement.id"],
            name=op.f("fk_case_ask_open_of_improvement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_ask")),
        sa.UniqueConstraint("open_of", name=op.f("uq_case_ask_open_of")),
    )
    for name in ("improvement_id", "due"):
        op.create_index(op.f(f"ix_case_ask_{name}"), "case_ask", [name])


def downgrade() -> None:
    op.drop_table("case_ask")
    for name in reversed(WORTH):
        op.drop_column("improvement", name)
