"""Every story of the demo can be told: its actions are there and take what it says."""

from __future__ import annotations

import inspect

import pytest

from app.upkeep.stories.company import STORIES
from app.upkeep.stories.player import OWN, named, story_of


@pytest.mark.parametrize("name", [*STORIES, "today", "seen"])
def test_a_story_does_only_what_actions_take(name: str) -> None:
    story = story_of(name)
    assert "unless" not in story or named(story["unless"])
    done = set()
    for told in (told for scene in story["scene"] for told in scene["told"]):
        takes = inspect.signature(named(story["actions"][told["do"]])).parameters
        for each in told.get("each", [{}]):
            assert {*told, *each} - OWN <= takes.keys(), told
        done.add(told["do"])
    assert done == story["actions"].keys()
