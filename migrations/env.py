"""How Alembic reaches our tables; ``app.core.schema``, which opens the connection, calls it."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from alembic import context

import app.core.aside
import app.core.names
import app.core.reference_uses
import app.core.search
import app.models
from app.core.audit import AuditValue
from app.core.db import Base, UTCTime
from app.core.schema import PLUGINS, check_guards, check_links, guards, modelled

for _found in walk_packages(app.models.__path__, "app.models."):
    import_module(_found.name)

SPELLINGS: dict[type, str] = {
    UTCTime: "sa.DateTime(timezone=True)",
    AuditValue: "sa.Text()",
}


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own column types as plain ones: old revisions must not depend on today's code."""
    return SPELLINGS.get(type(item), False) if kind == "type" else False


def checked(*, ctx: Any, step: Any, **_: Any) -> None:
    """Look for lost rows and triggers while the revision's transaction can be taken back."""
    check_links(ctx.connection)
    if step.is_upgrade:
        check_guards(ctx.connection, standing)
    standing.clear()
    standing.update(guards(ctx.connection))


connection = context.config.attributes["connection"]
standing = guards(connection)
connection.rollback()  # each revision is a transaction of its own
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    include_name=modelled,
    transactional_ddl=True,
    transaction_per_migration=True,
    autogenerate_plugins=PLUGINS,
    on_version_apply=checked,
)
with context.begin_transaction():
    context.run_migrations()
