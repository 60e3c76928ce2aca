"""The command line of directories, readings, rights and the freeze: what it prints and how it
ends.
"""

from __future__ import annotations

import pytest

from tests.directory.test_readings import EXPORT

ADD = ("directory", "add", "Acme", "ldap://127.0.0.1:1", "--base", "dc=acme,dc=test")
ANNA = "uid=anna,ou=people,dc=acme,dc=test"


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "company.ldif"
    file.write_text(EXPORT)
    return file


def test_a_directory_is_added_and_what_is_risky_said_aloud(rung):
    done = rung(*ADD, "--plaintext", "--json")
    assert (done.code, done.json["directory"], done.json["writable"]) == (
        0,
        "Acme",
        False,
    )
    assert "not encrypted" in done.json["warnings"][0]
    (line,) = rung("directory", "list", "--json").json["directories"]
    assert (line["name"], line["url"], line["state"]) == (
        "Acme",
        "ldap://127.0.0.1:1",
        "not read yet",
    )


def test_plain_ldap_needs_to_be_asked_for(rung):
    done = rung(*ADD)
    assert (done.code, done.out) == (1, "")
    assert "would send passwords unencrypted" in done.err
    assert rung(*ADD, "--plaintext", "--starttls").code == 2


def test_passwords_are_named_by_file_or_variable_but_not_both(rung, settings):
    secret = settings.secrets / "secret"
    secret.write_text("s3cret")
    account = (
        "--starttls",
        "--bind-dn",
        "cn=r,dc=acme",
        "--bind-password-file",
        str(secret),
    )
    assert rung(*ADD, *account, "--bind-password-env", "X").code == 2
    assert rung(*ADD, *account).code == 0


def test_a_file_for_a_password_may_be_named_alone(rung, settings):
    (settings.secrets / "reader").write_text("s3cret")
    account = (
        "--starttls",
        "--bind-dn",
        "cn=r,dc=acme",
        "--bind-password-file",
        "reader",
    )
    assert rung(*ADD, *account).code == 0


def test_a_missing_password_file_is_refused_in_one_line(rung, settings):
    done = rung(
        *ADD,
        "--starttls",
        "--bind-dn",
        "cn=r,dc=acme",
        "--bind-password-file",
        "missing",
    )
    file = settings.secrets / "missing"
    assert done.code == 1
    assert (
        done.err
        == f"rung: The file {file} for a secret cannot be read (No such file or directory).\n"
    )


def test_a_closed_port_ends_with_four_and_names_it(rung):
    rung(*ADD, "--plaintext")
    done = rung("sync")
    assert done.code == 4
    assert "127.0.0.1:1" in done.err
    assert len(done.err.splitlines()) == 1
    checked = rung("directory", "check", "Acme", "--json")
    assert checked.code == 4
    assert checked.json["ok"] is False


def test_an_export_is_read_and_counted(rung, export):
    done = rung("sync", "--ldif", str(export), "--json")
    assert done.code == 0
    assert {
        key: done.json[key]
        for key in ("people", "groups", "grants", "complete", "changes")
    } == {
        "people": 1,
        "groups": 1,
        "grants": 1,
        "complete": True,
        "changes": 1,
    }
    assert rung("sync", "--ldif", str(export), "--name", "company").out == (
        "company: 1 people, 1 groups, 1 direct grants; 0 changes.\n"
    )


def test_a_malformed_export_is_refused_with_its_line(rung, export):
    export.write_text(EXPORT + "nonsense\n")
    done = rung("sync", "--ldif", str(export))
    assert (done.code, done.out) == (1, "")
    assert "LDIF line 11" in done.err
    assert rung("sync", "--ldif", "/nowhere.ldif").code == 1


def test_an_export_that_lost_much_is_taken_over_only_if_accepted(rung, export):
    rung("sync", "--ldif", str(export))
    export.write_text(EXPORT.replace("anna", "ben"))
    done = rung("sync", "--ldif", str(export))
    assert done.code == 1
    assert "1 of 1 people known from the last reading are missing" in done.err
    assert rung("sync", "--ldif", str(export), "--accept-shrinkage").code == 0


def test_without_any_directory_commands_say_what_to_do_first(rung):
    assert "rung directory add" in rung("directory", "list").out
    assert "No directory is connected yet" in rung("sync").err
    assert "No directory is connected yet" in rung("report").err
    assert "rung sync" in rung("right", "list").out


def test_a_directory_read_from_a_file_is_not_synced_and_has_no_check(rung, export):
    rung("sync", "--ldif", str(export))
    assert "was read from a file" in rung("sync").err
    assert rung("directory", "check", "company").code == 1


def test_rights_are_found_by_name_and_shown_with_who_holds_them(rung, export):
    rung("sync", "--ldif", str(export))
    shown = rung("right", "show", "MAIL", "--json").json
    assert [(who["person"], who["direct"]) for who in shown["people"]] == [
        ("anna", True)
    ]
    assert rung("right", "show", "CN=mail, ou=groups,dc=acme,dc=test").code == 0
    done = rung("right", "show", "mial")
    assert (done.code, done.err) == (
        1,
        "rung: There is no right “mial”. Perhaps mail?\n",
    )


def test_lens_and_owner_are_noted(rung, export):
    rung("sync", "--ldif", str(export))
    assert (
        rung("right", "lens", "mail", "recursive").out
        == "mail is looked at: also groups inside groups.\n"
    )
    assert rung("right", "lens", "mail", "telescope").code == 2
    assert rung("right", "owner", "mail", ANNA, "--json").json == {
        "right": "mail",
        "owner": "anna",
    }
    (line,) = rung(
        "right", "list", "--lens", "recursive", "--owner", "some", "--json"
    ).json["rights"]
    assert (line["cn"], line["owner_name"]) == ("mail", "Anna")
    assert rung("right", "owner", "mail").out == "Nobody answers for mail.\n"


def test_freezing_and_unfreezing(rung):
    assert rung("freeze", "--reason", "audit", "--json").json["reason"] == "audit"
    assert rung("freeze").code == 1
    assert rung("unfreeze", "--of", "olga").code == 1
    assert rung("unfreeze").out == "Changes are allowed again.\n"
    assert rung("unfreeze").code == 1


def test_a_directory_is_removed(rung, export):
    rung("sync", "--ldif", str(export))
    assert rung("directory", "remove", "company").code == 0
    assert rung("directory", "remove", "company").code == 1
