"""What can be done with operators, and what is refused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import actions, queries, signing_in
from app.auth.rules import NAMES
from app.core.audit import AuditEvent, verify
from app.core.db import Database
from app.core.errors import Invalid, NotFound, Refused
from app.models.auth import FailedSignIn, Operator, SignIn
from tests.acting import acting
from tests.conftest import Clock

GOOD = "a good long password"
HERE = "192.0.2.7"
Do = Callable[..., object]


def add(
    database: Database,
    clock: Clock,
    name: str = "anna",
    permissions: tuple[str, ...] = NAMES,
) -> int:
    with database.write() as session:
        operator = actions.add_operator(
            acting(session, "setup", clock()), name, permissions
        )
        actions.set_password(
            acting(session, "setup", clock()), name, actions.prepared(GOOD, name)
        )
        return operator.id


def enter(
    database: Database,
    clock: Clock,
    name: str = "anna",
    password: str = GOOD,
    address: str = HERE,
) -> str:
    return signing_in.sign_in(database, name, password, address, now=clock())


def who(database: Database, clock: Clock, token: str) -> queries.SignedIn | None:
    with database.read() as session:
        return queries.signed_in(session, token, clock())


def events(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_an_operator_signs_in_with_name_and_password(
    database: Database, clock: Clock
) -> None:
    add(database, clock, permissions=("plan", "read"))
    found = who(database, clock, enter(database, clock, name="Anna"))
    assert found is not None
    assert (found.name, found.permissions) == ("anna", ("read", "plan"))


def test_only_the_hash_of_a_sign_in_is_stored(database: Database, clock: Clock) -> None:
    add(database, clock)
    token = enter(database, clock)
    with database.read() as session:
        assert (
            session.scalars(select(SignIn.token_hash)).one()
            == queries.hash_token(token)
            != token
        )
        assert (
            session.scalars(select(Operator.password_hash))
            .one()
            .startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        )


@pytest.mark.parametrize(
    ("name", "password"),
    [("anna", "wrong password"), ("nobody", GOOD), ("anna", ""), ("", "")],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    database: Database, clock: Clock, name: str, password: str
) -> None:
    add(database, clock)
    with pytest.raises(Invalid, match=r"^Name or password is wrong\.$"):
        enter(database, clock, name, password)


def test_an_operator_without_a_password_cannot_sign_in(
    database: Database, clock: Clock
) -> None:
    with database.write() as session:
        actions.add_operator(acting(session, "anna", clock()), "ben", ("read",))
    with pytest.raises(Invalid):
        enter(database, clock, "ben", "")


def test_five_wrong_passwords_lock_the_name_for_that_address_only(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    for _attempt in range(5):
        with pytest.raises(Invalid):
            enter(database, clock, password="wrong")
    with pytest.raises(Refused, match="locked for 15 more minutes"):
        enter(database, clock)
    assert enter(database, clock, address="192.0.2.8")
    clock.forward(minutes=15)
    assert enter(database, clock)


def test_a_good_password_wipes_the_failures_of_that_name(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    for _round in range(3):
        for _attempt in range(4):
            with pytest.raises(Invalid):
                enter(database, clock, password="wrong")
        enter(database, clock)
    with database.read() as session:
        assert session.scalars(select(FailedSignIn)).all() == []


def test_guessing_many_names_from_one_address_locks_the_address(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    with database.write() as session:
        session.add_all(
            FailedSignIn(name=f"guess {number}", address=HERE, at=clock())
            for number in range(30)
        )
    with pytest.raises(Refused, match="locked"):
        enter(database, clock)
    assert enter(database, clock, address="192.0.2.8")


def test_a_sign_in_ends_after_twelve_hours(database: Database, clock: Clock) -> None:
    add(database, clock)
    token = enter(database, clock)
    clock.forward(hours=11, minutes=59)
    assert who(database, clock, token)
    clock.forward(minutes=1)
    assert who(database, clock, token) is None


def test_signing_out_ends_the_sign_in_for_good(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    token = enter(database, clock)
    with database.write() as session:
        signing_in.sign_out(session, token)
    assert who(database, clock, token) is None


def test_a_new_password_signs_out_every_browser(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    token = enter(database, clock)
    with database.write() as session:
        actions.set_password(
            acting(session, "anna", clock()),
            "anna",
            actions.prepared("another long password", "anna"),
        )
    assert who(database, clock, token) is None
    assert enter(database, clock, password="another long password")


def test_ones_own_password_is_changed_with_the_old_one(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    me, other = who(database, clock, enter(database, clock)), enter(database, clock)
    assert me is not None
    with pytest.raises(Invalid) as refused:
        actions.prove_old(database, me, "not mine", HERE, now=clock())
    assert refused.value.field == "old"
    actions.prove_old(database, me, GOOD, HERE, now=clock())
    stored = actions.prepared("another long password", me.name)
    with database.write() as session:
        token = actions.change_own_password(
            acting(session, me.name, clock()), me, stored, HERE
        )
    assert who(database, clock, other) is None
    assert who(database, clock, token)


def test_a_hash_of_weaker_settings_is_renewed_at_the_next_sign_in(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    with database.write() as session:
        operator = session.scalars(select(Operator)).one()
        operator.password_hash = PasswordHasher(
            time_cost=1, memory_cost=8 * 1024, parallelism=1
        ).hash(GOOD)
        operator.audited = False
    enter(database, clock)
    with database.read() as session:
        assert (
            "m=19456,t=2,p=1" in session.scalars(select(Operator.password_hash)).one()
        )
        assert events(session)[-1] == "operator.rehash"


def test_a_disabled_operator_is_out_at_once_and_comes_back_when_enabled(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    ben = add(database, clock, "ben", ("read",))
    token = enter(database, clock, "ben")
    with database.write() as session:
        actions.disable_operator(acting(session, "anna", clock()), ben)
    assert who(database, clock, token) is None
    with pytest.raises(Invalid):
        enter(database, clock, "ben")
    with database.write() as session:
        actions.enable_operator(acting(session, "anna", clock()), ben)
    assert enter(database, clock, "ben")


def test_the_last_who_manages_operators_stays(database: Database, clock: Clock) -> None:
    anna = add(database, clock)
    add(database, clock, "ben", ("read",))
    with pytest.raises(Refused, match="last"), database.write() as session:
        actions.disable_operator(acting(session, "anna", clock()), anna)
    with pytest.raises(Refused, match="last"), database.write() as session:
        actions.change_operator(acting(session, "anna", clock()), anna, ["read"], "")
    add(database, clock, "carla", ("operators",))
    with database.write() as session:
        actions.disable_operator(acting(session, "carla", clock()), anna)


def test_an_invited_operator_does_not_count_as_one_who_manages(
    database: Database, clock: Clock
) -> None:
    anna = add(database, clock)
    with database.write() as session:
        actions.add_operator(acting(session, "anna", clock()), "ben", NAMES)
    with pytest.raises(Refused), database.write() as session:
        actions.disable_operator(acting(session, "anna", clock()), anna)


@pytest.mark.parametrize("name", ["anna", "ANNA", ""])
def test_a_taken_or_empty_name_is_refused(
    database: Database, clock: Clock, name: str
) -> None:
    add(database, clock)
    with pytest.raises(Invalid) as refused, database.write() as session:
        actions.add_operator(acting(session, "anna", clock()), name, ["read"])
    assert refused.value.field == "name"


def test_an_unknown_permission_is_refused(database: Database, clock: Clock) -> None:
    with (
        pytest.raises(Invalid, match="no permission root"),
        database.write() as session,
    ):
        actions.add_operator(acting(session, "anna", clock()), "ben", ["root"])


def test_who_does_not_exist_is_not_found(database: Database, clock: Clock) -> None:
    with pytest.raises(NotFound), database.write() as session:
        actions.set_password(
            acting(session, "anna", clock()), "nobody", actions.prepared(GOOD, "nobody")
        )
    with pytest.raises(NotFound), database.write() as session:
        actions.disable_operator(acting(session, "anna", clock()), 99)


def test_the_first_operator_is_made_with_a_link_that_works_once(
    database: Database, clock: Clock
) -> None:
    with database.write() as session:
        token = actions.make_setup_link(session, now=clock()).removeprefix("/setup/")
    with database.write() as session:
        operator = actions.use_setup_link(
            acting(session, "", clock()), token, "anna", actions.prepared(GOOD, "anna")
        )
    assert operator.permissions == list(NAMES)
    with pytest.raises(NotFound, match="used already"), database.write() as session:
        actions.use_setup_link(
            acting(session, "", clock()), token, "ben", actions.prepared(GOOD, "ben")
        )


def test_a_link_for_the_first_operator_is_worth_nothing_once_there_is_one(
    database: Database, clock: Clock
) -> None:
    with database.write() as session:
        token = actions.make_setup_link(session, now=clock()).removeprefix("/setup/")
    add(database, clock)
    with pytest.raises(NotFound), database.write() as session:
        actions.use_setup_link(
            acting(session, "", clock()),
            token,
            "mallory",
            actions.prepared(GOOD, "mallory"),
        )
    with pytest.raises(Refused), database.write() as session:
        actions.make_setup_link(session, now=clock())


def test_a_newer_link_replaces_the_older_and_all_expire(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    ben = add(database, clock, "ben", ("read",))
    with database.write() as session:
        older = actions.invite_again(
            acting(session, "anna", clock()), ben
        ).removeprefix("/setup/")
        newer = actions.invite_again(
            acting(session, "anna", clock()), ben
        ).removeprefix("/setup/")
    with database.read() as session:
        assert queries.invitation(session, older, clock()) is None
        found = queries.invitation(session, newer, clock())
        assert found and found.name == "ben"
        assert queries.invitation(session, newer, clock() + timedelta(hours=48)) is None


def test_a_link_of_a_disabled_operator_opens_nothing(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    ben = add(database, clock, "ben", ("read",))
    with database.write() as session:
        token = actions.invite_again(
            acting(session, "anna", clock()), ben
        ).removeprefix("/setup/")
        actions.disable_operator(acting(session, "anna", clock()), ben)
    with database.read() as session:
        assert queries.invitation(session, token, clock()) is None
    with pytest.raises(Refused, match="Enable"), database.write() as session:
        actions.invite_again(acting(session, "anna", clock()), ben)


def test_who_may_do_something_is_listed_by_name_without_those_who_cannot_sign_in(
    database: Database, clock: Clock
) -> None:
    add(database, clock, "zoë", ("approve",))
    anna = add(database, clock, "anna", ("approve", "operators"))
    add(database, clock, "ben", ("read", "operators"))
    with database.write() as session:
        actions.add_operator(acting(session, "anna", clock()), "carla", ("approve",))
        assert [
            operator.name for operator in queries.operators_with(session, "approve")
        ] == [
            "anna",
            "zoë",
        ]
        actions.disable_operator(acting(session, "ben", clock()), anna)
        assert [
            operator.name for operator in queries.operators_with(session, "approve")
        ] == ["zoë"]


def test_every_change_of_an_operator_is_in_the_audit_trail(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    ben = add(database, clock, "ben", ("read",))
    with database.write() as session:
        actions.change_operator(
            acting(session, "anna", clock()), ben, ["read", "plan"], "bhansen"
        )
        actions.change_operator(
            acting(session, "anna", clock()), ben, ["plan", "read"], "bhansen"
        )  # nothing new
        actions.set_theme(acting(session, "ben", clock()), ben, "dark")
        actions.disable_operator(acting(session, "anna", clock()), ben)
        actions.disable_operator(acting(session, "anna", clock()), ben)  # is so already
    with database.read() as session:
        assert events(session)[4:] == [
            "operator.change",
            "operator.theme",
            "operator.disable",
        ]
        assert verify(session) is None
        assert "password" not in " ".join(
            str(event.after) for event in session.scalars(select(AuditEvent))
        )


def test_a_look_that_does_not_exist_is_refused(
    database: Database, clock: Clock
) -> None:
    anna = add(database, clock)
    with pytest.raises(Invalid), database.write() as session:
        actions.set_theme(acting(session, "anna", clock()), anna, "pink")


def test_proving_oneself_again_counts_wrong_passwords_too(
    database: Database, clock: Clock
) -> None:
    add(database, clock)
    token = enter(database, clock)
    clock.forward(minutes=20)
    me = who(database, clock, token)
    assert me is not None
    assert not me.proved_lately(clock())
    for _attempt in range(5):
        with pytest.raises(Invalid, match="not your password"):
            signing_in.prove(database, me, "wrong", HERE, now=clock())
    with pytest.raises(Refused, match="locked"):
        signing_in.prove(database, me, GOOD, HERE, now=clock())
    clock.forward(minutes=15)
    signing_in.prove(database, me, GOOD, HERE, now=clock())
    again = who(database, clock, token)
    assert again is not None
    assert again.proved_lately(clock())
