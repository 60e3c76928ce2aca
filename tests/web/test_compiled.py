"""Templates are compiled once for all processes, and anew when they or what reads them change."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, render_template
from jinja2 import ChoiceLoader, FileSystemLoader
from jinja2.environment import Environment

from app.core.settings import Settings
from app.shell.compiled import compile_all, keep_compiled
from tests.pages import Pages


@pytest.fixture
def home(app: Flask, settings: Settings) -> Path:
    with app.app_context():
        assert not keep_compiled(app, settings.home)
        compile_all()
    app.jinja_env.cache.clear()
    return settings.home


def test_what_was_compiled_is_compiled_no_more_and_reads_the_same(
    app: Flask, home: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_anything: object, **_more: object) -> None:
        raise AssertionError("this was compiled already")

    fresh = Pages(app).get("/sign-in").h1
    app.jinja_env.cache.clear()
    monkeypatch.setattr(Environment, "compile", refuse)
    assert keep_compiled(app, home)
    assert Pages(app).get("/sign-in").h1 == fresh


def test_a_template_that_changed_is_compiled_anew(
    app: Flask, home: Path, tmp_path: Path
):
    own = tmp_path / "own"
    own.mkdir()
    loaders = [FileSystemLoader(own), app.jinja_env.loader]
    app.jinja_env.loader = ChoiceLoader([each for each in loaders if each])
    for said in ("as it was", "as it is now"):
        (own / "said.html").write_text(said)
        with app.test_request_context("/"):
            app.jinja_env.cache.clear()
            assert render_template("said.html") == said


def test_what_another_version_compiled_is_thrown_away(app: Flask, home: Path):
    (other,) = (home / "compiled").glob("*")
    other.rename(other.with_name("before"))
    assert not keep_compiled(app, home)
    assert not other.with_name("before").exists()


def test_nobody_else_may_put_anything_there(home: Path):
    (mine,) = (home / "compiled").glob("*")
    assert mine.stat().st_mode & 0o077 == 0
