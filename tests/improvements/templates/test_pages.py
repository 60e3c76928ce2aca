"""A template in the browser raises an improvement."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def test_a_template_raises_an_improvement_with_its_metric(pages: Pages) -> None:
    pages.get("/improvements/templates/inform-button")
    page = pages.submit(title="Tell everybody at once")
    assert page.h1 == "Tell everybody at once"
    measures = pages.get(f"{page.url}/measures")
    assert measures.rows("Not measured yet")
