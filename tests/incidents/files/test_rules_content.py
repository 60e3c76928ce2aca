"""What a file is, told by its content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.incidents.files.rules import (
    BYTES,
    OFFICE,
    SORTS,
    TEXT,
    Sniffer,
    clean_name,
    honest_name,
    lies,
    may_be_recording,
)
from tests.incidents.files.sounds import a_wav, a_zip


def kind_of(content: bytes, piece: int = 7) -> str:
    sniffer = Sniffer()
    for start in range(0, len(content), piece):
        sniffer.feed(content[start : start + piece])
    return sniffer.type


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a\1\0", "image/gif"),
        (a_wav(0.01), "audio/wav"),
        (b"ID3\x04\0\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64\0\0", "audio/mpeg"),
        (b"OggS\0\2", "audio/ogg"),
        (b"\0\0\0\x20ftypM4A \0\0", "audio/mp4"),
        (b"\0\0\0\x20ftypisom\0\0", "video/mp4"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\1B\x82\x84webm", "video/webm"),
        (a_zip("a.txt"), "application/zip"),
        (
            a_zip("[Content_Types].xml", "word/document.xml"),
            f"{OFFICE}wordprocessingml.document",
        ),
        (
            a_zip("[Content_Types].xml", "xl/workbook.xml"),
            f"{OFFICE}spreadsheetml.sheet",
        ),
        ("Kasse öffnet nicht\r\n".encode(), TEXT),
        ("Kasse öffnet nicht".encode("latin-1"), BYTES),
        (b"MZ\x90\0\3", BYTES),
        (b"", TEXT),
    ],
)
def test_the_content_tells_the_type(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


def test_pages_and_drawings_with_scripts_are_only_text() -> None:
    assert kind_of(b"<html><script>alert(1)</script>") == TEXT
    assert (
        kind_of(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>") == TEXT
    )
    assert not any("html" in kind or "svg" in kind for kind in SORTS)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_how_the_bytes_arrive_does_not_matter(content: bytes, piece: int) -> None:
    assert kind_of(content, piece) == kind_of(content, len(content) or 1)


@given(st.binary(max_size=100))
def test_every_content_has_a_type_we_know(content: bytes) -> None:
    assert kind_of(content) in SORTS


@given(st.text(max_size=300))
def test_a_name_never_leads_out_of_its_folder_or_breaks_a_line(name: str) -> None:
    clean = clean_name(name)
    assert clean and len(clean) <= 120
    assert not set(clean) & set("/\\\r\n\0\u202e") and clean not in (".", "..")


def test_a_name_is_cut_before_its_ending() -> None:
    assert clean_name("C:\\Users\\carla\\" + "x" * 300 + ".pdf").endswith("x.pdf")
    assert clean_name("../../etc/passwd") == "passwd"


def test_a_file_that_lies_gets_the_ending_it_earns() -> None:
    assert lies("invoice.PDF", "application/zip")
    assert honest_name("invoice.pdf", "application/zip") == "invoice.pdf.zip"
    assert honest_name("invoice.pdf", "application/pdf") == "invoice.pdf"
    assert (
        not lies("page.html", TEXT)
        and not lies("readme", TEXT)
        and not lies("core.dump", BYTES)
    )


def test_a_sound_that_announces_more_than_it_holds_is_cut_off() -> None:
    sniffer, whole = Sniffer(), Sniffer()
    sniffer.feed(a_wav(1)[:3000])
    whole.feed(a_wav(1))
    assert sniffer.is_cut_off and not whole.is_cut_off


def test_a_document_is_no_recording() -> None:
    assert not may_be_recording("application/pdf") and not may_be_recording(TEXT)
    assert may_be_recording("audio/wav") and may_be_recording(BYTES)
