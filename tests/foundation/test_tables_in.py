"""Tables of other programs through every reader: nothing ends in an error, no line is lost without
a word.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.catalog.takeover.rules import parse as services
from app.core.errors import Invalid
from app.core.formulas import guarded, unguarded, written
from app.core.table_columns import Said
from app.core.texts import decoded
from app.core.times_in import day_of, moment_of
from app.improvements.metrics.rules import parse as values
from app.improvements.takeover.rules import parse as register
from app.incidents.takeover.rules import read_backlog
from app.people.rules.weights import weights_from

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "id,title,state,requester,created_at\n"

# Every importer by how many lines of a text it took or named.
READERS: dict[str, Callable[[str], int]] = {
    "services": lambda text: len(services(text).rows),
    "register": lambda text: len(register(text).rows),
    "incidents": lambda text: (
        len((found := read_backlog(text, NOW)).rows) + len(found.rejects)
    ),
    "values": lambda text: len((found := values(text)).rows) + len(found.wrong),
    "weights": lambda text: (
        len((found := weights_from(text)).by_site) + len(found.wrong)
    ),
}
HEADINGS = {
    "services": "name{0}kind{0}owner",
    "register": "title{0}kind{0}owner",
    "incidents": "id{0}title{0}state{0}requester{0}created_at",
    "values": "day{0}value",
    "weights": "site{0}weight",
}
LINES = {
    "services": "Mail {1}{0}service{0}olga",
    "register": "Mail {1}{0}other{0}olga",
    "incidents": "{1}{0}Till{0}new{0}Ann{0}2026-03-02 09:00",
    "values": "2026-03-0{1}{0}4{1}",
    "weights": "Bern {1}{0}{1}",
}
HOSTILE = (
    *(
        "",
        "\n\n\n",
        "\0",
        "a",
        ",,,,\n,,,,\n",
        '"',
        '"a',
        "a\rb\rc",
        "a;b\r\n\r\n\r\n1;2",
        "\ufeff",
        "sep=",
        "sep=;\n",
    ),
    *(
        "x" * 200_000,
        '"' + "y" * 200_000 + '"',
        "a,b\n" + '"' * 1001,
        "=cmd|' /C calc'!A0",
        "\t\t\t",
        "|||",
        "a\x0bb",
    ),
    *(
        "name,name\n1,2",
        "title\n'=1+1\n",
        "id,title\n" + "1,2,3,4,5,6\n" * 50,
        "\u202e,\u202d\n",
        "’;“\n„;‟\n",
    ),
    *(
        "name\n" + "x\n" * 5001,
        "title\n" + "x\n" * 5001,
        HEAD + "1,<p>" * 2000,
        HEAD + "1," + "<div>" * 20_000,
    ),
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("reader", READERS)
def test_no_text_ends_in_anything_but_lines_or_a_sentence(
    reader: str, text: str
) -> None:
    try:
        READERS[reader](text)
    except Invalid as error:
        assert error.message.endswith((".", "…"))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_is_taken_or_named_whatever_stands_between_the_cells(
    name: str, separator: str, end: str
) -> None:
    if name == "values" and separator in "|":
        pytest.skip("values are pasted with tabs, semicolons, commas or spaces")
    lines = [
        HEADINGS[name].format(separator),
        *(LINES[name].format(separator, number) for number in range(1, 6)),
    ]
    assert READERS[name](end.join(lines)) == 5
    assert READERS[name](decoded(end.join(lines).encode("utf-16"))) == 5


@pytest.mark.parametrize("name", ["services", "register", "incidents"])
def test_what_spreadsheets_add_around_a_table_is_no_obstacle(name: str) -> None:
    lines = [
        HEADINGS[name].format(";"),
        *(LINES[name].format(";", number) for number in range(1, 4)),
    ]
    trailing = "\n".join(line + ";;" for line in lines)
    assert READERS[name]("sep=;\n" + "\n".join(lines)) == 3
    assert READERS[name](trailing) == 3
    assert READERS[name]("Export of today;;\n;;\n" + trailing) == 3


@pytest.mark.parametrize("name", ["services", "register", "incidents"])
def test_a_quote_that_never_closes_is_named_with_its_line(name: str) -> None:
    lines = [
        HEADINGS[name].format(","),
        LINES[name].format(",", 1),
        '"never closed,a,b',
        "more,c,d",
    ]
    table = {"services": services, "register": register}.get(name)
    found = (
        table("\n".join(lines)).rows
        if table
        else read_backlog("\n".join(lines), NOW).table.rows
    )
    assert [row.line for row in found] == [2, 3]
    assert "quote opens here" in found[1].wrong[0] and "more" in "".join(found[1].cells)


def test_too_many_lines_are_refused_with_their_number() -> None:
    for table in (services, register):
        with pytest.raises(Invalid, match="5,001 lines; 5,000 are taken at once"):
            table("name\n" + "x\n" * 5001)


def test_a_heading_line_of_glpi_that_ends_with_its_separator_is_read() -> None:  # F28
    head = (
        '"ID";"Title";"Entity";"Status";"Opening date";'
        '"Requester - Requester";"Time to resolve";\n'
    )
    line = '"1 205";"Scale";"Root";"Processing (assigned)";"2026-03-02 09:00";"Ann<br>Bob";"";\n'
    [row] = read_backlog(head + line, NOW).rows
    assert (row.ref, row.title, row.requester, row.state) == (
        "1 205",
        "Scale",
        "Ann, Bob",
        "open",
    )


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("__ New", "open"),
        ("closed successful", "closed"),
        ("pending auto close+", "open"),
        ("stalled", "open"),
    ],
)
def test_states_of_other_tools_are_known(word: str, meaning: str) -> None:  # F29
    table = "id,title,state,requester,created_at,closed\n"
    [row] = read_backlog(f"{table}1,Till,{word},Ann,2026-03-02,2026-03-03\n", NOW).rows
    assert row.state == meaning


def test_a_state_nobody_knows_is_named_and_can_be_said() -> None:  # F29
    text = HEAD + "1,Till,In Bearbeitung,Ann,2026-03-02 09:00\n"
    found = read_backlog(text, NOW)
    assert (found.table.unknown, len(found.rejects)) == (
        {"state": ("In Bearbeitung",)},
        1,
    )
    [row] = read_backlog(
        text, NOW, Said(words={"state": {"in bearbeitung": "open"}})
    ).rows
    assert row.state == "open"


def test_a_cell_above_the_limit_of_the_csv_module_is_read() -> None:  # F30
    head = "id,title,state,requester,created_at,description\n"
    text = (
        f'{head}1,Till,new,Ann,2026-03-02 09:00,"{"x" * 140_000}"\n2,Scale,new,Ann,2026-03-02 '
        "09:00,y\n"
    )
    rows = read_backlog(text, NOW).rows
    assert [len(row.description) for row in rows] == [140_000, 1]


def test_day_and_month_are_decided_by_the_column() -> None:  # F31
    text = HEAD + "1,Till,new,Ann,03/02/2026 09:00\n2,Till,new,Ann,03/25/2026 9:30 PM\n"
    first, second = read_backlog(text, NOW).rows
    assert (first.reported, second.reported) == (
        datetime(2026, 3, 2, 9, tzinfo=UTC),
        datetime(2026, 3, 25, 21, 30, tzinfo=UTC),
    )


def test_dates_that_may_mean_two_days_are_asked_for() -> None:  # F31
    text = HEAD + "1,Till,new,Ann,03/02/2026 09:00\n"
    found = read_backlog(text, NOW)
    assert found.table.undecided == ("created_at",)
    assert "may mean two different days" in found.rejects[0].why
    for months_first, month in ((True, 3), (False, 2)):
        [row] = read_backlog(text, NOW, Said(months_first=months_first)).rows
        assert row.reported.month == month


def test_html_in_cells_becomes_text() -> None:  # F32
    head = "id,title,state,requester,created_at,content\n"
    text = (
        head
        + '1,Till &amp; scale,new,Ann,2026-03-02 09:00,"<p>Till<br>is <b>dark</b></p>"\n'
    )
    [row] = read_backlog(text, NOW).rows
    assert (row.title, row.description.split()) == (
        "Till & scale",
        ["Till", "is", "dark"],
    )


def test_times_without_a_zone_are_read_where_the_desk_is() -> None:
    text = (
        HEAD
        + "1,Till,new,Ann,2026-07-01 09:00\n2,Till,new,Ann,2026-07-01T09:00:00+05:00\n"
    )
    rows = read_backlog(text, NOW, Said(zone="Europe/Berlin")).rows
    assert [row.reported.hour for row in rows] == [7, 4]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-03-02 09:00",
            "2026-03-02T09:00:00Z",
            "02.03.2026 09:00",
            "2.3.2026, 09:00 Uhr",
            "2026/03/02 09:00:00",
        ),
        *(
            "Mon Mar 02 09:00:00 2026",
            "2 Mar 2026 09:00",
            "Mar 2, 2026 9:00 AM",
            "2026-03-02 10:00 +0100",
        ),
        "2026-03-02 09:00:00.123",
    ],
)
def test_a_moment_is_read_in_every_spelling(text: str) -> None:
    assert moment_of(text) == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-02-30",
        "2026-03-02 25:00",
        "13/13/2026",
        "0/0/0000",
        "9999-12-31 9:99",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        moment_of(text)


def test_a_formula_leaves_with_a_quote_and_comes_back_without() -> None:
    for cell in ("=1", "+1", "-1", "@x", "\t=1", "\r=1"):
        assert guarded(cell) == "'" + cell and unguarded(guarded(cell)) == cell
    assert unguarded('="007"') == "007"
    assert written(["=a"], [["=b", None]]) == "'=a\n'=b,\n"


def test_a_day_is_no_time_of_a_spreadsheet() -> None:
    assert day_of("2026-03-02 00:00:00").isoformat() == "2026-03-02"


@pytest.mark.parametrize(
    "start",
    [b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b"],
)
def test_a_spreadsheet_file_gets_a_sentence(start: bytes) -> None:
    with pytest.raises(Invalid, match="Save it as CSV"):
        decoded(start + b"\0\x81" * 40)
