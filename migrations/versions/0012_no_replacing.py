"""What may only be added to refuses INSERT OR REPLACE too, which on SQLite removes a row without a word."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IN_THE_WAY = {
    "audit_event": "id = NEW.id OR hash = NEW.hash",
    "measurement": "id = NEW.id OR (metric_id, day, label, attempt) = (NEW.metric_id, NEW.day, NEW.label, NEW.attempt)",
    "decision": "id = NEW.id OR iteration_id = NEW.iteration_id",
    "iteration_snapshot": "id = NEW.id OR iteration_id = NEW.iteration_id",
    "business_case": "id = NEW.id",
}
SQLITE = """CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, same in IN_THE_WAY.items():
            op.execute(SQLITE.format(table=table, same=same))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in IN_THE_WAY:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")
