"""Small files of each type for tests."""

from __future__ import annotations

import io
import wave
import zipfile


def a_wav(seconds: float = 1.0, rate: int = 8000) -> bytes:
    """A sound of so many seconds, silent."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(rate)
        sound.writeframes(b"\x80" * int(seconds * rate))
    return out.getvalue()


def a_zip(*names: str) -> bytes:
    """An archive with these names in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()
