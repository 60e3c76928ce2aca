"""A form that arrives twice is done once, and the second arrival is answered as the first was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from app import create_app
from app.auth import once
from app.auth.once import run_forgetting
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.models.auth import Operator, SentForm
from app.models.knowledge import Article
from tests.conftest import Clock, shut
from tests.pages import HTMX, Pages, _values

NEW = "/knowledge/new"


@pytest.fixture
def anna(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


def fields(pages: Pages, path: str = NEW, **typed: str) -> dict[str, object]:
    """What a browser would send from the form at ``path``."""
    form = pages.get(path).form()
    return {**_values(form), "title": "Wet cable", **typed}


def told(pages: Pages, response: TestResponse) -> str:
    return pages.get(response.headers["Location"]).told


def articles(app: Flask) -> int:
    parts: Parts = app.extensions[KEY]
    with parts.database.read() as session:
        return session.scalar(select(func.count(Article.id))) or 0


def test_the_second_arrival_leads_where_the_first_led_and_is_told_the_same(
    app: Flask, anna: Pages
) -> None:
    sent = fields(anna)
    first = anna.client.post(NEW, data=sent)
    said = told(anna, first)
    second = anna.client.post(NEW, data=sent)
    assert (second.status_code, second.headers["Location"]) == (
        303,
        first.headers["Location"],
    )
    assert told(anna, second) == said == "The article is there as work in progress."
    assert articles(app) == 1


def test_a_second_arrival_through_htmx_is_led_there_too(
    app: Flask, anna: Pages
) -> None:
    sent = fields(anna)
    first = anna.client.post(NEW, data=sent)
    second = anna.client.post(NEW, data=sent, headers=HTMX)
    assert second.headers["HX-Redirect"] == first.headers["Location"]
    assert articles(app) == 1


def test_of_two_that_arrive_at_once_in_two_processes_one_is_done_and_both_are_answered(
    app: Flask, anna: Pages, settings: Settings, clock: Clock
) -> None:
    other = create_app(settings, now=clock)
    sent, together = fields(anna), Barrier(2)
    cookie = anna.client.get_cookie("rung")
    assert cookie is not None

    def send(to: Flask) -> str:
        client = to.test_client()
        client.set_cookie("rung", cookie.value)
        together.wait(10)
        return client.post(NEW, data=sent).headers["Location"]

    try:
        with ThreadPoolExecutor(2) as both:
            first, second = both.map(send, (app, other))
    finally:
        shut(other)
    assert first == second == "/knowledge/1"
    assert articles(app) == 1


def test_a_refused_form_can_be_sent_again(app: Flask, anna: Pages) -> None:
    sent = fields(anna)
    refused = anna.client.post(NEW, data={**sent, "title": ""})
    assert refused.status_code == 422
    assert anna.client.post(NEW, data=sent).status_code == 303
    assert articles(app) == 1


def test_what_is_refused_only_because_it_was_done_already_is_answered_as_done(
    app: Flask, anna: Pages
) -> None:
    add_operator(app, "ben")
    action = f"/operators/{operator_id(app, 'ben')}/disable"
    form = anna.get(f"/operators/{operator_id(app, 'ben')}").form(action)
    first = anna.client.post(action, data=_values(form))
    second = anna.client.post(action, data=_values(form))
    assert (first.status_code, second.status_code) == (303, 303)
    assert told(anna, second) == "ben can no longer sign in."


def test_nobody_is_answered_what_another_operator_was_answered(
    app: Flask, anna: Pages
) -> None:
    sent = fields(anna)
    anna.client.post(NEW, data=sent)
    ben = Pages(app).as_operator("ben")
    stolen = {**fields(ben), "_once": sent["_once"]}
    assert ben.client.post(NEW, data=stolen).headers["Location"] == "/knowledge/2"
    assert articles(app) == 2


def test_a_key_counts_for_its_own_address_and_its_own_words_only(
    app: Flask, anna: Pages
) -> None:
    sent = fields(anna)
    anna.client.post(NEW, data=sent)
    anna.client.post(NEW, data={**sent, "title": "Dry cable"})
    edited = fields(anna, "/knowledge/1/edit", title="Damp cable")
    edited["_once"] = sent["_once"]
    response = anna.client.post("/knowledge/1/edit", data=edited)
    assert told(anna, response) == "The article is changed."
    assert articles(app) == 2


def test_a_key_that_nobody_gave_out_is_no_key(app: Flask, anna: Pages) -> None:
    sent = fields(anna) | {"_once": "1.made.up~1"}
    for _twice in range(2):
        assert anna.client.post(NEW, data=sent).status_code == 303
    assert articles(app) == 2


def test_keys_are_forgotten_after_two_days(
    app: Flask, anna: Pages, clock: Clock
) -> None:
    parts: Parts = app.extensions[KEY]
    anna.client.post(NEW, data=fields(anna))
    assert not run_forgetting(parts)
    clock.forward(hours=49)
    assert run_forgetting(parts)
    assert kept(parts) == 0


def test_the_oldest_of_too_many_keys_are_forgotten(
    app: Flask, anna: Pages, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "MOST_KEPT", 3)
    parts: Parts = app.extensions[KEY]
    rows = [
        {"id": f"form {age}", "at": clock() - timedelta(minutes=age), "answer": {}}
        for age in range(5)
    ]
    with parts.database.write() as session:
        session.execute(insert(SentForm), rows)
    run_forgetting(parts)
    assert kept(parts) == 3


def kept(parts: Parts) -> int:
    with parts.database.read() as session:
        return session.scalar(select(func.count()).select_from(SentForm)) or 0


def add_operator(app: Flask, name: str) -> None:
    Pages(app).as_operator(name)


def operator_id(app: Flask, name: str) -> int:
    parts: Parts = app.extensions[KEY]
    with parts.database.read() as session:
        return session.scalars(select(Operator.id).where(Operator.name == name)).one()
