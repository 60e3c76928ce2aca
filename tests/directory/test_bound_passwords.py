"""A password is sent to the server it was given for, and to no other; the others hear when the way
changes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid, Refused
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.core.trust import Trust
from app.directory.actions import (
    add_directory,
    connection_of,
    edit_directory,
    forget_directory,
)
from app.directory.queries import values_of
from app.directory.rules import DirectoryValues
from app.models.auth import Notice
from app.models.directory import Directory
from tests.acting import acting
from tests.conftest import Rung
from tests.directory.builders import NOW, SUFFIX
from tests.pages import PASSWORD, Pages

HOME = "ldaps://ldap.acme.test"
READER = f"cn=reader,{SUFFIX}"


@pytest.fixture
def parts(app: Flask, settings: Settings) -> Parts:
    for name in ("reader", "writer", "other"):
        (settings.secrets / name).write_text(f"secret of {name}\n")
    found: Parts = app.extensions[KEY]
    return found


def values(**changed: Any) -> DirectoryValues:
    usual = {
        "name": "Acme",
        "url": HOME,
        "base": SUFFIX,
        "bind_dn": READER,
        "bind_password": "file:reader",
        "write_dn": f"cn=writer,{SUFFIX}",
        "write_password": "file:writer",
    }
    return DirectoryValues(**{**usual, **changed})


def connected(parts: Parts, **changed: Any) -> int:
    with parts.database.write() as session:
        return add_directory(
            acting(session, "kim", NOW), values(**changed), parts.trust
        ).id


def stored(parts: Parts, directory_id: int) -> DirectoryValues:
    with parts.database.read() as session:
        return values_of(session.get_one(Directory, directory_id))


def told(parts: Parts) -> list[str]:
    with parts.database.read() as session:
        return list(session.scalars(select(Notice.text).order_by(Notice.id)))


ELSEWHERE = [
    {"url": "ldaps://evil.example"},
    {"url": f"{HOME}:1636"},
    {"url": "ldap://ldap.acme.test", "security": "starttls"},
    {"url": "ldap://127.0.0.1:38901", "security": "plaintext"},
    {"url": "ldaps://ldap.acme.test.evil.example"},
    {"url": "ldaps://127.0.0.1"},
    {"url": "ldaps://[::1]:636"},
]
"""Other servers, other ports, other protection."""


@pytest.mark.parametrize("changed", ELSEWHERE)
def test_a_password_is_not_given_to_a_second_directory_elsewhere(
    parts: Parts, changed: dict[str, str]
) -> None:
    connected(parts)
    with pytest.raises(
        Invalid, match=r"given for ldaps://ldap\.acme\.test:636"
    ) as refused:
        connected(parts, name="Mine", **changed)
    assert refused.value.field == "bind_password"


@pytest.mark.parametrize("changed", ELSEWHERE)
def test_nor_by_way_of_an_edit_or_after_the_directory_was_removed(
    parts: Parts, changed: dict[str, str]
) -> None:
    first = connected(parts)
    with pytest.raises(Invalid), parts.database.write() as session:
        edit_directory(
            acting(session, "kim", NOW), first, values(**changed), parts.trust
        )
    with parts.database.write() as session:
        empty = values(bind_dn="", bind_password="", write_dn="", write_password="")
        edit_directory(acting(session, "kim", NOW), first, empty, parts.trust)
        forget_directory(acting(session, "kim", NOW), first)
    with pytest.raises(Invalid):
        connected(parts, **changed)


def test_the_same_server_in_other_letters_is_the_same(parts: Parts) -> None:
    connected(parts)
    assert connected(parts, name="Twin", url="LDAPS://LDAP.acme.test:636/")


def test_a_new_file_is_the_way_to_a_new_server(parts: Parts) -> None:
    first = connected(parts)
    moved = values(
        url="ldaps://new.acme.test",
        bind_password="file:other",
        write_dn="",
        write_password="",
    )
    with parts.database.write() as session:
        edit_directory(acting(session, "kim", NOW), first, moved, parts.trust)
    assert stored(parts, first).url == "ldaps://new.acme.test"


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "ldaps://ldap2.acme.test"},
        {"url": f"{HOME}:1636"},
        {"bind_dn": f"cn=somebody,{SUFFIX}"},
        {"url": "ldap://ldap.acme.test", "security": "starttls"},
        {"ca_file": "{ca}"},
    ],
)
def test_the_form_asks_again_when_the_way_or_the_account_changes(
    app: Flask,
    parts: Parts,
    tmp_path_factory: pytest.TempPathFactory,
    changed: dict[str, str],
) -> None:
    from tests.ldap_sync.certificates import Authority  # noqa: PLC0415

    ca = str(Authority(tmp_path_factory.mktemp("ca")).create().file)
    changed = {name: value.format(ca=ca) for name, value in changed.items()}
    first, before = connected(parts), stored(parts, 1)
    pages = Pages(app).as_operator()
    page = pages.get(f"/directory/{first}/edit")
    assert not page.root.one(id="bind_password").attrs.get("value")
    assert "Now: file:reader" in page.content
    page = pages.submit(status=422, **changed)
    assert any("say again where the password is" in error for error in page.errors)
    assert stored(parts, first) == before


def test_what_does_not_touch_the_way_keeps_the_passwords(
    app: Flask, parts: Parts
) -> None:
    first = connected(parts)
    pages = Pages(app).as_operator()
    pages.get(f"/directory/{first}/edit")
    pages.submit(name="Acme Ltd")
    assert stored(parts, first) == values(name="Acme Ltd")
    assert told(parts) == [
        "kim connected the directory Acme at ldaps://ldap.acme.test:636 (LDAPS)."
    ]


def test_the_others_hear_that_the_way_changed_and_the_trail_knows(parts: Parts) -> None:
    first = connected(parts)
    with parts.database.write() as session:
        changed = values(bind_dn=f"cn=other,{SUFFIX}", bind_password="file:other")
        edit_directory(acting(session, "kim", NOW), first, changed, parts.trust)
    sentence = (
        "kim changed how the directory Acme is reached: account for "
        "reading, password for reading."
    )
    assert told(parts)[-1] == sentence


@pytest.mark.parametrize(
    "way",
    [
        "/directory/new",
        "/directory/1/edit",
        "/directory/1/check",
        "/directory/unfreeze",
    ],
)
def test_the_password_is_asked_again(
    app: Flask, parts: Parts, clock: Any, way: str
) -> None:
    connected(parts)
    pages = Pages(app).as_operator()
    pages.get("/")
    clock.forward(minutes=16)
    page = pages.post(way, {"name": "x"}, status=401)
    assert page.root.all("input", name="_password")
    pages.post(way, {"_password": "wrong", "name": "x"}, status=422)
    assert PASSWORD not in page.html


PLAIN = [
    "ldap://ldap.acme.test",
    "ldap://10.0.0.1",
    "ldap://127.0.0.1.evil.example",
    "ldap://localhost.evil.example",
    "ldap://[fe80::1]",
    "ldap://0.0.0.0",
    "ldap://2130706433",
    "ldap://[::ffff:10.0.0.1]",
    "ldap://[::]",
]


@pytest.mark.parametrize("url", PLAIN)
def test_without_encryption_only_this_machine_is_reached(
    parts: Parts, url: str
) -> None:
    with pytest.raises(Invalid, match="plaintext_ldap") as refused:
        connected(parts, url=url, security="plaintext")
    assert refused.value.field == "security"
    directory = Directory(
        name="Old",
        url=url,
        security="plaintext",
        placeholders=[],
        protected=[],
        off_when=[],
        seen=[],
    )
    for name in (
        "ca_file",
        "base",
        "people_base",
        "group_base",
        "role_base",
        "bind_dn",
        "write_dn",
    ):
        setattr(directory, name, "")
    directory.bind_password = directory.write_password = ""
    with pytest.raises(Refused, match="plaintext_ldap"):
        connection_of(directory, Trust())
    assert connection_of(directory, Trust(plaintext=True)).url == url


@pytest.mark.parametrize(
    "url",
    [
        "ldap://127.0.0.1:389",
        "ldap://localhost",
        "ldap://[::1]:389",
        "ldap://127.3.2.1",
    ],
)
def test_this_machine_itself_is_reached_without_encryption(
    parts: Parts, url: str
) -> None:
    assert connected(
        parts,
        url=url,
        security="plaintext",
        bind_password="file:other",
        write_dn="",
        write_password="",
    )


def test_which_files_there_are_is_not_told_by_the_field_for_certificates(
    parts: Parts, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.write_text("no certificate")
    answers = set()
    for file in (there, tmp_path / "where", tmp_path):
        with pytest.raises(Invalid) as refused:
            connected(parts, ca_file=str(file))
        answers.add(refused.value.message.replace(str(file), "…"))
    assert len(answers) == 1


def test_on_the_command_line_whoever_reads_the_files_may_say_otherwise(
    parts: Parts, rung: Rung
) -> None:
    connected(parts)
    account = ("--bind-dn", READER, "--bind-password-file", "reader")
    done = rung(
        "directory",
        "add",
        "Second",
        "ldaps://ldap2.acme.test",
        "--base",
        SUFFIX,
        *account,
    )
    assert done.code == 0, done.err


def test_an_old_reference_outside_answers_with_one_sentence_and_can_be_listed(
    app: Flask, parts: Parts, rung: Rung, tmp_path: Path
) -> None:
    first = connected(parts, write_dn="", write_password="")
    with parts.database.write() as session:
        row = session.get_one(Directory, first)
        row.audited = False
        row.bind_password = f"file:{tmp_path / 'old'}"
    (tmp_path / "old").write_text("old")
    done = rung("sync", "Acme")
    assert (done.code, done.err.count("\n")) == (4, 1)
    assert "secrets_also" in done.err
