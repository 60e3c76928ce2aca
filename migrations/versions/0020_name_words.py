"""What things are called is kept word by word, so that everything is found from everywhere.

`rung db upgrade` fills it from the rows that are there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "name_word",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "word", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", "row_id", name=op.f("pk_name_word")),
    )
    with op.batch_alter_table("name_word") as batch:
        batch.create_index("ix_name_word_row", ["kind", "row_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("name_word") as batch:
        batch.drop_index("ix_name_word_row")
    op.drop_table("name_word")
