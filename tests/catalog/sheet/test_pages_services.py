"""The catalogue in the browser: list, one service, every small page beside it, the public page,
CSV.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.catalog.sheet.actions import add_fact, add_note, add_part
from app.models.catalog.words import ServiceKind, ServiceState
from tests.catalog.builders import a_person, a_team
from tests.catalog.services.test_service_users import a_right, member
from tests.incidents.builders import Desk
from tests.pages import Page, Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("olga")


@pytest.fixture
def desk(pages: Pages) -> Desk:
    return Desk(pages.parts.database)


def primary(page: Page) -> list[str]:
    return [node.text for node in page.root.one("main").all(class_="primary")]


def test_a_service_goes_from_a_name_to_the_public_page(pages: Pages) -> None:
    pages.get("/services/new")
    page = pages.submit(name="Mail & calendar")
    assert page.h1 == "Mail & calendar"
    assert primary(page) == []
    assert "Name its owner first" in page.content and "Say in a customer's words" in page.content
    pages.get("/services/1/edit/texts")
    pages.submit(
        summary="Write and read mail", how_to_get="Ask your manager", for_it="Two postfix servers"
    )
    pages.get("/services/1/edit/running")
    page = pages.submit(owner="olga")
    assert primary(page) == ["Publish it"]
    page = pages.post("/services/1/publish")
    assert page.told.startswith("Published.")
    public = pages.get("/services/public")
    assert "Write and read mail" in public.content and "Ask your manager" in public.content


def test_customers_see_no_internals_without_signing_in(app: Flask, desk: Desk) -> None:
    desk.service(
        "Mail",
        summary="Write",
        for_it="postfix",
        team_id=desk.team("Night shift"),
        through_owner=True,
    )
    desk.service("Network", kind=ServiceKind.PART, summary="Cables")
    desk.service("Secret", state=ServiceState.DRAFT, summary="Not yet")
    desk.do(add_note, 1, "dispute", "Who pays?")
    page = Page(app.test_client().get("/services/public"))
    assert page.status == 200 and "Mail" in page.content
    for internal in (
        "postfix",
        "Night shift",
        "olga",
        "Network",
        "Secret",
        "Who pays",
        "urgency",
        "published",
    ):
        assert internal not in page.content, internal


def test_publishing_without_owner_says_why_it_is_refused(pages: Pages, desk: Desk) -> None:
    made = desk.service(state=ServiceState.DRAFT, owner="", summary="Sell")
    page = pages.post(f"/services/{made}/publish", status=409)
    assert "Name its owner first: exactly one person answers for it" in page.content


def test_the_list_is_searched_and_narrowed_and_says_what_is_missing(
    pages: Pages, desk: Desk
) -> None:
    desk.service("Mail", summary="Write")
    desk.service("Network", kind=ServiceKind.PART, summary="Cables", owner="")
    desk.service("Fax", state=ServiceState.RETIRED)
    assert [
        row[0].split("service")[0].split("part")[0].strip()
        for row in pages.get("/services").rows("Services")
    ] == [
        "Mail",
        "Network",
    ]
    assert len(pages.get("/services?kind=part").rows("Services")) == 1
    assert len(pages.get("/services?owner=-").rows("Services")) == 1
    assert len(pages.get("/services?state=retired").rows("Services")) == 1
    assert len(pages.get("/services?q=cables").rows("Services")) == 1
    assert "No service fits" in pages.get("/services?q=zebra").content
    page = pages.get("/services?kind=nonsense&sort=odd&page=-3")
    assert "1 of 2" in page.root.one(class_="aspects").text
    assert "text, script, facts" in page.rows("Services")[0][-1]


def test_the_list_takes_the_same_number_of_queries_for_any_length(pages: Pages, desk: Desk) -> None:
    def count(path: str) -> int:
        seen: list[str] = []
        engine = pages.parts.database.engine
        note = lambda *parts: seen.append(parts[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        pages.get(path)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    first = desk.service("S0")
    few = count("/services"), count(f"/services/{first}"), count("/services/duties")
    for number in range(1, 30):
        made = desk.service(f"S{number}")
        desk.do(add_part, first, made)
        desk.do(add_fact, first, f"Fact {number}")
    assert (count("/services"), count(f"/services/{first}"), count("/services/duties")) == few


def test_a_service_is_drawn_with_its_parts_and_lists_them_beside(pages: Pages, desk: Desk) -> None:
    shop, net = desk.service("Shop <1>"), desk.service("Network", kind=ServiceKind.PART)
    pages.get(f"/services/{shop}/parts")
    page = pages.submit(part_id=str(net), note="orders")
    assert page.told == "It is a part of it now."
    page = pages.get(f"/services/{shop}")
    assert "Shop <1> needs Network." in page.html.replace("&lt;", "<").replace("&gt;", ">")
    assert page.html.count("chart-node part") >= 2
    assert "Network" in page.root.one(class_="composite-lists").text
    pages.get(f"/services/{net}/parts")
    page = pages.submit(part_id=str(shop), status=422)
    assert page.errors == ["Network would need itself: Shop <1> is built on it."]


def test_the_suggested_urgency_is_shown_before_it_is_set(pages: Pages, desk: Desk) -> None:
    made = desk.service(urgency=None)
    desk.reported(service_id=made)
    pages.get(f"/services/{made}/urgency")
    page = pages.submit(tie="hampered", soon="week", way="full", do="suggest")
    assert "Suggested: urgency 3" in page.content
    assert "1 incident of this service is open. It keeps the urgency" in page.content
    page = pages.submit(button="Set the urgency", urgency="1", status=422)
    assert page.errors == ["The answers suggest 3. Say why it is 1 instead."]
    page = pages.submit(button="Set the urgency", urgency="", main_process="Sell in outlets")
    assert page.told.startswith("The urgency is set")
    assert (
        "a supporting process (“Sell in outlets”)" in page.content
        and "Within the week" in page.content
    )


def test_who_does_what_is_one_small_table(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get(f"/services/{made}/duties")
    page = pages.submit(of_process="Changes", party="Ann", letter="R", status=422)
    assert "Say first who is accountable for Changes" in page.errors[0]
    page = pages.submit(of_process="Changes", party="Ann", letter="A")
    assert page.told == "Ann is accountable now."
    rows = pages.get(f"/services/{made}").rows("Who does what")
    assert rows == [
        ["the service itself", "olga as its owner", "–", "–", "–"],
        ["Changes", "Ann", "–", "–", "–"],
    ]
    page = pages.post(f"/services/{made}/duties/1/remove")
    assert page.told == "Taken out."


def test_rights_show_their_lens_and_how_many_use_the_service(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    ann = a_person(desk.database, "Ann")
    member(desk.database, a_right(desk.database, "till-users"), person=ann)
    pages.get(f"/services/{made}/rights")
    assert pages.submit(right="till", status=422).errors == ["There is no right “till”."]
    page = pages.submit(right="till-users")
    assert page.rows("Rights")[0][:3] == ["till-users", "direct members", "1"]
    assert "Used by 1 person." in pages.get(f"/services/{made}").content
    page = pages.post(f"/services/{made}/rights/1/remove")
    assert "None: everybody counts as using it." in page.content


def test_facts_are_added_moved_and_asked_for_no_longer(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    caption = "Facts in the order they are asked for"
    for name in ("Till number", "Error text"):
        pages.get(f"/services/{made}/facts")
        pages.submit(f"/services/{made}/facts", name=name, hint="On the sticker")
    page = pages.post(f"/services/{made}/facts/2/move", {"up": "1"})
    assert [row[0] for row in page.rows(caption)] == ["Error text", "Till number"]
    page = pages.post(f"/services/{made}/facts/2/retire")
    assert [row[0] for row in page.rows(caption)] == ["Till number"]
    pages.get(f"/services/{made}/facts")
    assert pages.submit(f"/services/{made}/facts", name="till number", status=422).errors == [
        "The desk asks for this already."
    ]


def test_a_dispute_is_kept_and_settled(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get(f"/services/{made}/notes")
    pages.submit(kind="dispute", text="Who replaces paper?")
    assert "1 open dispute" in pages.get(f"/services/{made}").content
    pages.post(f"/services/{made}/notes/1/settle", {"how": " "}, status=422)
    page = pages.post(f"/services/{made}/notes/1/settle", {"how": "The outlets"})
    assert "dispute, settled" in page.content and "The outlets" in page.content


@pytest.mark.parametrize(
    ("what", "fields", "told"),
    [
        ("retire", {"reason": "Unused", "successor_id": "2"}, "Retired."),
        ("merge", {"reason": "One mail", "successor_id": "2"}, "Merged."),
        ("split", {"reason": "Too big", "names": "LAN\nWAN"}, "Split."),
    ],
)
def test_a_service_ends_with_a_reason(
    pages: Pages, desk: Desk, what: str, fields: Any, told: str
) -> None:
    made = desk.service("Fax")
    desk.service("Mail")
    desk.reported(service_id=made)
    page = pages.get(f"/services/{made}/{what}")
    assert "1 incidents (1 open) and 0 articles keep their reference" in page.content
    assert pages.submit(**{**fields, "reason": ""}, status=422).errors == ["Say why."]
    assert pages.submit(**fields).told.startswith(told)
    page = pages.get(f"/services/{made}")
    assert "What takes its place" in page.content
    assert pages.post(f"/services/{made}/bring-back").told == "It is back, as a draft."


def test_merging_into_nothing_is_refused_beside_the_field(pages: Pages, desk: Desk) -> None:
    made = desk.service("Fax")
    pages.get(f"/services/{made}/merge")
    assert pages.submit(reason="x", status=422).errors == ["Choose the service it goes into."]


def test_two_people_writing_at_once_lose_nothing(app: Flask, pages: Pages, desk: Desk) -> None:
    made = desk.service()
    ben = Pages(app).as_operator("ben")
    pages.get(f"/services/{made}/edit/texts")
    ben.get(f"/services/{made}/edit/texts")
    ben.submit(summary="Ben's text")
    page = pages.submit(summary="Olga's text", status=409)
    assert page.root.one("textarea", id="summary").text == "Olga's text"
    assert "Saved meanwhile: Ben's text" in page.content
    assert "Olga's text" in pages.submit().content


def test_the_history_tells_before_after_and_why(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get(f"/services/{made}/edit/texts")
    pages.submit(summary="Sell things")
    desk.service("Mail")
    pages.get(f"/services/{made}/retire")
    pages.submit(reason="Unused")
    rows = pages.get(f"/services/{made}/history").rows("Events")
    assert rows[0][2] == "Retired Cash desk" and rows[0][4] == "Unused"
    assert "Sell things" in rows[1][3] and rows[1][1] == "olga"


def test_who_may_only_read_changes_nothing(app: Flask, desk: Desk) -> None:
    made = desk.service()
    rita = Pages(app).as_operator("rita", permissions=("read",))
    page = rita.get(f"/services/{made}")
    assert page.root.all(class_="part-change") == [] and primary(page) == []
    for path in (
        "edit/texts",
        "urgency",
        "parts",
        "duties",
        "rights",
        "facts",
        "notes",
        "retire",
        "merge",
        "split",
    ):
        rita.get(f"/services/{made}/{path}", status=403)
    for path in ("publish", "unpublish", "bring-back", "parts/1/remove", "facts/1/move"):
        rita.post(f"/services/{made}/{path}", status=403)


def test_a_part_that_is_not_there_is_not_found(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    pages.get("/services/77", status=404)
    pages.get(f"/services/{made}/edit/nonsense", status=404)
    pages.post(f"/services/{made}/facts/9/retire", status=404)


def test_the_report_counts_where_nobody_answers(pages: Pages, desk: Desk) -> None:
    desk.service("Mail")
    desk.service("Till", owner="")
    page = pages.get("/services/duties")
    assert "1 of 2 services has nobody" in page.content
    assert "Till,published,," in pages.get("/services/duties.csv").response.text


def test_the_catalogue_goes_out_as_csv_and_comes_in_again(pages: Pages, desk: Desk) -> None:
    a_team(desk.database, "Shop IT")
    mail, net = desk.service("Mail", summary="=1+1"), desk.service("Network", kind=ServiceKind.PART)
    desk.do(add_part, mail, net)
    desk.do(add_fact, mail, "Mailbox")
    text = pages.get("/services.csv").response.text
    assert "Mailbox" in text and "'=1+1" in text
    pages.get("/services/import")
    text = (
        text.lstrip("\ufeff")
        + ",Chat,part,,,,,,,,,Shop IT,2,,,,Mail; Network,Room,,\r\n,Bad,zebra\r\n"
    )
    page = pages.post("/services/import", {"text": text})
    assert [tile.text[-1] for tile in page.root.all(class_="tile")] == ["1", "2", "1"]
    assert "“zebra” is none of" in page.rows("Rejected lines")[0][2]
    rejects = pages.post("/services/import", {"text": text, "do": "rejects"})
    assert "zebra" in rejects.response.text and rejects.response.mimetype == "text/csv"
    page = pages.post("/services/import", {"text": text, "do": "keep"})
    assert page.told == "3 services are brought in."
    chat = pages.get("/services/3")
    assert "Room" in chat.content and "Shop IT" in chat.content and "urgency 2" in chat.content
    assert {node.text for node in chat.root.one(class_="composite-lists").all("a")} == {
        "Mail",
        "Network",
    }
    assert "=1+1" in pages.get("/services/1").content


def test_a_file_in_another_encoding_is_read_and_what_is_no_text_is_refused(pages: Pages) -> None:
    content = "name,what it is\nMail,Post\nTüren,Schlüssel\n".encode("cp1252")
    pages.get("/services/import")
    page = pages.post("/services/import", {"file": (io.BytesIO(content), "s.csv")})
    assert not page.errors
    page = pages.post(
        "/services/import", {"file": (io.BytesIO(content), "s.csv"), "encoding": "cp1252"}
    )
    assert "Türen" in page.content
    page = pages.post(
        "/services/import", {"file": (io.BytesIO(b"name\nM\x00ail\n"), "s.csv")}, status=422
    )
    assert "zero bytes" in page.errors[0]
    assert pages.post("/services/import", status=422).errors == [
        "Choose a file, or paste its lines."
    ]


def test_a_file_that_needs_itself_or_unknown_things_is_rejected_line_by_line(
    pages: Pages, desk: Desk
) -> None:
    desk.service("Fax", state=ServiceState.RETIRED)
    text = (
        "name;needs;team;owner;urgency;price\nA;B;;;;\nB;A;;;;\nC;Nowhere;;;;\nD;;No "
        "team;nobody;;\nE;;;;7;\n"
        "F;;;;;cheap\nA;;;;;\nFax;;;;;\n;;;;1;\n"
    )
    rows = pages.post("/services/import", {"text": text}).rows("Rejected lines")
    told = {row[0]: row[2] for row in rows}
    assert told.keys() == {"3", "4", "5", "6", "7", "8", "9", "10"}
    assert "need itself through “A”" in told["3"] and "“Nowhere”" in told["4"]
    assert "no team “No team”" in told["5"] and "“nobody” is no operator" in told["5"]
    assert (
        "Line 2 has this name" in told["8"]
        and "retired service" in told["9"]
        and "no name" in told["10"]
    )
    page = pages.post("/services/import", {"text": "title,owner\nx,y\n"})
    assert "“y” is no operator" in page.content
    page = pages.post("/services/import", {"text": "nothing here"}, status=422)
    assert "“name” among them" in page.errors[0]


def test_the_answer_to_why_me_stands_beside_the_owner(pages: Pages, desk: Desk) -> None:
    made = desk.service()
    for path in (f"/services/{made}", f"/services/{made}/edit/running"):
        page = pages.get(path)
        assert "Why should I be responsible for the admins' work?" in page.content
        assert "You answer for the whole" in page.content


def test_a_notional_price_is_optional_and_shown(pages: Pages, desk: Desk) -> None:
    made = desk.service(summary="Sell")
    assert "Notional price" not in pages.get(f"/services/{made}").content
    pages.get(f"/services/{made}/edit/running")
    assert pages.submit(price="-1", status=422).errors == ["A price is not below 0."]
    pages.submit(price="12,50", price_unit="EUR a month")
    assert "12.5 EUR a month" in pages.get("/services/public").content


def test_a_service_need_not_be_provided_by_it(pages: Pages) -> None:
    pages.get("/services/new")
    page = pages.post("/services/new", {"name": "Car pool", "kind": "service"})
    assert "service, not by IT" in page.content


def test_an_owner_who_left_is_shown_and_counted_as_nobody(pages: Pages, desk: Desk) -> None:
    made = desk.service(owner="somebody who left")
    assert "somebody who left, who cannot sign in" in pages.get(f"/services/{made}").content
    assert "1 of 1 services has nobody" in pages.get("/services/duties").content
    assert "(cannot sign in)" in pages.get(f"/services/{made}/edit/running").content


def test_a_draft_and_a_retired_one_are_told_apart_in_the_picture(pages: Pages, desk: Desk) -> None:
    top, middle, leaf = (
        desk.service(name) for name in ("Order to invoice", "ERP", "A part with quite a long name")
    )
    draft = desk.service("New", state=ServiceState.DRAFT)
    for service, part in ((top, middle), (middle, leaf), (middle, draft), (draft, leaf)):
        desk.do(add_part, service, part)
    page = pages.get(f"/services/{middle}")
    assert "chart-node customer draft" in page.html and "chart-node customer here" in page.html
    assert (
        page.html.count('class="chart-needs"') == 4 + 4
    )  # as columns, and as a tree where what is shared is repeated
