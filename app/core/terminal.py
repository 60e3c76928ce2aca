"""How every command speaks: text or JSON, tables, progress, errors as one line and an exit code."""

from __future__ import annotations

import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.core.addresses import public_address
from app.core.db import plain_reason
from app.core.errors import Invalid, RungError
from app.core.parts import parts
from app.core.schema import make_ready, told_after_upgrade
from ldap_sync.port import DirectoryError, IncompleteRead

REFUSED, USAGE, CONFLICT, AWAY, INTERRUPTED = 1, 2, 3, 4, 130
JSON = "rung.json"
# Directory values may hold escape sequences that would move the cursor or retitle the window of who
# reads them.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


EXPECTED = (
    click.UsageError,
    click.Abort,
    RungError,
    DirectoryError,
    OperationalError,
    OSError,
)


class _Speaking(click.Command):
    """A command whose failures are one line on stderr, in JSON also an object on stdout."""

    def main(
        self, args: Sequence[str] | None = None, *rest: Any, **options: Any
    ) -> NoReturn:
        """Run and end the process with 0, 1 refused, 2 usage, 3 conflict or drift, 4 unavailable,
        130 interrupted.
        """
        given = list(sys.argv[1:] if args is None else args)
        try:
            result = super().main(given, *rest, **{**options, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(USAGE)
        except BrokenPipeError:
            os.dup2(
                os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
            )  # else Python complains while it ends
            sys.exit(0)
        except EXPECTED as error:
            _tell(_explained(error), as_json="--json" in given)
        sys.exit(result if isinstance(result, int) else 0)


class RungCommand(_Speaking):
    """A command that takes ``--json`` and runs inside the app, so that ``parts()`` works."""

    def __init__(
        self,
        *args: Any,
        needs_tables: bool = True,
        makes_data: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needs_tables = needs_tables
        self.makes_data = makes_data
        self.params.append(
            click.Option(
                ["--json"],
                is_flag=True,
                expose_value=False,
                help="Print JSON instead of text.",
                callback=_note_json,
            )
        )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command inside the app that ``ctx.obj`` makes, after the tables were brought up
        to date.
        """
        app: Flask = ctx.obj()
        with app.app_context():
            if self.needs_tables and self._made_ready():
                for line in told_after_upgrade(parts()):
                    click.echo(safe(line), err=True)
            return super().invoke(ctx)

    def _made_ready(self) -> bool:
        backups = parts().settings.backups
        return make_ready(parts().database, backups, may_begin=self.makes_data)


class RungGroup(_Speaking, click.Group):
    """A group of commands that all follow the convention."""

    command_class = RungCommand
    group_class = type


MONTH_FIRST = click.option(
    "--month-first/--day-first",
    "months_first",
    default=None,
    help="What stands first in 03/02/2026.",
)
"""The option of every command that reads a table with dates."""


def command(
    name: str, *, needs_tables: bool = True, makes_data: bool = False, **options: Any
) -> Callable[[Callable[..., Any]], RungCommand]:
    """Make a function a command with ``--json``.

    One that needs no tables runs whatever state the database is in.

    Only one that ``makes_data`` makes a data folder and a database where there is none.
    """
    return click.command(
        name,
        cls=RungCommand,
        needs_tables=needs_tables,
        makes_data=makes_data,
        **options,
    )


def group(name: str, **options: Any) -> Callable[[Callable[..., Any]], RungGroup]:
    """Make a function a group; its ``@group.command(...)`` take ``--json`` by themselves."""
    return click.group(name, cls=RungGroup, **options)


def wants_json() -> bool:
    """Tell whether the running command was called with ``--json``."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(JSON))


def emit(data: Any, text: str | Iterable[str] = ()) -> None:
    """Print the result once: ``data`` as JSON when asked for, else ``text``, a string or lines."""
    if wants_json():
        click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))
        return
    for line in [text] if isinstance(text, str) else text:
        click.echo(safe(line))


def safe(text: str) -> str:
    """Return ``text`` without control characters that a terminal would obey; line ends and tabs
    stay.
    """
    return UNSAFE.sub("�", text)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return aligned columns under headers; numbers stand right. No rows: an empty text."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return ""
    columns = list(zip(list(headers), *cells, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    right = [
        all(re.fullmatch(r"-?[\d.,]*%?", cell) for cell in column[1:])
        for column in columns
    ]
    return "\n".join(_row(line, widths, right) for line in [list(headers), *cells])


def address_of(path: str) -> str:
    """Return the full address of ``path`` on the web server of this installation."""
    return public_address(parts().settings, path)


def read_password(file: Path | None, question: str = "Password") -> str:
    """Return the first line of ``file``, what was typed twice, or one piped line.

    Raises ``Invalid`` for none.
    """
    if file is not None:
        return _first_line(
            file.read_text(encoding="utf-8"), f"{file} holds no password."
        )
    if sys.stdin.isatty():
        return str(click.prompt(question, hide_input=True, confirmation_prompt=True))
    return _first_line(
        sys.stdin.readline(),
        "No password was given: say --password-file FILE, or pipe it in.",
    )


def _first_line(text: str, otherwise: str) -> str:
    first = next(iter(text.splitlines()), "")
    if not first:
        raise Invalid(otherwise, field="password_file")
    return first


class ProgressLine:
    """One line on stderr that tells how far long work has come; rewritten on a terminal, rare
    elsewhere.
    """

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = time.monotonic()
        self._shown = False

    def __call__(self, what: str, count: int = 0, total: int = 0) -> None:
        """Tell what is being done and how many are through, of how many where that is known."""
        if time.monotonic() - self._last < (0.1 if self._live else 5.0):
            return
        self._last, self._shown = time.monotonic(), True
        number = f" {count:,}" if count or total else ""
        text = safe(f"{what}{number}" + (f" of {total:,}" if total else ""))
        click.echo(
            f"\r\x1b[K{text}" if self._live else text, err=True, nl=not self._live
        )

    def end(self) -> None:
        """Take the line away."""
        if self._live and self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def progress_line() -> Iterator[ProgressLine]:
    """Yield a ``ProgressLine`` to call as ``tell("people", 1200)``; it is taken away at the end."""
    line = ProgressLine()
    try:
        yield line
    finally:
        line.end()


def _note_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    ctx.meta[JSON] = ctx.meta.get(JSON, False) or value


@dataclass(frozen=True, slots=True)
class _Failure:
    message: str
    code: int
    details: tuple[str, ...] = ()


def _explained(error: Exception) -> _Failure:
    match error:
        case click.UsageError():
            return _Failure(f"{error.format_message()} {_hint(error)}".strip(), USAGE)
        case click.Abort():
            interrupted = isinstance(error.__cause__, KeyboardInterrupt)
            return (
                _Failure("interrupted", INTERRUPTED)
                if interrupted
                else _Failure("no answer was given", USAGE)
            )
        case RungError():
            return _Failure(error.message, error.exit_code, error.details)
        case DirectoryError():
            return _Failure(
                str(error), REFUSED if isinstance(error, IncompleteRead) else AWAY
            )
        case OperationalError():
            return _Failure(plain_reason(error), AWAY)
        case OSError():
            return _Failure(
                f"{error.filename or 'input or output'}: {error.strerror}", REFUSED
            )
    raise error


def _tell(failure: _Failure, *, as_json: bool) -> NoReturn:
    if as_json:
        answer = {"error": failure.message, "details": list(failure.details)}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    more = [detail for detail in failure.details if detail not in failure.message]
    message = f"{failure.message} ({'; '.join(more)})" if more else failure.message
    click.echo(f"rung: {safe(' '.join(message.split()))}", err=True)
    sys.exit(failure.code)


def _hint(error: click.UsageError) -> str:
    return f"Try `{error.ctx.command_path} --help`." if error.ctx else ""


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Path, bytes)) or not isinstance(value, Iterable):
        return str(value)
    return list(value)


def _cell(value: object) -> str:
    return "" if value is None else safe(str(value)).replace("\n", " ")


def _width(text: str) -> int:
    return sum(
        0
        if unicodedata.combining(char)
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (width - _width(cell)) + cell
        if rightwards
        else cell + " " * (width - _width(cell))
        for cell, width, rightwards in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()
