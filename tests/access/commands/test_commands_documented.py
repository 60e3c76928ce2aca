"""The reference page names every command and every option, and nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from app.cli import cli
from app.core.settings import PROJECT

PAGE = (PROJECT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
SECTIONS = {
    part.splitlines()[0].strip(): part
    for part in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
}


def commands(
    group: click.Group = cli, path: str = "rung"
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name; rooms are imported on the way."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None, f"{path} {name} is listed and not there"
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        alone = not isinstance(command, click.Group) or command.invoke_without_command
        if alone and not command.hidden:
            yield f"{path} {name}", command


COMMANDS = dict(commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_heading_and_names_its_options(name: str):
    assert name in SECTIONS
    for option in COMMANDS[name].params:
        if (
            isinstance(option, click.Option)
            and not option.hidden
            and option.name != "json"
        ):
            assert f"{option.opts[-1]}" in SECTIONS[name], (
                f"{option.opts[-1]} is not told of"
            )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_in_its_help_what_it_does(name: str):
    assert (COMMANDS[name].help or "").rstrip().endswith(".")


def test_no_heading_names_a_command_that_is_not_there():
    assert set(SECTIONS) <= set(COMMANDS)
