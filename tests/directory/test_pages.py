"""Pages of directories, readings and rights, as a browser without script sees them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.core import audit
from app.directory.actions import ask_reading, attempt, run_waiting_readings
from app.directory.queries import is_frozen
from app.models.directory import Directory, Entitlement, Reading
from app.models.people import Person
from ldap_sync.members import meant_by
from ldap_sync.port import IncompleteRead
from ldap_sync.values import LeftOut, Other, OutsideGroup
from tests.acting import acting
from tests.directory.builders import a_directory
from tests.directory.said import Told, group, parts_with, person, snapshot
from tests.directory.test_readings import EXPORT
from tests.pages import Pages

ANNA, BEN, CLEO = (
    person("anna", department="Post"),
    person("ben"),
    person("cleo", disabled=True),
)
TEAM = group("team", BEN, CLEO)
FULL = snapshot(
    ANNA,
    BEN,
    CLEO,
    group("mail", ANNA, TEAM, "uid=left,ou=people,dc=acme,dc=test"),
    TEAM,
    group("vpn"),
)


@pytest.fixture
def told() -> Told:
    return Told(FULL)


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def acme(pages: Pages) -> int:
    with pages.parts.database.write() as session:
        return a_directory(session, bind_dn="").id


@pytest.fixture
def read(pages, acme, told, settings):
    """Read Acme as the worker would, from what ``told`` says."""

    def do() -> int:
        parts = parts_with(pages.parts.database, settings, told, pages.parts.now)
        with parts.database.write() as session:
            reading_id = ask_reading(acting(session, "kim", parts.now()), acme).id
        run_waiting_readings(parts)
        return reading_id

    return do


def right_id(pages: Pages, cn: str) -> int:
    with pages.parts.database.read() as session:
        return session.scalars(select(Entitlement.id).where(Entitlement.cn == cn)).one()


def test_without_a_directory_the_page_offers_the_ways_to_begin(pages):
    page = pages.get("/directory")
    assert "No directory yet" in page.content
    assert [link.text for link in page.root.one(class_="empty-action").all("a")] == [
        "Connect a directory",
        "Read an LDIF file",
    ]
    assert "Try the demo" in page.content


def test_who_may_only_read_is_offered_nothing_to_change(app, acme):
    reader = Pages(app).as_operator("rita", permissions=("read",))
    page = reader.get(f"/directory/{acme}")
    assert page.root.one("main").all("button") == []
    reader.post(f"/directory/{acme}/read", status=403)
    reader.get("/directory/new", status=403)


def test_a_directory_is_connected_with_the_form(pages):
    pages.get("/directory/new")
    page = pages.submit(
        name="Acme",
        url="ldap://localhost",
        security="plaintext",
        base="dc=acme,dc=test",
    )
    assert page.h1 == "Acme"
    assert page.told == "Acme is connected. Check it, then read it."
    assert "The connection is not encrypted" in page.content
    assert "Read-only" in page.content


def test_a_form_with_faults_tells_all_of_them_and_keeps_what_was_typed(pages):
    pages.get("/directory/new")
    page = pages.submit(
        status=422,
        name="",
        url="http://x",
        base="acme",
        bind_dn="cn=r,dc=acme",
        bind_password="hunter2",
    )
    assert len(page.errors) == 4
    assert page.root.one(id="url").attrs["value"] == "http://x"
    assert page.root.one(id="bind_password").attrs["value"] == "hunter2"
    with pages.parts.database.read() as session:
        assert session.scalars(select(Directory)).all() == []


def test_settings_are_changed_with_the_same_form(pages, acme):
    pages.get(f"/directory/{acme}/edit")
    page = pages.submit(
        name="Acme Ltd", placeholders="cn=nobody,dc=acme\n\n cn=admin,dc=acme "
    )
    assert page.h1 == "Acme Ltd"
    with pages.parts.database.read() as session:
        assert session.get(Directory, acme).placeholders == [
            "cn=nobody,dc=acme",
            "cn=admin,dc=acme",
        ]


def test_house_rules_are_typed_into_the_form_and_used_by_the_next_reading(
    pages, acme, told, read
):
    pages.get(f"/directory/{acme}/edit")
    assert (
        "Line 2: &#39;nonsense&#39; is no rule"
        in pages.submit(status=422, off_when="ak-active=FALSE\nnonsense").html
    )
    page = pages.submit(off_when="ak-active=FALSE\nstate=gone")
    assert "ak-active=FALSE; state=gone" in page.content
    read()
    assert told.connection is not None
    assert told.connection.off_when == ("ak-active=FALSE", "state=gone")


def test_reading_is_asked_for_watched_and_its_end_loads_the_page_anew(
    pages, acme, told, settings
):
    pages.get(f"/directory/{acme}")
    page = pages.submit(f"/directory/{acme}/read")
    assert "Waits for the worker" in page.content
    piece = pages.get(f"/directory/{acme}", fragment=True)
    assert "<h1" not in piece.html
    assert piece.root.one(id="reading").attrs["hx-trigger"] == "every 1s"
    run_waiting_readings(
        parts_with(pages.parts.database, settings, told, pages.parts.now)
    )
    assert (
        pages.get(f"/directory/{acme}", fragment=True).response.headers["HX-Redirect"]
        == f"/directory/{acme}"
    )
    page = pages.get(f"/directory/{acme}")
    assert page.told == "Read: 3 people, 3 groups, 1 change."
    assert "3 people, 3 groups, 3 direct grants" in page.content


def test_progress_is_told_in_words(pages, acme):
    attempt.begin(pages.parts, acme, by="kim", source="ldap", forced=False)
    page = pages.get(f"/directory/{acme}")
    assert page.root.one("progress").text == "Connecting"


def test_a_refused_reading_says_why_and_can_be_accepted_only_if_much_is_missing(
    pages, acme, told, read
):
    read()
    told.says = IncompleteRead("The server stopped after 500 entries.")
    read()
    page = pages.get(f"/directory/{acme}")
    assert "The server stopped after 500 entries." in page.content
    assert "Read again and accept it" not in page.content
    told.says = snapshot(ANNA)
    read()
    page = pages.get(f"/directory/{acme}")
    assert "2 of 3 people known from the last reading are missing" in page.content
    pages.post(f"/directory/{acme}/read", {"accept": "1"})
    with pages.parts.database.read() as session:
        assert (
            session.scalars(select(Reading).order_by(Reading.id.desc())).first().forced
        )


def test_what_changed_is_listed_filtered_and_exported(pages, acme, told, read, clock):
    read()
    clock.forward(minutes=5)
    told.says = snapshot(
        ANNA, BEN, CLEO, group("mail", ANNA, BEN), TEAM, group("vpn", ANNA)
    )
    reading = f"/directory/{acme}/readings/{read()}"
    page = pages.get(reading)
    assert ["right given", "Anna (anna) was given vpn."] in page.rows()
    page = pages.get(f"{reading}?kind=taken")
    assert page.rows() == [["right taken away", "Group team was taken out of mail."]]
    assert pages.get(f"{reading}?q=ben+mail").rows() == [
        ["right given", "Ben (ben) was given mail."]
    ]
    assert "No change fits" in pages.get(f"{reading}?q=zzz").content
    assert (
        "Anna (anna) was given vpn." in pages.get(f"{reading}/export?kind=given").html
    )
    pages.get(f"/directory/{acme}/readings/999", status=404)


def test_a_check_shows_what_was_found(app, pages, acme):
    pages.get(f"/directory/{acme}")
    page = pages.submit(f"/directory/{acme}/check")
    assert page.told == "Checked: the directory could not be reached."
    assert "ldap.acme.test" in page.root.one(id="check").text


def test_an_ldif_file_is_read_from_the_browser(pages):
    pages.get("/directory/ldif")
    page = pages.submit(
        "/directory/ldif", file=(io.BytesIO(EXPORT.encode()), "export.ldif")
    )
    assert page.h1 == "export"
    assert page.told == "Read: 1 person, 1 group, 1 change."
    assert "nothing can be changed" in page.content


def test_a_malformed_file_answers_with_its_line_and_keeps_the_name(pages):
    pages.get("/directory/ldif")
    file = (io.BytesIO(EXPORT.encode() + b"this is not LDIF\n"), "export.ldif")
    page = pages.submit("/directory/ldif", status=422, file=file, name="Files")
    assert "LDIF line 11" in page.errors[0]
    assert page.root.one(id="name").attrs["value"] == "Files"
    assert "Choose a file." in pages.submit("/directory/ldif", status=422).errors


def test_rights_are_listed_and_narrowed(pages, read):
    read()
    page = pages.get("/rights")
    assert [row[1].split()[0] for row in page.rows("Rights")] == ["mail", "team", "vpn"]
    assert page.rows("Rights")[0][2:] == ["1", "1", "", "1", "not known yet", "nobody"]
    for query, names in {
        "q=vpn": ["vpn"],
        "kind=nobody": ["vpn"],
        "kind=nested": ["mail"],
        "kind=leftovers": ["mail"],
        "owner=none&sort=-people": ["team", "mail", "vpn"],
        "lens=nonsense": ["mail", "team", "vpn"],
    }.items():
        assert [
            row[1].split()[0] for row in pages.get(f"/rights?{query}").rows("Rights")
        ] == names, query
    assert "No right fits" in pages.get("/rights?q=zzz").content
    assert "cn=mail" in pages.get("/rights/export").html


def test_lens_and_owner_of_several_rights_are_noted_at_once(pages, read):
    read()
    ids = [right_id(pages, cn) for cn in ("mail", "team")]
    page = pages.post(
        "/rights/set?kind=&q=a", {"right": ids, "do": "lens", "lens": "memberof"}
    )
    assert page.told == "It is noted how the members of 2 rights are found."
    assert [row[6] for row in page.rows("Rights")] == ["memberOf of the person"] * 2 + [
        "not known yet"
    ]
    page = pages.post("/rights/set", {"right": ids, "do": "owner", "owner": "BEN"})
    assert [row[7] for row in page.rows("Rights")] == ["Ben", "Ben", "nobody"]


def test_an_unknown_owner_or_nothing_ticked_is_told_and_nothing_is_lost(pages, read):
    read()
    ids = [right_id(pages, "mail")]
    page = pages.post(
        "/rights/set", {"right": ids, "do": "owner", "owner": "bem"}, status=422
    )
    assert "There is no person “bem”. Perhaps ben?" in page.content
    assert [
        box.attrs["value"]
        for box in page.root.all("input", name="right")
        if "checked" in box.attrs
    ] == [str(ids[0])]
    assert (
        "Tick the rights"
        in pages.post(
            "/rights/set", {"do": "lens", "lens": "direct"}, status=422
        ).content
    )
    pages.post(
        "/rights/set", {"right": ids, "do": "lens", "lens": "telescope"}, status=422
    )


def test_the_page_of_a_right_tells_who_holds_it_and_how(pages, read):
    read()
    page = pages.get(f"/rights/{right_id(pages, 'mail')}")
    assert (
        "3 people hold this right: 1 directly, 2 only through groups inside."
        in page.content
    )
    assert [(row[0], row[1]) for row in page.rows("People")] == [
        ("Anna anna · Post", "directly"),
        ("Ben ben", "through team"),
        ("Cleo account off cleo", "through team"),
    ]
    assert page.rows("stand for nobody")[0][1] == "left over"
    assert (
        pages.get(f"/rights/{right_id(pages, 'team')}")
        .root.one(id="part-of")
        .one("a")
        .text
        == "mail"
    )
    assert (
        "Nobody holds this right."
        in pages.get(f"/rights/{right_id(pages, 'vpn')}").content
    )
    assert "through team" in pages.get(f"/rights/{right_id(pages, 'mail')}/export").html
    pages.get("/rights/999", status=404)


def test_a_reading_shows_what_it_left_out(pages, acme, told, read):
    left = LeftOut("cn=anna\\0ACNF:1,dc=acme", "second entry of a replication conflict")
    told.says = replace(snapshot(ANNA, group("mail", ANNA)), left_out=(left,))
    page = pages.get(f"/directory/{acme}/readings/{read()}")
    assert page.rows("Entries that were left out") == [[left.dn, left.why]]
    assert "1 entry left out" in page.content


def test_a_reading_shows_groups_outside_of_its_bases_that_list_people(
    pages, acme, told, read
):
    admins = OutsideGroup("cn=Admins,cn=Builtin,dc=acme", 3)
    told.says = replace(snapshot(ANNA, group("mail", ANNA)), outside=(admins,))
    page = pages.get(f"/directory/{acme}/readings/{read()}")
    assert page.rows("Groups outside of the bases") == [[admins.dn, "3"]]
    assert "1 group outside of the bases lists people" in page.content
    place = OutsideGroup("dc=acme", 0, "Part of dc=acme is kept elsewhere.")
    told.says = replace(told.says, outside=(place,))
    page = pages.get(f"/directory/{acme}/readings/{read()}")
    assert page.rows("Groups outside of the bases") == [[place.dn, place.why]]
    assert "outside of the bases list" not in page.content


def test_a_primary_group_is_told_on_the_pages_of_the_right_and_of_the_person(
    pages, told, read
):
    staff = replace(group("staff"), scope="global")
    above = replace(group("all", staff), scope="domain local")
    told.says = snapshot(replace(ANNA, primary_group=staff.key), BEN, staff, above)
    read()
    page = pages.get(f"/rights/{right_id(pages, 'staff')}")
    assert "1 person has it as primary group" in page.content
    assert "Nobody holds this right." not in page.content
    assert "No person, neither" not in page.content
    with pages.parts.database.read() as session:
        anna = session.scalars(select(Person.id).where(Person.uid == "anna")).one()
    page = pages.get(f"/people/{anna}")
    assert "Primary group, neither to be given nor taken: staff." in page.content
    assert "With it: all." in page.content
    assert "Holds a primary group and no other right." in page.content
    assert "None as last read." not in page.content


def test_what_is_no_person_is_shown_with_its_class_and_never_as_nobody(
    pages, told, read
):
    machine = Other(meant_by("member", "cn=pc7,dc=acme"), "computer")
    told.says = snapshot(ANNA, group("machines", "cn=pc7,dc=acme"), machine)
    read()
    page = pages.get(f"/rights/{right_id(pages, 'machines')}")
    assert page.rows("Other entries")[0][0].split() == ["cn=pc7,dc=acme", "computer"]
    assert "No person holds this right, but it lists 1 other entry." in page.content
    assert not page.root.all(id="nobodies")
    listed = pages.get("/rights?kind=others")
    assert [row[4] for row in listed.rows("Rights")] == ["1"]
    assert "No right fits" in pages.get("/rights?kind=nobody").content
    assert "No right fits" in pages.get("/rights?kind=leftovers").content


def test_lens_and_owner_are_noted_on_the_page_of_a_right(pages, read):
    read()
    mail = f"/rights/{right_id(pages, 'mail')}"
    pages.get(mail)
    page = pages.submit(mail, lens="recursive", owner="anna")
    assert "also groups inside groups, noted by anna" in page.content
    assert page.root.one(id="owner").attrs["value"] == "Anna (anna)"


def test_everything_is_frozen_and_freed_from_any_page(pages, acme):
    pages.get(f"/directory/{acme}")
    page = pages.post("/directory/freeze", {"reason": "audit"})
    assert "All changes are frozen." in page.told
    with pages.parts.database.read() as session:
        assert is_frozen(session)
    pages.post("/directory/freeze", status=409)
    page = pages.post("/directory/unfreeze")
    assert page.told.startswith("Changes are allowed again.")


def test_a_directory_is_removed_from_its_page(pages, acme, read):
    read()
    pages.get(f"/directory/{acme}")
    page = pages.submit(f"/directory/{acme}/remove")
    assert page.told == "Acme was removed from Rung; it was not touched itself."
    pages.get(f"/directory/{acme}", status=404)


def test_a_value_that_stands_everywhere_for_nobody_is_offered_as_a_placeholder(
    pages, acme, told, read
):
    told.says = snapshot(
        ANNA, *(group(f"g{number}", ANNA, "cn=dummy,dc=acme") for number in range(4))
    )
    read()
    page = pages.get(f"/directory/{acme}")
    assert "cn=dummy,dc=acme stands in 4 groups and for nobody." in page.content
    page = pages.submit(f"/directory/{acme}/placeholder")
    assert page.told == "cn=dummy,dc=acme counts as a placeholder now."
    assert "stands in 4 groups" not in page.content
    assert pages.get("/rights?kind=leftovers").content.count("No right fits") == 1


def test_how_a_file_is_understood_is_changed_without_reading_it_again(pages):
    pages.get("/directory/ldif")
    export = EXPORT + "member: cn=nobody,dc=acme\n"
    page = pages.submit(
        "/directory/ldif", file=(io.BytesIO(export.encode()), "export.ldif")
    )
    pages.get(f"{page.url}/edit")
    assert "Line 1" in pages.submit(status=422, placeholders="nobody").errors[0]
    page = pages.submit(
        name="Company",
        role_base="ou=groups,dc=acme,dc=test",
        placeholders="cn=nobody,dc=acme",
    )
    assert page.h1 == "Company"
    assert pages.get("/rights?kind=roles").rows("Rights")[0][2:5] == ["1", "", ""]


def test_the_demo_is_connected_read_and_reported_by_two_presses(pages):
    pages.get("/directory")
    page = pages.submit("/directory/demo")
    assert page.told == "The demo directory is being read."
    run_waiting_readings(pages.parts)
    assert "66 people, 40 groups, 520 direct grants" in pages.get(page.url).content
    pages.submit(f"{page.url}/check")
    assert "problem" not in pages.get(page.url).root.one(id="check").text
    assert "66 people hold 520 rights directly in demo" in pages.get("/access").content
    assert pages.post("/directory/demo").url == page.url


def queries_of(app: Flask, url: str, pages: Pages) -> int:
    statements: list[str] = []
    engine = pages.parts.database.engine

    def note(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    pages.get(url)
    event.remove(engine, "before_cursor_execute", note)
    return len([one for one in statements if one.startswith("SELECT")])


@pytest.mark.parametrize(
    "url", ["/directory", "/directory/{acme}", "/rights", "/rights/{mail}", "/people"]
)
def test_lists_ask_the_database_as_often_for_fifty_rows_as_for_one(
    app, pages, acme, told, read, url
):
    counts = []
    for size in (1, 3, 50):
        people = [person(f"p{number}", department="Post") for number in range(size)]
        groups = [group(f"g{number}", *people) for number in range(size)]
        told.says = snapshot(*people, *groups, group("mail", *people, *groups))
        read()
        address = url.format(acme=acme, mail=right_id(pages, "mail"))
        pages.get(address)
        counts.append(queries_of(app, address, pages))
    assert counts[0] == counts[1] == counts[2]


def test_which_of_several_servers_was_asked_stands_on_the_pages(pages, acme, read):
    both = "ldaps://one.acme.test ldaps://two.acme.test"
    with pages.parts.database.write() as session:
        session.get_one(Directory, acme).url = both
        audit.record(session, "test", "test.put", f"directory:{acme}", "Two servers")
    reading = read()
    shown = pages.get(f"/directory/{acme}").text
    assert "ldaps://one.acme.test asked last" in shown
    assert "ldaps://two.acme.test" in shown
    text = pages.get(f"/directory/{acme}/readings/{reading}").text
    assert "Read from ldaps://one.acme.test." in text
