"""Files and recordings of incidents: kept under their hash, guarded when sent, deleted on their
day.
"""

from __future__ import annotations

import gc
import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid, Refused
from app.incidents.files.actions import (
    MOST,
    Offered,
    attach,
    incoming,
    remove,
    run_due_deletions,
)
from app.incidents.files.store import received, sweep
from app.models.incidents.incident import Attachment
from app.models.incidents.words import EventKind, FileKind
from tests.conftest import Clock
from tests.incidents.builders import Desk, rows
from tests.incidents.files.sounds import a_wav
from tests.pages import Pages

PDF = b"%PDF-1.7\nnothing in it"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "home" / "files"


def on_disk(files: Path) -> list[Path]:
    return sorted(path for path in files.rglob("*") if path.is_file())


def put(
    desk: Desk,
    files: Path,
    number: int,
    content: bytes = PDF,
    name: str = "offer.pdf",
    **told: Any,
) -> Attachment:
    offered = Offered(name, **told)
    with incoming(files, io.BytesIO(content), offered.kind) as found:
        made: Attachment = desk.do(attach, number, found, offered)
        return made


def recorded(
    desk: Desk, files: Path, number: int, content: bytes | None = None, **told: Any
) -> Attachment:
    usual = {"name": "call.wav", "kind": FileKind.RECORDING, "consent": True}
    return put(desk, files, number, content or a_wav(), **{**usual, **told})


def test_a_file_lies_under_its_hash_and_not_under_its_name(
    desk: Desk, files: Path
) -> None:
    number = desk.reported()
    made = put(desk, files, number, name="../../evil\r\n.pdf")
    digest = hashlib.sha256(PDF).hexdigest()
    assert on_disk(files) == [files / digest[:2] / f"{digest}.{made.id}"]
    assert (made.name, made.type, made.size, made.sha256) == (
        "evil.pdf",
        "application/pdf",
        len(PDF),
        digest,
    )
    assert desk.events(number)[-1].kind is EventKind.FILE


def test_a_recording_needs_consent_and_has_a_day_on_which_it_goes(
    desk: Desk, files: Path
) -> None:
    number = desk.reported()
    with pytest.raises(Invalid) as refused:
        recorded(desk, files, number, consent=False)
    assert refused.value.field == "consent"
    assert on_disk(files) == []
    made = recorded(desk, files, number)
    assert made.delete_on == desk.now.date() + timedelta(days=30)
    with pytest.raises(Invalid, match="at most 30 days"):
        recorded(desk, files, number, delete_on=desk.now.date() + timedelta(days=60))
    assert len(on_disk(files)) == 1


def test_a_document_is_not_taken_for_a_recording(desk: Desk, files: Path) -> None:
    with pytest.raises(Invalid, match="no recording but a PDF document"):
        recorded(desk, files, desk.reported(), PDF)
    assert on_disk(files) == []


def test_what_is_too_large_or_empty_leaves_nothing_behind(files: Path) -> None:
    for content, said in ((b"x" * 1001, "too large"), (b"", "empty")):
        with (
            pytest.raises(Invalid, match=said),
            received(files, io.BytesIO(content), 1000),
        ):
            raise AssertionError("taken")
    assert on_disk(files) == []
    assert MOST[FileKind.RECORDING] == 64_000_000


class _CutOff(io.BytesIO):
    """A line that breaks after some bytes."""

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError
        return piece


def test_thirty_megabytes_cut_off_in_the_middle_leave_nothing_behind(
    files: Path,
) -> None:
    with (
        pytest.raises(Invalid, match="did not arrive whole"),
        received(files, _CutOff(bytes(30_000_000)), 64_000_000),
    ):
        raise AssertionError("taken")
    assert on_disk(files) == []


def test_a_file_is_not_kept_when_its_incident_is_not_there(
    desk: Desk, files: Path
) -> None:
    with pytest.raises(Exception, match="no incident 99"):
        put(desk, files, 99)
    assert on_disk(files) == []


def test_what_a_killed_process_left_is_swept_a_day_later(files: Path) -> None:
    left = files / "incoming" / "half"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert sweep(files) == 0
    os.utime(left, (0, 0))
    assert sweep(files) == 1 and on_disk(files) == []


def test_the_worker_deletes_the_content_on_its_day_and_keeps_the_row(
    app: Flask, clock: Clock, files: Path
) -> None:
    parts = Pages(app).parts
    desk = Desk(parts.database, now=clock())
    number = desk.reported()
    made, other = recorded(desk, files, number), put(desk, files, number)
    assert not run_due_deletions(parts)
    clock.forward(days=30)
    assert run_due_deletions(parts) and not run_due_deletions(parts)
    assert [path.name for path in on_disk(files)] == [f"{other.sha256}.{other.id}"]
    [deleted] = rows(
        parts.database, select(Attachment.deleted_at).where(Attachment.id == made.id)
    )
    assert deleted == clock()
    last = desk.events(number)[-1]
    assert (last.kind, last.by, last.text) == (
        EventKind.FILE,
        "Rung",
        "Its day of deletion has come.",
    )
    assert desk.incident(number).touched_at == desk.now, (
        "a deletion is no work on the incident"
    )


def test_the_same_content_twice_is_deleted_once(desk: Desk, files: Path) -> None:
    number = desk.reported()
    one, two = put(desk, files, number), put(desk, files, number)
    desk.do(remove, files, one.id, "sent twice")
    assert [path.name for path in on_disk(files)] == [f"{two.sha256}.{two.id}"]
    with pytest.raises(Refused, match="already"):
        desk.do(remove, files, one.id, "again")
    with pytest.raises(Invalid, match="why"):
        desk.do(remove, files, two.id, "  ")


# Pages


def agent(app: Flask) -> tuple[Pages, Desk, int]:
    browser = Pages(app).as_operator("dora", permissions=("desk",))
    desk = Desk(browser.parts.database, now=browser.parts.now())
    return browser, desk, desk.reported()


def send(
    browser: Pages,
    number: int,
    content: bytes,
    name: str,
    status: int = 200,
    **fields: Any,
) -> Any:
    browser.get(f"/desk/{number}/attach")
    return browser.submit(file=(io.BytesIO(content), name), status=status, **fields)


def test_an_agent_attaches_a_file_that_lies_and_is_told(app: Flask) -> None:
    browser, _, number = agent(app)
    page = send(browser, number, b"PK\x03\x04rest", "invoice.pdf")
    assert (
        page.told
        == "invoice.pdf is attached; its name is wrong about it: it is a ZIP archive."
    )
    assert "Its name is wrong about it" in page.content
    [link] = [
        node.attrs["href"] for node in page.root.all("a") if node.text == "invoice.pdf"
    ]
    with browser.client.get(link) as answer:
        assert answer.data == b"PK\x03\x04rest" and answer.mimetype == "application/zip"
        assert (
            answer.headers["Content-Disposition"]
            == "attachment; filename=invoice.pdf.zip"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (
            answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        )
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["page.html", "picture.svg"])
def test_what_could_run_in_a_browser_is_only_saved_as_text(
    app: Flask, name: str
) -> None:
    browser, _, number = agent(app)
    send(browser, number, b"<svg onload='alert(1)'></svg>", name)
    with browser.client.get("/desk/files/1") as answer:
        assert answer.mimetype == "text/plain"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    browser.get("/desk/files/1/sound", status=404)


def test_a_recording_is_played_from_any_moment(app: Flask) -> None:
    browser, _, number = agent(app)
    page = send(browser, number, a_wav(2), "call.wav", kind="recording", consent="y")
    source = page.root.one("audio").attrs["src"]
    with browser.client.get(source, headers={"Range": "bytes=1000-1999"}) as part:
        assert (
            part.status_code == 206
            and part.data == a_wav(2)[1000:2000]
            and part.mimetype == "audio/wav"
        )
        assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(a_wav(2))}"
    with browser.client.get(source) as whole:
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert "media-src 'self'" in page.response.headers["Content-Security-Policy"]


def test_a_recording_that_was_cut_off_before_it_came_to_us_is_told(app: Flask) -> None:
    browser, _, number = agent(app)
    page = send(
        browser, number, a_wav(2)[:9000], "call.wav", kind="recording", consent="y"
    )
    assert "cut off" in page.told


def test_what_is_wrong_stands_beside_its_field(app: Flask) -> None:
    browser, _, number = agent(app)
    page = send(browser, number, a_wav(), "call.wav", 422, kind="recording")
    assert any("only when the caller agreed" in error for error in page.errors)
    page = browser.submit(status=422)
    assert any("Choose a file" in error for error in page.errors)


# The form parser of werkzeug leaves its nameless temporary file to the garbage collector when the
# line breaks.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "announced", ["30000000", ""], ids=["the line breaks", "a proxy sends what it has"]
)
def test_an_upload_cut_off_on_its_way_is_said_so(app: Flask, announced: str) -> None:
    browser, _, number = agent(app)
    browser.get(f"/desk/{number}/attach")
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        + bytes(600_000)
    )
    answer = browser.client.post(
        f"/desk/{number}/attach",
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"CONTENT_LENGTH": announced or str(len(body))},
    )
    assert answer.status_code == 400
    assert "did not arrive whole; nothing of it was kept" in answer.text
    assert on_disk(browser.parts.settings.files) == []
    gc.collect()


def test_a_file_is_deleted_by_hand_with_a_reason(app: Flask) -> None:
    browser, desk, number = agent(app)
    send(browser, number, a_wav(), "call.wav", kind="recording", consent="y")
    browser.get("/desk/files/1/delete")
    assert browser.submit(status=422, reason="").errors
    page = browser.submit(reason="The caller asked for it")
    assert page.told == "The content of call.wav is deleted." and not page.root.all(
        "audio"
    )
    assert desk.events(number)[-1].text == "The caller asked for it"
    browser.get("/desk/files/1", status=404)


def test_only_the_desk_sees_files(app: Flask) -> None:
    browser, _, number = agent(app)
    send(browser, number, PDF, "offer.pdf")
    other = Pages(app).as_operator("rita", permissions=("read",))
    for path in ("/desk/files/1", "/desk/files/1/sound", f"/desk/{number}/attach"):
        other.get(path, status=403)


def test_what_is_not_there_is_said(app: Flask) -> None:
    browser, _, _ = agent(app)
    for path in (
        "/desk/files/9",
        "/desk/files/9/sound",
        "/desk/files/9/delete",
        "/desk/9/attach",
    ):
        browser.get(path, status=404)
