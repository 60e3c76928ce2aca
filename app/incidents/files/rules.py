"""What a file is, by its content and not by its name: the common types, everything else is just
bytes.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HEAD = 4096
BYTES = "application/octet-stream"
TEXT = "text/plain"
ZIP = "application/zip"
OFFICE = "application/vnd.openxmlformats-officedocument."
LONGEST_NAME = 120
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Sort:
    """One type: what people call it, and the endings of names that promise it; the first is the
    usual one.
    """

    word: str
    endings: tuple[str, ...]


SORTS = {
    "application/pdf": Sort("PDF document", ("pdf",)),
    "image/png": Sort("PNG picture", ("png",)),
    "image/jpeg": Sort("JPEG picture", ("jpg", "jpeg")),
    "image/gif": Sort("GIF picture", ("gif",)),
    "audio/wav": Sort("WAV sound", ("wav",)),
    "audio/mpeg": Sort("MP3 sound", ("mp3",)),
    "audio/ogg": Sort("Ogg sound", ("ogg", "oga", "opus")),
    "audio/mp4": Sort("MPEG-4 sound", ("m4a",)),
    "video/mp4": Sort("MPEG-4 film", ("mp4", "m4v")),
    "video/webm": Sort("WebM film or sound", ("webm", "weba")),
    f"{OFFICE}wordprocessingml.document": Sort("Word document", ("docx",)),
    f"{OFFICE}spreadsheetml.sheet": Sort("Excel workbook", ("xlsx",)),
    f"{OFFICE}presentationml.presentation": Sort("PowerPoint presentation", ("pptx",)),
    ZIP: Sort("ZIP archive", ("zip",)),
    TEXT: Sort(
        "plain text",
        (
            "txt",
            "log",
            "csv",
            "md",
            "html",
            "htm",
            "svg",
            "xml",
            "json",
            "ini",
            "conf",
            "eml",
        ),
    ),
    BYTES: Sort("unknown content", ("bin",)),
}
STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)
PROMISES = {
    ending: kind
    for kind, sort in SORTS.items()
    for ending in sort.endings
    if kind != BYTES
}
PARTS_OF_OFFICE = (
    (b"word/", f"{OFFICE}wordprocessingml.document"),
    (b"xl/", f"{OFFICE}spreadsheetml.sheet"),
    (b"ppt/", f"{OFFICE}presentationml.presentation"),
)


class Sniffer:
    """Looks at content piece by piece, as it arrives, and tells at the end what it is."""

    def __init__(self) -> None:
        self._head = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_text = True
        self.size = 0

    def feed(self, piece: bytes) -> None:
        """Look at the next piece."""
        self.size += len(piece)
        if len(self._head) < HEAD:
            self._head += piece[: HEAD - len(self._head)]
        self._is_text = self._is_text and self._reads(piece)

    @property
    def type(self) -> str:
        """Return the type of all that was fed."""
        found = type_of_head(self._head)
        if found == BYTES and self._is_text and self._reads(b"", last=True):
            return TEXT
        return found

    @property
    def is_cut_off(self) -> bool:
        """Tell whether a sound announces more bytes than it holds."""
        if type_of_head(self._head) != "audio/wav":
            return False
        announced = int.from_bytes(self._head[4:8], "little") + 8
        return (
            announced != 0xFFFFFFFF + 8 and announced > self.size + 1
        )  # a streamed sound announces "as much as fits"

    def _reads(self, piece: bytes, *, last: bool = False) -> bool:
        try:
            return CONTROLS.search(self._decoder.decode(piece, last)) is None
        except UnicodeDecodeError:
            return False


def type_of_head(head: bytes) -> str:
    """Return what the first bytes of a file say it is; texts have no mark and count as bytes
    here.
    """
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:12] in (b"M4A ", b"M4B ") else "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        return "video/webm"
    if head[:4] == b"PK\x03\x04":
        return _kind_of_archive(head)
    return "audio/mpeg" if _is_mp3_frame(head) else BYTES


def playable(kind: str) -> bool:
    """Tell whether a browser can play it."""
    return kind.startswith(("audio/", "video/"))


def may_be_recording(kind: str) -> bool:
    """Tell whether it can be the recording of a call: a sound, or something phones write that we do
    not know.
    """
    return playable(kind) or kind == BYTES


def word_of(kind: str) -> str:
    """Return what people call a type."""
    return SORTS[kind].word if kind in SORTS else SORTS[BYTES].word


def lies(name: str, kind: str) -> bool:
    """Tell whether a file's name promises another type than its content has."""
    promised = PROMISES.get(_ending(name))
    return promised is not None and promised != kind


def honest_name(name: str, kind: str) -> str:
    """Return the name to save a file under: one that lies gets the ending of what it really is."""
    return (
        f"{name}.{SORTS[kind].endings[0]}"
        if kind in SORTS and lies(name, kind)
        else name
    )


def clean_name(name: str) -> str:
    """Return a file's name without folders, line ends and signs that turn the reading direction."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        sign for sign in last if unicodedata.category(sign)[0] != "C"
    ).strip(" .")
    if len(shown) <= LONGEST_NAME:
        return shown or "file"
    ending = PurePosixPath(shown).suffix[:12]
    return shown[: LONGEST_NAME - len(ending)] + ending


def place_of(folder: Path, sha256: str, attachment_id: int | str) -> Path:
    """Return where the content of an attachment lies; two attachments never share a file, so each
    can be deleted.
    """
    return folder / sha256[:2] / f"{sha256}.{attachment_id}"


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _kind_of_archive(head: bytes) -> str:
    if b"[Content_Types].xml" not in head:
        return ZIP
    return next((kind for folder, kind in PARTS_OF_OFFICE if folder in head), ZIP)


def _is_mp3_frame(head: bytes) -> bool:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = (head[1] >> 3) & 3, (head[1] >> 1) & 3
    return (
        version != 1
        and layer == 1
        and head[2] >> 4 not in (0, 15)
        and (head[2] >> 2) & 3 != 3
    )
