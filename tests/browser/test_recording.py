"""A recording is attached, played and wound forward in the page; who reported it answers over the
link.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Running, sign_in
from tests.incidents.files.sounds import a_wav

pytestmark = pytest.mark.browser
PLAYED = """async sound => {
    sound.muted = true;
    await sound.play();
    await new Promise(done => sound.addEventListener('timeupdate', done, {once: true}));
    sound.pause();
    sound.currentTime = 20;
    await new Promise(done => sound.addEventListener('seeked', done, {once: true}));
    return [sound.duration, sound.currentTime];
}"""


def test_a_recording_plays_and_is_wound_forward_in_the_page(
    chromium: Browser, rung: Running, tmp_path: Path
) -> None:
    file = tmp_path / "first call.wav"
    file.write_bytes(a_wav(30))
    agent = sign_in(chromium, rung, "admin")
    agent.go("/desk/1/attach")
    agent.page.get_by_label("File", exact=True).set_input_files(str(file))
    agent.page.get_by_label("What is it?").select_option("recording")
    agent.page.get_by_label("A recording: the caller agreed").check()
    agent.press("Attach it")
    agent.page.get_by_text("Files and recordings").first.click()  # it is folded
    sound = agent.page.get_by_label("Recording first call.wav")
    expect(sound).to_be_visible()
    duration, moment = sound.evaluate(PLAYED)
    assert round(duration) == 30 and round(moment) == 20
    agent.demand_accessible()
