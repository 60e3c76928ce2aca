"""The one field in which a person, a right or an incident is chosen: by name, never by a uid."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectField

from app.core.audit import record
from app.core.web.fields import Picked, picked_row
from app.directory.forms import RightOwnerForm
from app.models.directory import Entitlement
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementState
from app.models.people import Person
from tests.directory.builders import a_directory, a_person, a_right
from tests.improvements.builders import Room
from tests.incidents.builders import Desk
from tests.pages import Pages


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator("anna")


@pytest.fixture
def right(pages: Pages) -> int:
    """A right, and a directory with two namesakes and one Adèle Petit."""
    with pages.parts.database.write() as session:
        acme = a_directory(session)
        a_person(session, acme, "apetit", name="Adèle Petit", site="Lyon")
        a_person(session, acme, "mm1", name="Max Muster", site="Bern")
        a_person(session, acme, "mm2", name="Max Muster", site="Lyon")
        a_person(session, acme, "old", name="Max Gone", gone_at=pages.parts.now())
        return a_right(session, acme, "vpn-users").id


def owner_of(pages: Pages, right_id: int) -> str:
    with pages.parts.database.read() as session:
        found = session.get_one(Entitlement, right_id).owner_id
        return session.get_one(Person, found).uid if found else ""


def named(pages: Pages, right: int, owner: str, status: int = 200) -> None:
    pages.get(f"/rights/{right}")
    pages.submit(f"/rights/{right}", owner=owner, status=status)


@pytest.mark.parametrize(
    "typed", ["adele", "Adèle Petit", "petit a", "apetit", "Adèle Petit (apetit)"]
)
def test_a_name_is_enough_when_one_person_fits(
    pages: Pages, right: int, typed: str
) -> None:
    named(pages, right, typed)
    assert owner_of(pages, right) == "apetit"
    (field,) = pages.get(f"/rights/{right}").root.all("input", name="owner")
    assert field.attrs["value"] == "Adèle Petit (apetit)"


def test_when_several_fit_they_are_offered_and_what_was_typed_stays(
    pages: Pages, right: int
) -> None:
    named(pages, right, "max muster", status=422)
    assert pages.page is not None
    _first, second, typed = pages.page.root.all("input", name="owner")
    assert typed.attrs["value"] == "max muster"
    assert "mm1 · Bern" in pages.page.content and "mm2 · Lyon" in pages.page.content
    assert owner_of(pages, right) == ""
    pages.submit(f"/rights/{right}", owner=second.attrs["value"])
    assert owner_of(pages, right) == "mm2"


def test_who_is_called_by_nobody_is_said_and_what_was_typed_stays(
    pages: Pages, right: int
) -> None:
    named(pages, right, "zoe", status=422)
    assert pages.page is not None
    assert "no person “zoe”" in pages.page.content
    assert pages.page.root.one("input", name="owner").attrs["value"] == "zoe"


def test_nothing_typed_takes_the_owner_away(pages: Pages, right: int) -> None:
    named(pages, right, "adele")
    named(pages, right, "")
    assert owner_of(pages, right) == ""


def test_the_owner_of_many_rights_is_chosen_the_same_way(
    pages: Pages, right: int
) -> None:
    sent = {"right": [right], "do": "owner", "owner": "max muster"}
    page = pages.post("/rights/set", sent, status=422)
    assert "Which one is meant?" in page.content
    pages.post("/rights/set", {**sent, "owner": "adele"})
    assert owner_of(pages, right) == "apetit"


def test_an_operator_gets_a_person_by_name(pages: Pages, right: int) -> None:
    page = pages.post(
        "/operators/new",
        {"name": "adele", "permissions": "read", "person_uid": "Adèle Petit"},
    )
    assert "adele" in page.content
    assert "apetit" in pages.get("/operators").content


def test_a_duplicate_is_merged_by_words_of_the_other_one(
    pages: Pages, right: int
) -> None:
    desk = Desk(pages.parts.database, now=pages.parts.now())
    first, second = desk.reported("The scanner is dark"), desk.reported("No picture")
    pages.get(f"/desk/{second}/do/merge")
    pages.submit(f"/desk/{second}/do/merge", into_id="scanner dark")
    assert desk.incident(second).merged_into_id == first


def test_what_may_be_meant_is_offered_while_somebody_types(
    pages: Pages, right: int
) -> None:
    found = pages.get("/find/people?q=mus", fragment=True).root.all(role="option")
    assert [each.attrs["data-fill"] for each in found] == [
        "Max Muster (mm1)",
        "Max Muster (mm2)",
    ]
    assert pages.get("/find/people?q=", fragment=True).root.all(role="option") == []
    assert pages.get("/find/owners?q=ann", fragment=True).root.all(
        role="option", data_fill="anna"
    )
    pages.get("/find/nothing?q=a", fragment=True, status=404)
    assert pages.get("/find/people?q=mus").h1 == "Find anything"


def test_nobody_is_offered_to_who_may_choose_nobody(app: Flask, right: int) -> None:
    nobody = Pages(app).as_operator("nils", permissions=())
    nobody.get("/find/people?q=adele", fragment=True, status=403)
    agent = Pages(app).as_operator("dora", permissions=("desk",))
    assert agent.get("/find/people?q=adele", fragment=True).root.all(role="option")
    agent.get("/find/rights?q=vpn", fragment=True, status=403)


def forms() -> list[type[FlaskForm]]:
    found, todo = [], [FlaskForm]
    while todo:
        below = todo.pop().__subclasses__()
        found += below
        todo += below
    return [each for each in found if each.__module__.startswith("app.")]


ASKS_FOR_A_KEY = re.compile(r"\buid\b|\bnumber of (the|a|an)\b|\bDN\b.*\bor\b", re.I)


def test_no_field_of_any_form_asks_for_a_uid_or_the_number_of_a_thing(
    app: Flask,
) -> None:
    asking = [
        f"{form.__name__}.{name}: {words}"
        for form in forms()
        for name, field in vars(form).items()
        if hasattr(field, "field_class")
        for words in texts_of(app, field)
        if ASKS_FOR_A_KEY.search(words)
    ]
    assert len(forms()) > 50 and asking == []


def texts_of(app: Flask, field: object) -> list[str]:
    args, more = field.args, field.kwargs  # type: ignore[attr-defined]
    with app.test_request_context():
        return [str(args[0]) if args else "", str(more.get("description", ""))]


def test_no_template_asks_for_a_uid(app: Flask) -> None:
    for name in app.jinja_env.list_templates():
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]  # type: ignore[union-attr]
        assert not re.search(r'ui\.input\([^)]*"[^"]*\(uid\)', source), name


def test_what_was_chosen_is_shown_by_name(app: Flask, right: int) -> None:
    with app.test_request_context():
        form = RightOwnerForm(formdata=None, data={"owner": "mm2"})
        assert isinstance(form.owner, Picked)
        assert 'value="Max Muster (mm2)"' in form.owner()
        gone = RightOwnerForm(formdata=None, data={"owner": "old"})
        assert 'value="old"' in gone.owner()


FEW = {
    "RunningForm.calendar_id": "business hours: a handful in any company",
    "FindingForm.participation_id": "those who take part in one iteration",
    "RungForm.metric_id": "the metrics of one improvement",
    "UrgencyForm.urgency": "the levels of the priority matrix",
    "LookForm.language": "the languages Rung speaks",
    "StatusLinkForm.language": "the languages Rung speaks",
    "SponsorMailForm.sponsor_language": "the languages Rung speaks",
    "MeetingForm.file_id": "the files of one improvement",
    "ObjectionForm.stakeholder_id": "the stakeholders of one improvement",
    "OutcomeForm.became": "what one improvement decided, found and has to do",
    "LinkOutcomeForm.became": "what one improvement decided, found and has to do",
    "AnswerObjectionForm.record": "what one improvement measured, found, decided",
    "VisitForm.stakeholder_id": "those who have a say: a few for each improvement",
    "RolloutForm.analogue_id": "roll-outs that are over: a few a year",
    "HolderForm.complaint_id": "the complaints one improvement answers",
}
"""Drop-downs whose choices a page fills in, each with why they are few by nature."""


def test_what_grows_with_the_company_is_looked_for_and_never_a_drop_down(
    app: Flask,
) -> None:
    filled_in = {
        f"{form.__name__}.{name}"
        for form in forms()
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is SelectField
        and not field.kwargs.get("choices")
    }
    assert filled_in == set(FEW)


FEW_IN_TEMPLATES = {
    "scripts/script_differences.html from": "the versions of one script",
    "directory/right.html lens": "how applications find members",
    "directory/rights.html lens": "how applications find members",
    "takeover/import.html tool": "the tools that can be read",
    "knowledge/article.html state": "the states of an article",
    "metrics/period.html period": "days, weeks and months",
    "metrics/period.html together": "the ways to put values together",
    "works/_standing.html right": "what was taken off one person by one plan",
}
"""Drop-downs of templates without a form whose choices a page fills in."""
DROP_DOWN = re.compile(r'ui\.input\("([\w-]+)",[^{}]*?\boptions=([^\n]*)')


def test_what_is_sent_from_a_template_alone_is_picked_too(app: Flask) -> None:
    found = set()
    for name in app.jinja_env.list_templates():
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]  # type: ignore[union-attr]
        for field, options in DROP_DOWN.findall(source):
            if not options.startswith("[") or "] +" in options:
                found.add(f"{'/'.join(name.split('/')[-2:])} {field}")
    assert found == set(FEW_IN_TEMPLATES)


@pytest.mark.parametrize("kind", ["teams", "sites", "services"])
def test_a_row_is_kept_by_number_and_shown_by_name(
    app: Flask, pages: Pages, kind: str
) -> None:
    desk = Desk(pages.parts.database)
    make = {"teams": desk.team, "sites": desk.site, "services": desk.service}[kind]
    number = make("Lyon North")
    make("Lyon South")

    class Ask(FlaskForm):  # type: ignore[misc]
        row = picked_row("Which", kind=kind)

    def asked(text: str) -> Ask:
        return Ask(formdata=MultiDict({"row": text}), meta={"csrf": False})

    with app.test_request_context():
        assert asked("north").row.data == number
        assert 'value="Lyon North"' in asked(f"row:{number}").row()
        several = asked("lyon")
        assert not several.validate() and len(several.row.offered) == 2
        assert 'value="lyon"' in several.row() and several.row.data is None
        unknown = asked("Atlantis")
        assert not unknown.validate()
        assert unknown.row.errors == ["Nothing is called so. Type a part of its name."]
        assert asked("").validate() and asked("").row.data is None


def test_agents_and_owners_of_services_are_offered_by_name(pages: Pages) -> None:
    Pages(pages.app).as_operator("dora", permissions=("desk",))
    Pages(pages.app).as_operator("dirk", permissions=("read",))

    def offered(kind: str) -> list[str]:
        page = pages.get(f"/find/{kind}?q=d", fragment=True)
        return [each.attrs["data-fill"] for each in page.root.all(role="option")]

    assert offered("agents") == ["dora"]
    assert offered("operators") == ["dirk", "dora"]


def test_an_improvement_that_ended_is_no_larger_one_for_others(pages: Pages) -> None:
    room = Room(pages.parts.database)
    for title in ("Moves to roles", "Moves to chat"):
        room.raised(title)
    stopped = room.raised("Moves to paper")
    with room.database.write() as session:
        session.get_one(Improvement, stopped).state = ImprovementState.STOPPED
        record(session, "test", "improvement.stopped", f"improvement:{stopped}", "")
    page = pages.get("/find/larger?q=moves", fragment=True)
    offered = {each.attrs["data-fill"] for each in page.root.all(role="option")}
    assert offered == {"Moves to roles", "Moves to chat"}


def test_a_name_that_nobody_in_the_directory_bears_stays_as_it_was_typed(
    pages: Pages, right: int
) -> None:
    for who, kept in (("Adèle Petit", "Adèle Petit"), ("A courier", "A courier")):
        pages.get("/complaints/new")
        page = pages.submit(title=f"No answer to {who}", who=who)
        assert kept in page.content
