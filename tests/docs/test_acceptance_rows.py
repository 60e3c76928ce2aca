"""Each row of the acceptance table leads to a page or a command, or is said to be missing."""

from __future__ import annotations

import re

import click
import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound

from app.cli import cli
from tests.docs.test_documents import rows_of, text_of

ROWS = {"S0": 40, "S1": 69, "S2": 25, "S3": 45, "S4": 23}
"""How many rows each part of the table has."""

PLACE = re.compile(r"<\w+>|…|\bN\b|\bKEY\b")
"""What stands in an address for a number or a key."""


def obeyed() -> dict[str, str]:
    """Return page or command of every row that Rung obeys."""
    rows = rows_of("acceptance.md")
    return {key: row[2] for key, row in rows.items() if re.fullmatch(r"S\d-\d+", key)}


def missing() -> list[str]:
    """Return the rows of the list at the end: what is not there yet."""
    _, _, rest = text_of("acceptance.md").partition("\n## Not yet\n")
    return [
        f"{part}-{row}"
        for part, said in re.findall(r"^- \*\*(S\d)\*\*(.*)$", rest, re.MULTILINE)
        for row in re.findall(r"(?:^|; |, )(\d+)\b", said.strip())
    ]


def marked(kind: str) -> list[tuple[str, str]]:
    """Return row and text of all marks of code that begin so."""
    return [
        (row, text)
        for row, where in obeyed().items()
        for text in re.findall(r"`([^`]+)`", where)
        if text.startswith(kind)
    ]


def leads(app: Flask, address: str) -> bool:
    """Tell whether an address is one of the app's, to look at or to send to."""
    path = PLACE.sub("1", address.partition("?")[0])
    try:
        app.url_map.bind("").match(path, method="GET")
    except MethodNotAllowed:
        return True
    except NotFound:
        return False
    return True


def command_of(words: list[str]) -> bool:
    """Tell whether these words lead to a command."""
    found: click.Command | None = cli
    for word in words:
        if not isinstance(found, click.Group):
            return False
        found = found.get_command(click.Context(found), word)
    return found is not None


def test_every_row_stands_once_as_obeyed_or_as_missing() -> None:
    every = [
        f"{part}-{row}" for part, many in ROWS.items() for row in range(1, many + 1)
    ]
    assert sorted([*obeyed(), *missing()]) == sorted(every)


def test_every_row_names_a_page_or_a_command() -> None:
    named = {row for kind in ("/", "rung ") for row, _ in marked(kind)}
    assert obeyed().keys() - named == set()


def test_every_address_of_a_row_leads_to_a_page(app: Flask) -> None:
    lost = [pair for pair in marked("/") if not leads(app, pair[1])]
    assert not lost
    assert not leads(app, "/nowhere/N")


@pytest.mark.parametrize(
    "text", sorted({text for _, text in marked("rung ")} - {"rung"})
)
def test_every_command_of_a_row_exists(text: str) -> None:
    words = text.partition(" --")[0].split()[1:]
    # `a|b` are two commands of one group.
    head, last = words[:-1], words[-1].split("|")
    assert all(command_of([*head, word]) for word in last)
