"""The macros, all on one page, keep the rules every page keeps."""

import pytest
from flask import Flask, render_template_string

from tests.pages import Pages
from tests.web.demo import add_demo

SHOWN_ALWAYS = "Say why."  # the error of the field without WTForms


@pytest.fixture
def browser(app: Flask) -> Pages:
    return Pages(add_demo(app)).as_operator()


def drawn(app: Flask, template: str, **context: object) -> str:
    with app.test_request_context("/audit?page=2&sort=name&text=a&text=b"):
        return render_template_string(template, **context)


def test_every_macro_passes_the_lint(browser: Pages) -> None:
    page = browser.get("/parts")
    assert page.h1 == "Wave 3 of Clerk"
    assert page.rows("Clerk")[1][2] == "● covered"


def test_a_bad_form_answers_422_and_keeps_what_was_typed(browser: Pages) -> None:
    browser.get("/parts")
    page = browser.post(
        "/parts",
        {"reason": "Because", "realise": "nested", "kind": "joiner"},
        status=422,
    )
    assert page.errors == ["Give a name.", SHOWN_ALWAYS]
    assert page.root.one("textarea", id="reason").text == "Because"
    assert page.root.one("input", id="name").attrs["aria-invalid"] == "true"
    assert (
        page.root.one("input", id="name").attrs["aria-describedby"]
        == "name-hint name-error"
    )
    assert "autofocus" in page.root.one(class_="errors").attrs


def test_what_an_action_finds_wrong_stands_beside_its_field_or_above_the_form(
    browser: Pages,
) -> None:
    page = browser.post(
        "/parts", {"name": "Clerk", "realise": "nested", "kind": "joiner"}, status=422
    )
    assert page.errors == ["A role of this name exists.", SHOWN_ALWAYS]
    assert "The directory is frozen." in page.root.one(class_="errors").text


def test_htmx_gets_the_block_without_the_page_around_it(browser: Pages) -> None:
    page = browser.get("/parts", fragment=True)
    assert "<html" not in page.html
    assert page.root.one("h1").text == "Wave 3 of Clerk"


@pytest.mark.parametrize(
    ("done", "running", "total", "signs"),
    [
        (0, 0, 3, "○○○"),
        (1, 1, 3, "●◐○"),
        (3, 0, 3, "●●●"),
        (0, 0, 0, ""),
        (119, 1, 120, "●●●●●●●●●●●◐"),
        (1, 0, 120, "○○○○○○○○○○○○"),
        (120, 0, 120, "●●●●●●●●●●●●"),
        (60, 1, 120, "●●●●●●◐○○○○○"),
    ],
)
def test_the_ladder_never_shows_more_done_than_is(
    app: Flask, done: int, running: int, total: int, signs: str
) -> None:
    html = drawn(
        app,
        "{{ ui.ladder(done, running, total) }}",
        done=done,
        running=running,
        total=total,
    )
    marks = {"done": "●", "running": "◐", "coming": "○"}
    found = "".join(
        marks[part.split('"')[0]]
        for part in html.split("ladder-")[1:]
        if part.split('"')[0] in marks
    )
    assert found == signs
    assert f"{done} of {total} done" in html


def test_polling_ends_because_the_question_is_left_out(app: Flask) -> None:
    template = "{% call ui.poll('p', '/x', running) %}now{% endcall %}"
    assert 'hx-trigger="every 1s"' in drawn(app, template, running=True)
    assert "hx-" not in drawn(app, template, running=False)


def test_header_links_turn_the_sort_round_and_go_back_to_the_first_page(
    app: Flask,
) -> None:
    html = drawn(
        app,
        "{% call ui.table('T', [('Name', 'name'), ('Age', 'age')], sort='name') %}{% endcall %}",
    )
    assert 'href="/audit?sort=-name&amp;text=a&amp;text=b"' in html
    assert 'href="/audit?sort=age&amp;text=a&amp;text=b"' in html
    assert html.count('aria-sort="ascending"') == 1


def test_a_state_nobody_listed_is_shown_plainly(app: Flask) -> None:
    assert "brand new" in drawn(app, "{{ ui.state('brand new') }}")


def test_a_misspelt_macro_fails_loudly(app: Flask) -> None:
    with pytest.raises(Exception, match="has no attribute 'bagde'"):
        drawn(app, "{{ ui.bagde('x') }}")


def test_words_of_others_are_escaped_everywhere(app: Flask) -> None:
    evil = "<script>alert(1)</script>"
    template = """{{ ui.page_header(x, x) }}{{ ui.badge(x) }}{{ ui.state(x) }}{{ ui.note(x) }}
    {{ ui.ldif(x, x, 'i') }}
    {{ ui.changes([{'kind': 'loss', 'text': x, 'detail': x}]) }}
    {{ ui.diff([{'name': x, 'before': x, 'after': x}]) }}
    {{ ui.tiles([{'value': x, 'label': x, 'of': x, 'note': x}]) }}{{ ui.input('n', x, x) }}
    {{ ui.progress(x, 1, 2) }}
    {{ ui.facts([(x, x)]) }}{{ ui.empty(x, x) }}{{ ui.link_button(x, x) }}
    {{ ui.told_line({'text': x, 'undo': None}) }}"""
    assert "<script" not in drawn(app, template, x=evil)
