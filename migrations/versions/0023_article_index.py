"""Articles are found in a full-text index of their own: an incident's page looks for articles only,
however many incidents there are.
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

VECTOR = "(setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'D'))"
ARTICLES = "search_fts_article"
GONE = "('delete', old.id, old.title, old.body)"


def triggers(index: str, prefix: str, column: str = "", value: str = "") -> tuple[str, ...]:
    """Return what keeps an index as its texts are: those of ``value`` only, or of all but it."""

    def when(row: str) -> str:
        return f" WHEN {row}.{column} {value}" if column else ""

    added = f"INSERT INTO {index}(rowid, title, body) VALUES (new.id, new.title, new.body);"  # noqa: S608 (names of ours)
    gone = added.replace("(rowid", f"({index}, rowid").replace("(new.id, new.title, new.body)", GONE)
    return (
        f"CREATE TRIGGER {prefix}_added AFTER INSERT ON search_text{when('new')} BEGIN {added} END",
        f"CREATE TRIGGER {prefix}_gone AFTER DELETE ON search_text{when('old')} BEGIN {gone} END",
        f"CREATE TRIGGER {prefix}_changed AFTER UPDATE ON search_text{when('new')} BEGIN {gone} {added} END",
    )


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX {ARTICLES} ON search_text USING gin ({VECTOR}) WHERE kind = 'article'")
        return
    _drop("search_text")
    op.execute(
        "INSERT INTO search_fts(search_fts, rowid, title, body) "
        "SELECT 'delete', id, title, body FROM search_text WHERE kind = 'article'"
    )
    op.execute("CREATE VIEW search_article AS SELECT id, title, body FROM search_text WHERE kind = 'article'")
    op.execute(
        f"CREATE VIRTUAL TABLE {ARTICLES} USING fts5(title, body, content='search_article', "
        "content_rowid='id', tokenize='unicode61', prefix='2 3')"
    )
    op.execute("INSERT INTO search_fts_article(rowid, title, body) SELECT id, title, body FROM search_article")
    _make(triggers("search_fts", "search_text", "kind", "<> 'article'"))
    _make(triggers(ARTICLES, "search_article", "kind", "= 'article'"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP INDEX {ARTICLES}")
        return
    _drop("search_text")
    _drop("search_article")
    op.execute(f"DROP TABLE {ARTICLES}")
    op.execute("DROP VIEW search_article")
    op.execute(
        "INSERT INTO search_fts(rowid, title, body) SELECT id, title, body FROM search_text WHERE kind = 'article'"
    )
    _make(triggers("search_fts", "search_text"))


def _drop(prefix: str) -> None:
    for deed in ("added", "gone", "changed"):
        op.execute(f"DROP TRIGGER {prefix}_{deed}")


def _make(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.execute(statement)
