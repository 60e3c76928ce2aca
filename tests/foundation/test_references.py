"""Where secrets may be named: one folder, listed files and variables; nothing else, however it is
written.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Away, Invalid
from app.core.references import (
    ONE_LINE,
    by_settings,
    canonical,
    fetched,
    is_reference,
    reference_problem,
    secret_problem,
)
from app.core.settings import Settings, make_folder_for_secrets, trust_of
from app.core.trust import NOTHING_ALLOWED, Trust

ESCAPES = [
    "file:{home}/secret_key",
    "file:../secret_key",
    "file:{home}/secrets/../secret_key",
    "file:./../secret_key",
    "file:{home}/secrets/link-out",
    "file:link-out",
    "file:linked-folder/secret_key",
    "file:{home}/secrets",
    "file:",
    "file:.",
    "file:/",
    "file:/etc/passwd",
    "file:/etc/shadow",
    "file:/proc/self/environ",
    "file:/dev/stdin",
    "file:{home}/secrets-of-others/x",
    "file:{home}//secret_key",
    "file:/nowhere/at/all",
    "env:HOME",
    "env:PATH",
    "env:RUNG_DATABASE_URL",
    "env:rung_database_url",
    "env:RUNG_CTI_SECRET",
    "env:",
    "env:A B",
    "env:LISTED ",
    "env: LISTED",
    "ENV:LISTED",
    "File:reader",
    "file:reader\n",
    "file:rea\0der",
    "file:rea\x1bder",
    "file:reader\u2028",
    "file://reader",
    "env://LISTED",
    "reader",
    "",
    "hunter2",
    "data:reader",
    "file:\ud800",
]
"""What leads elsewhere or is written in a way that is not understood.

Add to it what somebody tries next.
"""

CONTENTS = [
    b"",
    b"\n",
    b" \n",
    b"one\ntwo",
    b"one\r\ntwo\r\n",
    b"a\0b",
    b"a\tb",
    b"a\x1b[31mb",
    b"a\x7fb",
    b"a\x0bb",
    b"\n\n",
    "a\u2028b".encode(),
    "a\u2029b".encode(),
    "a\x85b".encode(),
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"x" * 10_000,
]
"""What is no secret of one line."""


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    (home / "secret_key").write_text("f" * 64)
    (home / "secrets" / "reader").write_text("s3cret\n")
    (home / "secrets" / "link-out").symlink_to(home / "secret_key")
    (home / "secrets" / "linked-folder").symlink_to(home)
    return trust_of(Settings(home=home, secrets_env="LISTED"), {})


@pytest.mark.parametrize("reference", ESCAPES)
def test_nothing_outside_of_the_folder_is_named_and_the_answer_is_a_sentence(
    trust: Trust, reference: str
) -> None:
    reference = reference.format(home=trust.folders[0].parent)
    assert reference_problem(reference, trust).endswith(".")
    with pytest.raises(Away) as told:
        fetched(
            reference,
            trust,
            {
                "HOME": "/root",
                "LISTED": "s",
                "RUNG_DATABASE_URL": "s",
                "RUNG_CTI_SECRET": "s",
            },
        )
    assert "f" * 64 not in told.value.message


@pytest.mark.parametrize("raw", CONTENTS)
def test_what_is_not_one_line_of_text_is_refused_without_being_shown(
    trust: Trust, raw: bytes
) -> None:
    (trust.folders[0] / "odd").write_bytes(raw)
    problem = secret_problem("file:odd", trust)
    assert problem.endswith(".")
    assert ONE_LINE in problem or "is empty" in problem or "not UTF-8" in problem
    assert "two" not in problem


def test_a_pipe_a_folder_and_a_missing_file_are_told_and_keep_nobody_waiting(
    trust: Trust,
) -> None:
    os.mkfifo(trust.folders[0] / "pipe")
    (trust.folders[0] / "folder").mkdir()
    for name in ("pipe", "folder", "missing"):
        assert "cannot be read" in secret_problem(f"file:{name}", trust)


def test_whether_a_file_outside_exists_cannot_be_told_from_the_answer(
    trust: Trust, tmp_path: Path
) -> None:
    there, nowhere = tmp_path / "there", tmp_path / "where"
    there.write_text("x")
    told = [
        secret_problem(f"file:{place}", trust).replace(place.name, "…")
        for place in (there, nowhere)
    ]
    assert told[0] == told[1]


def test_a_variable_outside_of_the_list_is_told_the_same_whether_it_is_set_or_not(
    trust: Trust,
) -> None:
    for environ in ({}, {"OTHER": "x"}):
        with pytest.raises(Away, match="env:OTHER is not one of the variables"):
            fetched("env:OTHER", trust, environ)


@pytest.mark.parametrize(
    "written",
    ["file:reader", "file:./reader", "file:{folder}/reader", "file:{folder}/./reader"],
)
def test_a_file_in_the_folder_is_fetched_and_has_one_spelling(
    trust: Trust, written: str
) -> None:
    written = written.format(folder=trust.folders[0])
    assert fetched(written, trust) == "s3cret"
    assert (
        canonical(written, trust)
        == f"file:{os.path.realpath(trust.folders[0] / 'reader')}"
    )


def test_secrets_as_containers_mount_them_are_links_inside_the_folder(
    trust: Trust,
) -> None:
    version = trust.folders[0] / "..2026"
    version.mkdir()
    (version / "mounted").write_text("m")
    (trust.folders[0] / "..data").symlink_to(version)
    (trust.folders[0] / "mounted").symlink_to(Path("..data") / "mounted")
    assert fetched("file:mounted", trust) == "m"


def test_spaces_belong_to_a_password_and_a_mark_of_encoding_does_not(
    trust: Trust,
) -> None:
    (trust.folders[0] / "spaced").write_bytes("\ufeff pässword \r\n".encode())
    assert fetched("file:spaced", trust) == " pässword "


def test_what_the_settings_list_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere"
    file.write_text("listed")
    trust = trust_of(
        Settings(
            home=tmp_path / "home", secrets_also=str(file), secrets_env="LISTED, OTHER"
        ),
        {},
    )
    assert fetched(f"file:{file}", trust) == "listed"
    assert fetched("env:OTHER", trust, {"OTHER": "o"}) == "o"


def test_the_folder_of_credentials_counts_but_not_the_own_secrets_in_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "reader").write_text("given")
    (folder / "key").write_text("of Rung")
    environ = {
        "CREDENTIALS_DIRECTORY": str(folder),
        "RUNG_SECRET_KEY_FILE": str(folder / "key"),
    }
    trust = trust_of(Settings(home=tmp_path / "home"), environ)
    assert fetched("file:reader", trust) == "given"
    assert "not one of the files" in secret_problem("file:key", trust)
    assert "not one of the files" in secret_problem(f"file:{folder / 'key'}", trust)


def test_the_address_of_the_mailbox_is_for_the_mailbox_alone(trust: Trust) -> None:
    settings = Settings(home=trust.folders[0].parent, imap_url="file:reader")
    found = trust_of(settings, {})
    assert "not one of the files" in secret_problem("file:reader", found)
    assert fetched("file:reader", by_settings("file:reader", found)) == "s3cret"
    outside = f"file:{trust.folders[0].parent / 'secret_key'}"
    assert fetched(outside, by_settings(outside, trust)) == "f" * 64
    with pytest.raises(Away):
        fetched(
            "env:RUNG_IMAP", by_settings("env:RUNG_IMAP", trust), {"RUNG_IMAP": "x"}
        )


def test_without_any_word_of_the_settings_nothing_is_allowed(trust: Trust) -> None:
    for reference in ("file:reader", f"file:{trust.folders[0]}/reader", "env:LISTED"):
        with pytest.raises(Invalid):
            canonical(reference, NOTHING_ALLOWED)
    assert reference_problem(
        "file:reader", replace(trust, own=frozenset({trust.folders[0] / "reader"}))
    )


@given(st.text(max_size=40))
def test_no_text_at_all_is_more_than_a_sentence(text: str) -> None:
    trust = Trust(folders=(Path("/nowhere/secrets"),), variables=frozenset({"A"}))
    for reference in (text, f"file:{text}", f"env:{text}"):
        assert secret_problem(reference, trust)
        assert isinstance(is_reference(reference), bool)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("secrets_dir", "secrets"),
        ("secrets_dir", "/x/../y"),
        ("secrets_dir", "/"),
        ("secrets_also", "a, /b"),
        ("secrets_env", "A B"),
        ("secrets_env", "RUNG_SECRET_KEY"),
        ("secrets_env", "A,rung_x"),
        ("channel_nets", "10.0.0.0/99"),
        ("channel_nets", "mail, http://x"),
        ("public_url", "rung.example.org"),
        ("public_url", "ftp://x"),
        ("public_url", "https://"),
        ("public_url", "https://x/rung"),
        ("public_url", "https://a:b@x"),
        ("public_url", "https://x?a=1"),
        ("public_url", "https://x#a"),
        ("public_url", "https://x:0"),
        ("public_url", "https://x:99999"),
        ("public_url", "https://x y"),
        ("public_url", "https://x\n.evil"),
        ("idle_hours", "0"),
        ("idle_hours", "13"),
    ],
)
def test_a_setting_that_would_open_too_much_is_an_error_at_the_start(
    tmp_path: Path, key: str, value: str
) -> None:
    from app.core.settings import load  # noqa: PLC0415

    with pytest.raises(Invalid, match=key):
        load({"RUNG_HOME": str(tmp_path), f"RUNG_{key.upper()}": value})


def test_the_folder_for_secrets_is_made_for_nobody_else_to_read_and_only_in_the_data_folder(
    tmp_path: Path,
) -> None:
    own, other = (
        Settings(home=tmp_path / "home"),
        Settings(home=tmp_path, secrets_dir=str(tmp_path / "elsewhere")),
    )
    for _ in range(2):
        make_folder_for_secrets(own)
        make_folder_for_secrets(other)
    assert own.secrets.stat().st_mode & 0o777 == 0o700
    assert not other.secrets.exists()
