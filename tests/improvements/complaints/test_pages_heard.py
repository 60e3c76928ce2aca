"""A complaint in the browser is heard again and becomes an improvement."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


def test_a_complaint_is_heard_again_and_becomes_an_improvement(pages: Pages) -> None:
    pages.get("/complaints/new")
    page = pages.submit(title="Explaining twice", who="Ms Weber", severity="3")
    pages.submit("/complaints/1/hear", who="Mr Fischer")
    assert pages.get("/complaints").rows()[0][2].startswith("6")
    pages.get("/complaints/1")
    page = pages.submit("/complaints/1/improve")
    assert page.h1 == "Explaining twice"
    assert "Ms Weber, Mr Fischer" in page.content
