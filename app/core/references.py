"""Where secrets are: ``file:NAME`` in the folder for secrets, ``env:NAME`` from the list; fetched
here alone.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.core.errors import Away, Invalid
from app.core.said import said
from app.core.trust import PREFIX, VARIABLE, Trust

HOW = (
    "Say where it is kept: file:NAME for a file in the folder for secrets, or env:NAME for a "
    "variable that the "
    "settings list. Rung does not store passwords."
)
ONE_LINE = "must be one line of text without control characters"
LONGEST = 8192
KINDS = re.compile(r"(file|env):(?!//)")


def is_reference(text: str) -> bool:
    """Tell whether this only says where a secret is kept: ``file:…`` or ``env:…``."""
    return KINDS.match(text) is not None


def reference_problem(reference: str, trust: Trust) -> str:
    """Return why this may not be named as the place of a secret, or nothing; whether anything is
    there is not told.
    """
    try:
        canonical(reference, trust)
    except Invalid as error:
        return error.message
    return ""


def canonical(reference: str, trust: Trust) -> str:
    """Return the one spelling of a reference that is allowed. Raises ``Invalid``."""
    if not is_reference(reference) or not reference.isprintable():
        raise Invalid(HOW)
    kind, _, place = reference.partition(":")
    return (
        f"file:{_allowed_file(place, trust)}"
        if kind == "file"
        else f"env:{_allowed_variable(place, trust)}"
    )


def fetched(
    reference: str, trust: Trust, environ: Mapping[str, str] | None = None
) -> str:
    """Return the secret behind a reference, one line.

    Raises ``Away`` with a sentence that does not hold it.
    """
    try:
        kind, _, place = canonical(reference, trust).partition(":")
    except Invalid as error:
        raise Away(error.message) from error
    return _from_file(Path(place)) if kind == "file" else _from_variable(place, environ)


def secret_problem(reference: str, trust: Trust) -> str:
    """Return why a secret cannot be fetched, or nothing."""
    try:
        fetched(reference, trust)
    except Away as error:
        return error.message
    return ""


def by_settings(reference: str, trust: Trust) -> Trust:
    """Return what is allowed for a reference that stands in the settings: whoever writes them says
    where it is.
    """
    kind, _, place = reference.partition(":")
    if kind == "env":
        return replace(trust, variables=trust.variables | {place})
    file = Path(os.path.realpath(place)) if place.startswith("/") else None
    return replace(
        trust, own=frozenset(), files=trust.files | ({file} if file else set())
    )


def _allowed_file(place: str, trust: Trust) -> Path:
    named = Path(place)
    if not place or ".." in named.parts or not trust.folders:
        raise _outside(place, trust)
    if not named.is_absolute():
        named = _among_folders(named, trust)
    real = Path(os.path.realpath(named))
    if real in trust.own or not (real in trust.files or _lies_in_a_folder(real, trust)):
        raise _outside(place, trust)
    return real


def _among_folders(name: Path, trust: Trust) -> Path:
    """Return the file of that name in the first folder that has it; in the first one while none
    has.
    """
    there = (
        folder / name for folder in trust.folders if os.path.lexists(folder / name)
    )
    return next(there, trust.folders[0] / name)


def _lies_in_a_folder(real: Path, trust: Trust) -> bool:
    homes = (Path(os.path.realpath(folder)) for folder in trust.folders)
    return any(real != home and real.is_relative_to(home) for home in homes)


def _outside(place: str, trust: Trust) -> Invalid:
    folder = f" ({trust.folders[0]})" if trust.folders else ""
    return Invalid(
        said(
            "file:%(place)s is not one of the files for secrets. Put the "
            "file into the folder for secrets%(folder)s, or let whoever "
            "runs this server list it in the setting secrets_also.",
            place=place,
            folder=folder,
        )
    )


def _allowed_variable(name: str, trust: Trust) -> str:
    if (
        not VARIABLE.fullmatch(name)
        or name.upper().startswith(PREFIX)
        or name not in trust.variables
    ):
        raise Invalid(
            said(
                "env:%(name)s is not one of the variables for secrets. Use "
                "file:NAME, or let whoever runs this server list it in the "
                "setting secrets_env; settings of Rung itself cannot be listed.",
                name=name,
            )
        )
    return name


def _from_file(file: Path) -> str:
    try:
        raw = _bytes_of(file)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise Away(
            said(
                "The file %(file)s for a secret cannot be read (%(strerror)s).",
                file=file,
                strerror=error.strerror,
            )
        ) from error
    except UnicodeDecodeError as error:
        raise Away(
            said("The file %(file)s for a secret is not UTF-8 text.", file=file)
        ) from error
    return _one_line(text, f"The file {file} for a secret")


def _bytes_of(file: Path) -> bytes:
    # The path is resolved already: a link put there meanwhile is not followed, and a pipe keeps
    # nobody waiting.
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as opened:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "no regular file")
        return opened.read(LONGEST + 1)


def _from_variable(name: str, environ: Mapping[str, str] | None) -> str:
    env = os.environ if environ is None else environ
    if not env.get(name):
        raise Away(
            said(
                "A secret should be in the environment variable %(name)s, which "
                "is not set.",
                name=name,
            )
        )
    return _one_line(env[name], f"The environment variable {name}")


def _one_line(text: str, where: str) -> str:
    line = text.removesuffix("\n").removesuffix("\r")
    if not line.strip():
        raise Away(said("%(where)s is empty.", where=where))
    if len(line) > LONGEST or any(
        unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in line
    ):
        raise Away(said("%(where)s %(one_line)s.", where=where, one_line=ONE_LINE))
    return line
