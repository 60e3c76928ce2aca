"""Templates: the eleven that come with Rung, one's own, and starting from them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.db import Database
from app.core.errors import Conflict, Invalid, NotFound
from app.improvements.templates.actions import (
    forget_template,
    save_template,
    start_from,
)
from app.improvements.templates.queries import (
    all_templates,
    get_template,
    shipped_texts,
)
from app.improvements.templates.rules import parse
from app.models.improvements.improvement import Improvement, Note
from app.models.improvements.iteration import Iteration
from app.models.improvements.metric import Metric
from app.models.improvements.words import (
    ImprovementNoteKind,
    ImprovementSource,
    MetricRole,
)
from tests.improvements.builders import Room, rows

OWN = 'title = "Our own"\nkind = "tool"\nsummary = "Made here."\n'


def test_the_eleven_templates_are_there_and_complete(room: Room) -> None:
    lines = room.ask(all_templates)
    assert len(lines) == 11
    for line in lines:
        told = line.template
        roles = [metric["role"] for metric in told.metrics]
        assert roles.count("primary") == 1
        assert 1 <= roles.count("guardrail") <= 3
        assert all(metric["definition"] and metric["unit"] for metric in told.metrics)
        assert [rung["people"] for rung in told.ladder] == sorted(
            rung["people"] for rung in told.ladder
        )
        assert told.ladder[0]["people"] == 1
        assert all(
            (
                told.agenda,
                told.findings,
                told.expectations,
                told.adoption,
                told.pictures,
                told.practices,
            )
        )
        assert all(
            told.fields[name]
            for name in (
                "vision",
                "objective",
                "audience",
                "where_to",
                "how",
                "nothing_risk",
            )
        )


@pytest.mark.parametrize("key", sorted(shipped_texts()))
def test_an_improvement_starts_from_each_of_them(
    room: Room, database: Database, key: str
) -> None:
    made = room.do(start_from, key)
    told = room.ask(get_template, key).template
    assert (made.title, made.template, made.vision) == (
        told.title,
        key,
        told.fields["vision"],
    )
    kept = rows(database, select(Metric))
    assert [metric.name for metric in kept] == [
        metric["name"] for metric in told.metrics
    ]
    [primary] = [metric for metric in kept if metric.role is MetricRole.PRIMARY]
    [first] = rows(database, select(Iteration))
    assert (first.planned_size, first.metric_id) == (1, primary.id)
    pictures = rows(
        database, select(Note).where(Note.kind == ImprovementNoteKind.PICTURE)
    )
    assert len(pictures) == len(told.pictures)


def test_what_is_typed_goes_before_the_template(room: Room, database: Database) -> None:
    room.do(
        start_from,
        "relationship",
        "A better word with Sales",
        {"source": "complaint", "vision": "Calm"},
    )
    [made] = rows(database, select(Improvement))
    assert (made.title, made.source, made.vision) == (
        "A better word with Sales",
        ImprovementSource.COMPLAINT,
        "Calm",
    )


def test_a_template_can_be_made_ones_own_and_taken_back(room: Room) -> None:
    shipped = room.ask(get_template, "relationship")
    room.do(
        save_template, "relationship", shipped.text.replace("one customer", "Sales")
    )
    own = room.ask(get_template, "relationship")
    assert (own.template.title, own.revision, own.changed_by) == (
        "A better relationship with Sales",
        1,
        "anna",
    )
    assert len(room.ask(all_templates)) == 11
    room.do(forget_template, "relationship")
    assert room.ask(get_template, "relationship") == shipped


def test_a_new_template_stands_beside_the_others(room: Room) -> None:
    room.do(save_template, "our-own", OWN)
    assert [line.key for line in room.ask(all_templates) if not line.shipped] == [
        "our-own"
    ]
    assert room.do(start_from, "our-own").title == "Our own"


def test_two_who_change_the_same_template_do_not_overwrite_each_other(
    room: Room,
) -> None:
    room.do(save_template, "our-own", OWN)
    with pytest.raises(Conflict, match="anna changed this template") as told:
        room.do(save_template, "our-own", OWN.replace("Our", "My"), by="ben")
    assert told.value.details == (OWN,)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title = ", "This is no TOML"),
        ('title = "x"\nkind = "tool"', "needs a summary"),
        (OWN + 'colour = "red"', "“colour”, which means nothing"),
        (OWN.replace('"tool"', '"magic"'), "“magic” is none of"),
        (OWN + '[fields]\nstate = "embedded"', "no field state"),
        (OWN + '[[metrics]]\nname = "x"', "needs a name and a direction"),
        (OWN + '[[metrics]]\nname = "x"\ndirection = "left"', "is one of: up, down"),
        (
            OWN + '[[metrics]]\nrole = "primary"\nname = "x"\ndirection = "up"\n' * 2,
            "One primary metric is enough",
        ),
        (OWN + "[[ladder]]\npeople = 0\nwhat = 'x'", "whole number from 1"),
        (OWN + "[[ladder]]\npeople = 1", "there is no what"),
        (
            OWN + "[[ladder]]\npeople = 1\nwhat = 'x'\nwho = 'y'",
            "row of ladder has “who”",
        ),
        (OWN + "[ladder]\npeople = 1", "Each row of ladder has people and what"),
        (OWN + "metrics = 'x'", r"each metric under \[\[metrics"),
        (OWN + "fields = 'x'", r"\[fields\] holds the texts"),
        (OWN + "[fields]\nsource = 'hearsay'", "“hearsay” is none of"),
        (OWN + '[[metrics]]\nname = "x"\ndirection = "up"\ntarget = "x"', "fit target"),
        (OWN + "[fields]\nvision = true", "True does not fit vision"),
        (OWN + "[[findings]]\nkind = 'bad'\ntitle = 'x'", "kind of a finding"),
        (OWN + "expectations = 'one'", "list of sentences"),
    ],
)
def test_what_is_no_template_is_told_and_not_kept(
    room: Room, text: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why) as told:
        room.do(save_template, "our-own", text)
    assert told.value.field == "content"
    with pytest.raises(NotFound):
        room.ask(get_template, "our-own")


def test_a_name_that_fits_no_address_is_refused(room: Room) -> None:
    with pytest.raises(Invalid, match="small letters"):
        room.do(save_template, "Our Own", OWN)


def test_shares_and_counts_of_shipped_templates_keep_of_how_many() -> None:
    metrics = [
        one for key, text in shipped_texts().items() for one in parse(key, text).metrics
    ]
    shares = {one.get("tally") for one in metrics if one.get("unit") == "%"}
    assert shares == {"share of cases"}
    kinds = {one["name"]: one.get("tally", "measured") for one in metrics}
    assert kinds["Hand-overs per incident"] == "events per so many"
    assert kinds["Complaints past the desk"] == "number of events"
    assert kinds["Seconds for the script"] == "measured"
