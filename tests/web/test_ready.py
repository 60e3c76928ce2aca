"""What is kept between requests changes no byte of a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask, url_for
from flask_babel import force_locale, format_datetime, get_translations
from jinja2 import Environment

from app.core.web.words import moment
from app.shell.ready import ReadyAddresses, text

TEXTS = ("A & B", "100 %% of it", "%(count)s <of> it")


@pytest.mark.parametrize("said", TEXTS)
def test_a_text_is_the_one_jinja_would_say(app: Flask, said: str):
    plain = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    plain.install_gettext_callables(  # type: ignore[attr-defined]
        lambda one: get_translations().ugettext(one),
        lambda one, many, number: get_translations().ungettext(one, many, number),
        newstyle=True,
    )
    values = {"count": "<b>3</b>"} if "count" in said else {}
    with app.test_request_context("/"):
        expected = plain.from_string("{{ _(said, **values) }}")
        for _twice in range(2):
            assert text(said, **values) == expected.render(said=said, values=values)


def test_each_language_keeps_its_own_texts(app: Flask):
    with app.test_request_context("/"):
        text("Only here")
        here = get_translations().__dict__["finished"]
        assert "Only here" in here
        with force_locale("fr"):
            assert "Only here" not in get_translations().__dict__.get("finished", {})


@pytest.mark.parametrize("root", ["", "/below"])
def test_an_address_made_ready_is_the_one_flask_writes(app: Flask, root: str):
    ready = ReadyAddresses()
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
        for rule in app.url_map.iter_rules():
            if len(rule.arguments) > 1 or "GET" not in (rule.methods or ()):
                continue
            for number in (3, 40):
                values = dict.fromkeys(rule.arguments, number)
                try:
                    expected = url_for(rule.endpoint, **values)
                except ValueError:
                    continue
                assert ready(rule.endpoint, **values) == expected
        for values in (
            {"page": 2},
            {"page": -2},
            {"page": True},
            {"page": 1},
            {"view": "mine"},
            {"q": None},
            {"view": "my team", "q": "ä & <b>"},
            {"q": "my team", "view": "ä & <b>"},
            {"view": "mine", "page": 2},
            {"_anchor": "top"},
        ):
            for _twice in range(2):
                written = url_for("incidents.index", **values)
                assert ready("incidents.index", **values) == written


def test_an_address_below_a_prefix_is_not_taken_for_another(app: Flask):
    ready = ReadyAddresses()
    found = []
    for root in ("", "/below", ""):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
            found.append(ready("incidents.incident", incident_id=7))
    assert found == ["/desk/7", "/below/desk/7", "/desk/7"]


def test_a_moment_is_written_in_the_zone_of_each_reader(app: Flask):
    at = datetime(2026, 3, 1, 23, 30, 59, tzinfo=UTC)
    said = []
    for zone in ("UTC", "Europe/Berlin", "UTC"):
        with app.test_request_context("/", headers={"Cookie": f"zone={zone}"}):
            said.append((moment(at), format_datetime(at, "d MMM y, HH:mm")))
    assert said == [("1 Mar 2026, 23:30",) * 2, ("2 Mar 2026, 00:30",) * 2, said[0]]
