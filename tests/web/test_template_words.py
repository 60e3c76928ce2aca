"""Templates hold no words of states: what a state, a kind or a number is called, and its tone and
icon, stand in code (``give_words``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from jinja2 import Environment, nodes

from app.core.settings import PROJECT
from app.core.web.words import give_words

JINJA = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
LOOKED_UP = [
    '{{ {"draft": _("draft"), "retired": _("retired")}[state] }}',
    '{{ {"draft": "warn"}.get(state | string, "neutral") }}',
    '{% set words = {1: _("many sites"), 4: _("one person")} %}{{ words[impact] }}',
    '{% set tone, picture = {"new": ("info", "circle")}[state] %}',
    '{{ ui.badge(state, {"done": "good"}[state]) }}',
    '{{ _("%(lens)s", lens={"direct": _("direct members")}[lens]) }}',
    '{% set tone = ({true: "good", none: "info"})[quiet] %}',
]
DATA = [
    '{{ ui.post_button(_("Done"), url, fields={"answer": "done"}) }}',
    '{{ ui.tiles([{"value": 3, "label": _("people"), "tone": "good"}]) }}',
    '{% set here = {"role_id": fit.role_id} %}{{ url_for("access.fit", **here) }}',
    '{% set extra = {} %}{% set done = extra.update({"aria-invalid": "true"}) %}',
]


def dictionaries(text: str) -> Iterator[int]:
    """Yield the lines of dictionaries that are looked up in, or kept to be looked up in later."""
    for node in JINJA.parse(text).find_all(
        (nodes.Getitem, nodes.Getattr, nodes.Assign)
    ):
        if not isinstance(node.node, nodes.Dict):
            continue
        if not isinstance(node, nodes.Assign) or any(
            _says(each) for each in node.node.items
        ):
            yield node.node.lineno


def _says(pair: nodes.Pair) -> bool:
    said = (pair.value, *pair.value.find_all((nodes.Const, nodes.TemplateData)))
    return any(
        isinstance(each, nodes.Const) and isinstance(each.value, str) for each in said
    )


@pytest.mark.parametrize("text", LOOKED_UP)
def test_a_dictionary_of_words_is_found(text: str) -> None:
    assert list(dictionaries(text)) == [1]


@pytest.mark.parametrize("text", DATA)
def test_what_is_handed_on_is_data(text: str) -> None:
    assert list(dictionaries(text)) == []


def test_no_template_turns_states_into_words() -> None:
    templates = PROJECT / "templates"
    found = [
        f"{path.relative_to(templates)}:{line}"
        for path in sorted(Path(templates).rglob("*.html"))
        for line in dictionaries(path.read_text())
    ]
    assert found == []


def test_two_tables_of_one_name_stop_the_start() -> None:
    app = Flask(__name__)
    for name, words in (("one", {1: "much"}), ("other", {"ok": "fine"})):
        bp = Blueprint(name, __name__)
        give_words(bp, level_words=words)
        if name == "one":
            app.register_blueprint(bp)
    with pytest.raises(ValueError, match="know already: level_words"):
        app.register_blueprint(bp)
