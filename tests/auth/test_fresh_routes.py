"""What changes how the directory is reached, who may do what, or where messages go asks for the
password again.
"""

from __future__ import annotations

import pytest
from flask import Flask

from app.auth import is_unattended, wants_fresh

FRESH = [
    "directory.new",
    "directory.edit",
    "directory.check",
    "directory.remove",
    "directory.unfreeze",
    "messages.channel_new",
    "messages.channel_edit",
    "messages.channel_up",
    "messages.channel_test",
    "messages.policy_edit",
    "incidents.settings",
    "incidents.basics_edit",
    "catalog.matrix_set",
    "auth.operator_new",
    "auth.operator",
    "auth.operator_disable",
    "auth.operator_enable",
    "auth.operator_link",
    "access.wave_approve",
    "access.wave_apply",
]


@pytest.mark.parametrize("endpoint", FRESH)
def test_the_password_is_asked_again(app: Flask, endpoint: str) -> None:
    assert wants_fresh(app.view_functions[endpoint])


def test_stopping_and_taking_back_are_never_far_away(app: Flask) -> None:
    assert not wants_fresh(app.view_functions["directory.freeze"])


def test_only_what_pages_ask_on_their_own_counts_as_nobody_there(app: Flask) -> None:
    alone = {
        endpoint for endpoint, view in app.view_functions.items() if is_unattended(view)
    }
    assert alone == {
        "incidents.ringing",
        "incidents.incident_presence",
        "today.lines",
    }
