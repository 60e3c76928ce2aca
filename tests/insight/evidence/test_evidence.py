"""An evidence pack adds up, is proved, and tells of every removal the look that found it gone."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.insight.evidence.rules import (
    HeldFor,
    JournalMove,
    LaterLook,
    balance,
    look_after,
)
from app.insight.evidence.working import BROKEN, packs_of, run_asked_packs
from app.upkeep.cleaning import NightlyCleaning
from tests.access.builders import a_world
from tests.access.engine.slapd_world import SlapdWorld, company, person_dn, right_dn
from tests.conftest import Clock, Rung
from tests.pages import Page, Pages

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


DAYS = st.integers(0, 40)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[HeldFor], list[JournalMove]]:
    """Draw who held what, one time after the other, and a journal that says the same."""
    held, moves = list[HeldFor](), list[JournalMove]()
    for pair in draw(
        st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), unique=True)
    ):
        at = sorted(draw(st.lists(DAYS, max_size=7)))
        for begun, ended in zip(at[::2], [*at[1::2], None], strict=False):
            gives, takes = (
                draw(st.booleans()),
                draw(st.booleans()) and ended is not None,
            )
            until = None if ended is None else day(ended)
            held.append(HeldFor(pair, day(begun), until, gives, takes))
            if gives:
                moves.append(JournalMove(day(begun), given=True))
            if takes and until:
                moves.append(JournalMove(until, given=False))
    return held, moves


@given(histories(), DAYS, DAYS)
def test_a_journal_that_tells_the_truth_comes_to_zero_over_any_time(
    history: tuple[list[HeldFor], list[JournalMove]], one: int, other: int
) -> None:
    held, moves = history
    since, until = day(min(one, other)), day(max(one, other))
    line = balance(held, moves, since, until)
    assert line.difference == 0
    assert line.end == len([span for span in held if span.at(until)])


@given(histories(), DAYS, st.booleans())
def test_a_move_that_the_journal_invents_or_hides_shows(
    history: tuple[list[HeldFor], list[JournalMove]], at: int, hides: bool
) -> None:
    held, moves = history
    if hides and moves:
        told = moves[1:]
        since, until = moves[0].at - timedelta(days=1), moves[0].at
    else:
        told = [*moves, JournalMove(day(at), given=True)]
        since, until = day(at - 1), day(at)
    assert balance(held, told, since, until).difference != 0


def test_what_rung_removed_is_proved_by_a_reading_that_began_later() -> None:
    looks = [LaterLook(1, day(1), day(2)), LaterLook(2, day(3), day(4))]
    assert look_after(looks, day(2), by_rung=False) == looks[0]
    assert look_after(looks, day(2), by_rung=True) == looks[1]
    assert look_after(looks, day(5), by_rung=True) is None


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    with company(settings, clock, kind="demo") as world:
        yield world


def rows(folder: Path, name: str) -> list[dict[str, object]]:
    text = (folder / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def travelled(world: SlapdWorld, clock: Clock) -> str:
    """Move people, let one come back, let others change things, and read in between."""
    since = clock().isoformat()
    clock.forward(hours=1)
    world.role("mail", "post", realise="materialised")
    wave = world.applied("ada", "ben")
    clock.forward(hours=1)
    world.sync()
    clock.forward(hours=1)
    world.done("wave", "undo", wave, "--person", "ben")
    clock.forward(hours=1)
    world.server.put(right_dn("wiki"), person_dn("dot"))
    world.server.take(right_dn("mail"), person_dn("cyd"))
    world.sync()
    clock.forward(hours=1)
    return since


def test_a_company_that_moved_adds_up_and_every_removal_has_its_later_look(
    world: SlapdWorld, clock: Clock, tmp_path: Path
) -> None:
    since = travelled(world, clock)
    folder = tmp_path / "pack"
    told = world.done("evidence", "--since", since, "--out", str(folder))
    [line] = told["balance"]
    assert line["difference"] == 0
    assert line["given"] and line["taken"]
    assert (line["foreign_given"], line["foreign_taken"]) == (1, 1)
    held = [row for row in rows(folder, "grants") if row["until"] is None]
    assert line["end"] == len(held)
    gone = rows(folder, "removals")
    cyd = [row for row in gone if row["person"] == "cyd"]
    assert [(row["right"], row["removed_by"], row["found"]) for row in cyd] == [
        ("mail", "others", "gone")
    ]
    assert all(row["reading"] for row in gone)
    assert {row["planned_by"] for row in rows(folder, "changes")} != {""}
    assert rows(folder, "readings")[-1]["state"] == "complete"
    assert {row["person"] for row in rows(folder, "population")} >= {"ada", "eve"}
    with (folder / "grants.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(rows(folder, "grants"))


def test_a_pack_is_proved_and_what_was_changed_is_named(
    world: SlapdWorld, clock: Clock, tmp_path: Path
) -> None:
    since = travelled(world, clock)
    folder = tmp_path / "pack"
    world.done("evidence", "--since", since, "--out", str(folder))
    assert world.done("evidence", "verify", str(folder))["whole"]
    (folder / "grants.csv").write_text("changed")
    (folder / "roles.jsonl").unlink()
    (folder / "more.txt").write_text("put there")
    told = world.done("evidence", "verify", str(folder), code=1)
    assert told["faults"] == [
        "more.txt is not part of the pack.",
        "grants.csv was changed.",
        "roles.jsonl is missing.",
    ]


def test_a_manifest_that_was_written_anew_does_not_bear_the_seal(
    world: SlapdWorld, clock: Clock, tmp_path: Path
) -> None:
    since = travelled(world, clock)
    folder = tmp_path / "pack"
    world.done("evidence", "--since", since, "--out", str(folder))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["balance"][0]["end"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest))
    told = world.done("evidence", "verify", str(folder), code=1)
    assert told["faults"] == ["manifest.json was changed."]


def test_a_full_folder_and_a_time_that_is_none_are_refused(
    world: SlapdWorld, clock: Clock, tmp_path: Path
) -> None:
    since = travelled(world, clock)
    (tmp_path / "there").write_text("something")
    world.done("evidence", "--since", since, "--out", str(tmp_path), code=1)
    world.done("evidence", "--since", "tomorrow", code=1)
    later = ("--since", since, "--until", since, "--out", str(tmp_path / "new"))
    world.done("evidence", *later, code=1)


@pytest.fixture
def parts(app: Flask, settings: Settings) -> Parts:
    here: Parts = app.extensions[KEY]
    a_world(here.database, {"ada": "mail"}, plans=settings.plans)
    return here


@pytest.fixture
def browser(app: Flask, parts: Parts) -> Pages:
    return Pages(app).as_operator("rex", permissions=("audit",))


def asked(browser: Pages, **typed: str) -> Page:
    browser.get("/evidence")
    return browser.submit("/evidence", **typed)


def fetched(browser: Pages, number: int, folder: Path) -> Path:
    """Unpack a pack as it is sent."""
    sent = browser.client.get(f"/evidence/packs/{number}/file")
    assert sent.content_type == "application/zip"
    with zipfile.ZipFile(BytesIO(sent.data)) as packed:
        packed.extractall(folder)
    sent.close()
    [place] = folder.iterdir()
    return place


def test_a_pack_is_made_by_the_worker_watched_told_on_today_and_fetched(
    app: Flask, parts: Parts, browser: Pages, rung: Rung, tmp_path: Path
) -> None:
    reader = Pages(app).as_operator("olga", permissions=("read",))
    for place in ("/evidence", "/evidence/packs/1", "/evidence/packs/1/file"):
        reader.get(place, status=403)
    page = asked(browser)
    assert page.url == "/evidence/packs/1" and not list(
        parts.settings.home.glob("*.zip")
    )
    assert page.root.one(id="live").attrs["hx-get"] == page.url
    browser.get("/evidence/packs/1/file", status=404)
    assert run_asked_packs(parts) and not run_asked_packs(parts)
    assert "Your pack of evidence" in browser.get("/").content
    assert "Every balance comes to zero" in browser.get(page.url).content
    assert "Your pack of evidence" not in browser.get("/").content
    place = fetched(browser, 1, tmp_path / "fetched")
    told = rung("evidence", "verify", str(place), "--json")
    assert told.code == 0 and told.json["whole"]
    other = tmp_path / "by-command"
    since = json.loads((place / "manifest.json").read_text())["since"]
    rung("evidence", "--since", since, "--out", str(other))
    assert {one.name for one in place.iterdir()} == {
        one.name for one in other.iterdir()
    }
    assert (place / "grants.csv").read_text() == (other / "grants.csv").read_text()


def test_who_asks_again_gets_the_ready_pack_until_it_is_deleted_after_a_week(
    app: Flask, parts: Parts, browser: Pages, clock: Clock
) -> None:
    first = asked(browser, since="2026-01-01")
    assert asked(browser, since="2026-01-01").url == first.url, "it is under way"
    run_asked_packs(parts)
    ready = asked(browser, since="2026-01-01")
    assert ready.url == first.url and "the pack is ready" in ready.content
    assert browser.submit("/evidence/packs/1/anew").url == "/evidence/packs/2"
    browser.submit("/evidence/packs/2/cancel")
    assert not run_asked_packs(parts)
    clean = NightlyCleaning()
    assert not clean(parts) and clean(parts) is None
    clock.forward(days=8)
    assert clean(parts) and not list(packs_of(parts.settings).glob("*"))
    again = Pages(app).as_operator("mia", permissions=("audit",))
    again.get("/evidence/packs/1", status=404)
    assert "waits for the worker" in asked(again, since="2026-01-01").content


def test_a_pack_whose_worker_is_away_or_breaks_says_so(
    app: Flask, parts: Parts, browser: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_of: object) -> None:
        raise RuntimeError("a mistake of ours")

    settings = replace(parts.settings, expect_worker=True)
    app.extensions[KEY] = replace(parts, settings=settings)
    assert "No worker runs on this machine" in asked(browser).content
    monkeypatch.setattr("app.insight.evidence.actions.holding.grants", broken)
    run_asked_packs(parts)
    page = browser.get("/evidence/packs/1")
    assert BROKEN in page.content and not list(packs_of(parts.settings).glob("*"))
    assert browser.submit("/evidence/packs/1/anew").url == "/evidence/packs/2"
    page = browser.post(
        "/evidence", {"since": "2026-03-02", "until": "2026-03-01"}, status=422
    )
    assert "ends before it begins" in page.content
