"""Every address of the app, walked: marked, well-formed, open to those who may and closed to the
others.
"""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.auth import (
    ANY_OPERATOR,
    EVERYONE,
    is_machine,
    is_signed,
    permission_of,
    public,
    wants_fresh,
)
from app.auth.rules import NAMES
from app.core.settings import Settings
from app.shell.guard import UnmarkedRoute, check_marks
from tests.pages import Pages

# Written out, so that nobody opens a page to the world without thinking of it.
OPEN_TO_EVERYONE = {
    "assets.built",
    "catalog.public_catalogue",
    "knowledge.open_articles",
    "knowledge.open_article",
    "health.alive",
    "health.ready",
    "auth.sign_in",
    "auth.setup",
    "auth.theme",
    "incidents.cti",
    "improvements.weekly_stop",
    "improvements.weekly_stopped",
    "interface.description",
    "incidents.requester",
    "incidents.requester_works",
    "incidents.requester_broken",
    "incidents.requester_add",
    "incidents.requester_rate",
    "improvements.person_answer",
    "improvements.person_not",
    "improvements.person_works",
    "incidents.requester_stuck",
    "sponsors.asked",
    "sponsors.asked_answer",
    "access.works",
    "access.duty_say",
    "access.duty_go",
    "access.duty_no_go",
    "access.works_yes",
    "access.works_not",
    "access.review_answer",
    "access.review_answered",
    "sponsors.status_shared",
    "sponsors.status_shared_answer",
    "sponsors.status_no_mail",
    "sponsors.open_figures",
    "sponsors.open_team",
}

# They take no form: what is sent is signed, and without a secret they are not there.
SIGNED = {"incidents.cti"}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def pages(app: Flask) -> list[Rule]:
    found = [
        rule
        for rule in rules(app)
        if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    return [rule for rule in found if not for_programs(app, rule)]


def for_programs(app: Flask, rule: Rule) -> bool:
    return is_machine(app.view_functions[rule.endpoint])


def permission(app: Flask, rule: Rule) -> str | None:
    return permission_of(app.view_functions[rule.endpoint])


def test_every_route_names_its_permission_or_is_public_on_purpose(app: Flask) -> None:
    marks = {rule.endpoint: permission(app, rule) for rule in rules(app)}
    assert set(marks.values()) <= {*NAMES, EVERYONE, ANY_OPERATOR}
    assert {
        endpoint for endpoint, mark in marks.items() if mark == EVERYONE
    } == OPEN_TO_EVERYONE


def test_every_address_is_kebab_case_with_typed_parts(app: Flask) -> None:
    for rule in rules(app):
        words = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9/.-]*", words), rule.rule
        assert all(":" in part for part in re.findall(r"<([^>]+)>", rule.rule)), (
            rule.rule
        )


def test_nothing_but_get_and_post_is_asked_for(app: Flask) -> None:
    for rule in rules(app):
        assert (rule.methods or set()) <= {"GET", "POST", "HEAD", "OPTIONS"}, rule.rule


def test_an_operator_who_may_everything_can_open_every_page(app: Flask) -> None:
    browser = Pages(app).as_operator("anna")
    for rule in pages(app):
        browser.get(rule.rule)


def test_an_operator_who_may_nothing_is_refused_on_every_page_that_needs_a_permission(
    app: Flask,
) -> None:
    browser = Pages(app).as_operator("nobody", permissions=())
    for rule in pages(app):
        if permission(app, rule) in NAMES:
            page = browser.get(rule.rule, status=403)
            assert page.h1 == "You may not do this", rule.rule
            assert f"“{permission(app, rule)}”" in page.content


def test_a_stranger_is_sent_to_the_sign_in_page_from_everywhere(app: Flask) -> None:
    client = app.test_client()
    for rule in rules(app):
        if permission(app, rule) == EVERYONE or for_programs(app, rule):
            continue
        path = re.sub(r"<int:[^>]+>", "1", re.sub(r"<string:[^>]+>", "x", rule.rule))
        answer = (
            client.get(path) if "GET" in (rule.methods or ()) else client.post(path)
        )
        assert answer.status_code == 303, rule.rule
        assert answer.headers["Location"].startswith("/sign-in"), rule.rule


def test_no_form_is_taken_without_its_token(app: Flask) -> None:
    client = Pages(app).as_operator("anna").client
    for rule in rules(app):
        if "POST" in (rule.methods or ()) and not for_programs(app, rule):
            path = re.sub(
                r"<int:[^>]+>", "1", re.sub(r"<string:[^>]+>", "x", rule.rule)
            )
            if rule.endpoint in SIGNED:
                continue
            assert client.post(path).status_code == 400, rule.rule


def test_what_is_signed_instead_is_written_out_and_closed_by_default(
    app: Flask,
) -> None:
    client = Pages(app).as_operator("anna").client
    assert {
        rule.endpoint
        for rule in rules(app)
        if is_signed(app.view_functions[rule.endpoint])
    } == SIGNED
    for rule in rules(app):
        if rule.endpoint in SIGNED:
            assert client.post(rule.rule, data=b"{}").status_code == 404, rule.rule


def test_what_is_for_programs_opens_to_a_token_only_and_to_no_cookie(
    app: Flask,
) -> None:
    client = Pages(app).as_operator("anna").client
    found = [rule for rule in rules(app) if for_programs(app, rule)]
    assert {rule.rule.startswith("/api/v1/") for rule in found} == {True}
    for rule in found:
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = client.open(path, method=method)
            assert (answer.status_code, answer.mimetype) == (
                401,
                "application/problem+json",
            ), rule.rule


def test_only_posts_ask_for_the_password_again(app: Flask) -> None:
    for rule in rules(app):
        if wants_fresh(app.view_functions[rule.endpoint]):
            assert "POST" in (rule.methods or ()), rule.rule


def test_a_route_without_a_mark_keeps_the_app_from_starting(settings: Settings) -> None:
    app = create_app(settings)
    app.add_url_rule("/open-door", "open_door", lambda: "come in")
    with pytest.raises(UnmarkedRoute, match="open_door"):
        check_marks(app)


def test_a_mark_above_the_route_decorator_does_not_count(settings: Settings) -> None:
    app = create_app(settings)

    def view() -> str:
        return "come in"

    app.add_url_rule("/wrong-order", "wrong_order", lambda: view())
    public(view)
    with pytest.raises(UnmarkedRoute):
        check_marks(app)
