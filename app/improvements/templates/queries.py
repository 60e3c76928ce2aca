"""Templates to start from: those that came with Rung, what somebody here made of them, and own
ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.said import said
from app.improvements.templates.rules import Template, parse
from app.models.improvements.improvement import OwnTemplate

SHIPPED = Path(__file__).resolve().parent / "shipped"


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template with its text; ``revision`` is 0 as long as nobody here changed what came with
    Rung.
    """

    template: Template
    text: str
    revision: int
    shipped: bool
    changed_by: str = ""

    @property
    def key(self) -> str:
        """The name it has in addresses."""
        return self.template.key


def all_templates(session: Session) -> list[TemplateLine]:
    """Return all templates by title. One query."""
    own = {one.key: one for one in session.scalars(select(OwnTemplate))}
    lines = [_line(key, own.get(key)) for key in sorted({*shipped_texts(), *own})]
    return sorted(lines, key=lambda line: line.template.title.casefold())


def get_template(session: Session, key: str) -> TemplateLine:
    """Return one template. Raises ``NotFound``."""
    own = session.scalars(
        select(OwnTemplate).where(OwnTemplate.key == key)
    ).one_or_none()
    if own is None and key not in shipped_texts():
        raise NotFound(said("There is no template %(key)s.", key=key))
    return _line(key, own)


@cache
def shipped_texts() -> dict[str, str]:
    """Return the texts of the templates that came with Rung, by key."""
    return {
        file.stem: file.read_text(encoding="utf-8")
        for file in sorted(SHIPPED.glob("*.toml"))
    }


def _line(key: str, own: OwnTemplate | None) -> TemplateLine:
    text = own.content if own else shipped_texts()[key]
    who = own.changed_by if own else ""
    return TemplateLine(
        parse(key, text), text, own.revision if own else 0, key in shipped_texts(), who
    )
