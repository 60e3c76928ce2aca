"""Rules of names, passwords and locks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.rules import (
    FAILURES_PER_NAME,
    NAMES,
    PERMISSIONS,
    in_order,
    is_over,
    locked_until,
    name_problem,
    password_problem,
    unknown_permissions,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MOMENTS = st.datetimes(
    datetime(2026, 3, 2, 11), datetime(2026, 3, 2, 12), timezones=st.just(UTC)
)


def test_every_permission_is_explained_in_one_sentence() -> None:
    assert NAMES == (
        "read",
        "plan",
        "approve",
        "apply",
        "improve",
        "desk",
        "catalog",
        "scripts",
        "policy",
        "directory",
        "stakeholders",
        "audit",
        "operators",
    )
    assert all(
        permission.means.endswith(".") and permission.means.count(".") == 1
        for permission in PERMISSIONS
    )


@given(st.lists(st.sampled_from(NAMES)))
def test_permissions_are_kept_once_each_in_their_order(names: list[str]) -> None:
    kept = in_order(names)
    assert set(kept) == set(names)
    assert [NAMES.index(name) for name in kept] == sorted(
        {NAMES.index(name) for name in names}
    )


def test_an_unknown_permission_is_named() -> None:
    assert unknown_permissions(["read", "root", "all"]) == ["all", "root"]


@pytest.mark.parametrize("name", ["anna", "Ben Hansen", "d'Arc", "zoë", "x" * 64])
def test_a_name_may_be_as_people_are_called(name: str) -> None:
    assert name_problem(name) == ""


@pytest.mark.parametrize(
    "name", ["", "  ", " anna", "anna ", "x" * 65, "an\nna", "an\x00na"]
)
def test_a_name_nobody_could_read_is_refused(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 12"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaaaaaa", "three different"),
        ("Ben Hansen Hamburg", "must not be the name"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    assert why in password_problem(password, "ben hansenhamburg")


def test_a_long_password_of_any_words_is_good() -> None:
    assert password_problem("correct horse battery staple", "anna") == ""


@given(st.lists(MOMENTS, max_size=12))
def test_signing_in_is_locked_exactly_from_the_fifth_failure_on(
    failures: list[datetime],
) -> None:
    recent = [at for at in failures if at > NOON - timedelta(minutes=15)]
    until = locked_until(failures, FAILURES_PER_NAME, NOON)
    assert (until is not None) == (len(recent) >= 5)
    if until:
        assert until == max(recent) + timedelta(minutes=15)
        assert until > NOON


def test_what_lasts_an_hour_is_over_after_an_hour() -> None:
    assert not is_over(NOON, timedelta(hours=1), NOON + timedelta(minutes=59))
    assert is_over(NOON, timedelta(hours=1), NOON + timedelta(hours=1))
