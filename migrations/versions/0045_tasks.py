"""Improvements, findings and rungs have tasks; the next step is the first of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0039"
branch_labels = None
depends_on = None

OWNERS = {
    "improvement_id": "improvement",
    "iteration_id": "iteration",
    "finding_id": "finding",
    "owner_operator_id": "operator",
    "owner_person_id": "person",
}
improvement = sa.table(
    "improvement",
    sa.column("id", sa.Integer()),
    sa.column("next_what", sa.Text()),
    sa.column("next_who", sa.String()),
    sa.column("next_due", sa.Date()),
    sa.column("owner", sa.String()),
    sa.column("owner_operator_id", sa.Integer()),
    sa.column("owner_person_id", sa.Integer()),
    sa.column("touched_at", sa.DateTime(timezone=True)),
)
operator = sa.table(
    "operator", sa.column("id", sa.Integer()), sa.column("name", sa.String())
)
task = sa.table(
    "improvement_task",
    sa.column("improvement_id", sa.Integer()),
    sa.column("place", sa.Integer()),
    sa.column("state", sa.String()),
    sa.column("what", sa.Text()),
    sa.column("owner", sa.String()),
    sa.column("owner_operator_id", sa.Integer()),
    sa.column("owner_person_id", sa.Integer()),
    sa.column("due", sa.Date()),
    sa.column("ended_by", sa.String()),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("created_by", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "improvement_task",
        sa.Column("id", sa.Integer(), nullable=False,),
        sa.Column("improvement_id", sa.Integer(), nullable=False,),
        sa.Column("iteration_id", sa.Integer(), nullable=True,),
        sa.Column("finding_id", sa.Integer(), nullable=True,),
        sa.Column("place", sa.Integer(), nullable=False,),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "let go",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False,),
        sa.Column("owner", sa.String(), nullable=False,),
        sa.Column("owner_operator_id", sa.Integer(), nullable=True,),
        sa.Column("owner_person_id", sa.Integer(), nullable=True,),
        sa.Column("due", sa.Date(), nullable=True,),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True,),
        sa.Column("ended_by", sa.String(), nullable=False,),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False,),
        sa.Column("created_by", sa.String(), nullable=False,),
        *(_link(column, table) for column, table in OWNERS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_task")),
    )
    for name in OWNERS:
        index = op.f(f"ix_improvement_task_{name}")
        op.create_index(index, "improvement_task", [name],)
    op.create_index(
        "ix_improvement_task_state_due", "improvement_task", ["state", "due"]
    )
    _bring_in_next_steps()


def _link(column: str, table: str) -> sa.ForeignKeyConstraint:
    gone = "SET NULL" if column.startswith("owner_") else None
    name = op.f(f"fk_improvement_task_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=gone,)


def _bring_in_next_steps() -> None:
    """Make a task of each next step; what was said of it stays on the improvement too."""
    bind = op.get_bind()
    operators = {
        name.lower(): number
        for number, name in bind.execute(sa.select(operator.c.id, operator.c.name))
    }
    said = improvement.c.next_what != ""
    steps = sa.select(improvement).where(said).order_by(improvement.c.id)
    for row in bind.execute(steps).all():
        owns = row.next_who == row.owner
        known = row.owner_operator_id if owns else operators.get(row.next_who.lower())
        values = {
            "improvement_id": row.id,
            "place": 1,
            "state": "open",
            "what": row.next_what,
            "owner": row.next_who,
            "owner_operator_id": known,
            "owner_person_id": row.owner_person_id if owns else None,
            "due": row.next_due,
            "ended_by": "",
            "created_at": row.touched_at,
            "created_by": row.next_who,
        }
        bind.execute(task.insert().values(values))


def downgrade() -> None:
    op.drop_table("improvement_task")
