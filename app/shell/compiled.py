"""Templates compiled once and kept on the disk, so that no process that answers compiles one."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import jinja2
from flask import Flask, current_app
from jinja2 import FileSystemBytecodeCache

from app.core.parts import parts
from app.core.settings import PROJECT

MADE_BY = ("app/shell/templates.py", "app/shell/compiled.py")
"""What says how templates are read; when it changes, all are compiled anew."""
DONE = "all"


def keep_compiled(app: Flask, home: Path) -> bool:
    """Have ``app`` look for its templates in the data folder first; tell whether all are there.

    What another version compiled is thrown away.
    """
    mine = _folder(home)
    for other in mine.parent.glob("*"):
        if other != mine:
            shutil.rmtree(other, ignore_errors=True)
    mine.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(mine))
    return (mine / DONE).exists()


def compile_all() -> None:
    """Compile every template; one that changes later is compiled again by whoever needs it."""
    environment = current_app.jinja_env
    for name in environment.list_templates():
        environment.get_template(name)
    (_folder(parts().settings.home) / DONE).touch()


def _folder(home: Path) -> Path:
    texts = [(PROJECT / name).read_bytes() for name in MADE_BY]
    version = sha256(b"".join([jinja2.__version__.encode(), *texts])).hexdigest()
    return home / "compiled" / version[:16]
