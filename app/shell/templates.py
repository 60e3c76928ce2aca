"""What every template knows: macros, navigation, words, times in the viewer's zone, and the
freeze.
"""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Any, cast

from flask import Flask, g, request
from flask_babel import Babel, get_translations
from jinja2 import Environment, StrictUndefined
from werkzeug.local import LocalProxy

from app.auth import current_operator
from app.auth.notices import unseen_notices
from app.auth.once import once_key
from app.core.addresses import public_address
from app.core.aside import count_aside
from app.core.htmx import here_in, now_in, told
from app.core.parts import parts
from app.core.said import speak_through, word
from app.core.settings import PROJECT
from app.core.web.paging import this_page, with_question
from app.core.web.speaking import Reader
from app.core.web.words import (
    LOCALE,
    ago,
    clock,
    day,
    figure,
    grouped,
    iso,
    language_tag,
    locale,
    moment,
    percent,
    so_many,
    theme,
    who,
    zone,
)
from app.directory.queries import FreezeNow, current_freeze
from app.models.auth import Notice
from app.shell.around import PartsAround
from app.shell.assets import asset
from app.shell.guard import may
from app.shell.navigation import current_entry, current_tab, entries
from app.shell.ready import ReadyAddresses, text
from app.shell.rows import KeptRows
from app.shell.words import CHANGES, NOTES, fit_mark_of, state_look

MACROS = tuple(
    f"_macros/{name}.html"
    for name in (
        "page",
        "forms",
        "tables",
        "states",
        "lists",
        "trail",
        "imports",
        "listing",
    )
)


class Macros:
    """All macros under one name, ``ui``, in pages and in blocks rendered alone."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        for file in MACROS:
            found = getattr(self._environment.get_template(file).module, name, None)
            if found is not None:
                setattr(self, name, found)
                return found
        raise AttributeError(f"there is no macro {name!r} in templates/_macros")


def init_templates(app: Flask) -> None:
    """Give the templates their words, and refuse the use of a name that nobody gave."""
    Babel(
        app,
        default_locale=LOCALE,
        default_translation_directories=str(PROJECT / "translations"),
        timezone_selector=zone,
        locale_selector=locale,
    )
    speak_through(Reader())
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        ui=Macros(app.jinja_env),
        may=may,
        this_page=this_page,
        with_question=with_question,
        asset=asset,
        theme=theme,
        language_tag=language_tag,
        zone=zone,
        entries=entries,
        current_entry=current_entry,
        current_tab=current_tab,
        rung_version=version("rung"),
        told=told,
        once_key=once_key,
        now_in=now_in,
        here_in=here_in,
        now=_now,
        paper_address=_paper_address,
        current_operator=current_operator,
        out_of_band=False,
        frozen=LocalProxy(_frozen),
        set_aside_count=_set_aside_count,
        unseen_notices=_unseen_notices,
        figure=figure,
        percent=percent,
        grouped=grouped,
        so_many=so_many,
        state_look=state_look,
        change_looks=CHANGES,
        fit_mark_of=fit_mark_of,
        note_icons=NOTES,
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _translated, _translated_plural, newstyle=True
    )
    app.jinja_env.globals["part_around"] = PartsAround(app.jinja_env, _frozen)
    app.jinja_env.globals["kept_rows"] = KeptRows(app.jinja_env)
    app.jinja_env.globals.update(_=text, gettext=text, url_for=ReadyAddresses())
    app.jinja_env.filters.update(
        moment=moment, day=day, ago=ago, iso=iso, who=who, clock=clock, word=word
    )


def _translated(text: str) -> str:
    found: str = _words().ugettext(text)
    return found


def _translated_plural(one: str, many: str, number: int) -> str:
    found: str = _words().ungettext(one, many, number)
    return found


def _words() -> Any:
    # Looked up once a request: a page asks for a hundred texts.
    if "words" not in g:
        g.words = get_translations()
    return g.words


def _set_aside_count() -> int:
    with parts().database.read() as session:
        return count_aside(session)


def _now() -> datetime:
    return parts().now()


def _paper_address() -> str:
    """Return where a printed page is found again: never at a host a browser claims."""
    return public_address(parts().settings, request.full_path.rstrip("?"))


def _unseen_notices() -> list[Notice]:
    operator = current_operator()
    if operator is None:
        return []
    with parts().database.read() as session:
        return unseen_notices(session, operator)


def _frozen() -> FreezeNow | None:
    if "frozen" not in g:
        with parts().database.read() as session:
            g.frozen = current_freeze(session)
    return cast("FreezeNow | None", g.frozen)
