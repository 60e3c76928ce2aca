"""Whatever others change, each difference is told exactly once, and nothing is passed over."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from app.access.document import SeenRight
from app.access.drift.rules import (
    DriftFound,
    Promise,
    RoleSeen,
    Scenery,
    owed_by,
    person_differences,
    role_differences,
)
from app.access.engine.sight import Sight
from app.models.access.words import DriftKind

ROLE, GROUP = 1, "role-group"
NESTED, KEPT, OFF = ("mail", "post"), ("wiki", "scan"), ("old",)
"""Rights through the role, rights kept as they were, and one whose loss was accepted."""
PEOPLE = ("ada", "ben", "cyd")


def seen(key: str) -> SeenRight:
    return SeenRight(key, key, f"cn={key},dc=x", "recursive")


def promise(number: int, name: str) -> Promise:
    return Promise(
        switch_id=number,
        wave_id=1,
        role_id=ROLE,
        person_id=number,
        name=name,
        sees=tuple(seen(key) for key in (*NESTED, *KEPT)),
        removed=dict.fromkeys((*NESTED, *OFF), "") | {k: k for k in (*NESTED, *OFF)},
        added=frozenset({GROUP}),
        lost=frozenset(OFF),
        kept=frozenset(KEPT),
    )


@dataclass
class Place:
    """A directory as it should be after the move, for others to change."""

    direct: dict[str, set[str]] = field(
        default_factory=lambda: {name: {GROUP, *KEPT} for name in PEOPLE}
    )
    linked: set[str] = field(default_factory=lambda: set(NESTED))
    there: bool = True
    gone: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)

    def found(self) -> list[DriftFound]:
        role = RoleSeen(
            ROLE,
            "clerk",
            GROUP,
            "clerk",
            self.there,
            {key: key for key in NESTED},
            frozenset(self.linked - self.gone),
            tuple((None, who) for who in sorted(self.strangers)),
        )
        scenery = Scenery({ROLE: role}, frozenset(self.gone), lambda _keys: frozenset())
        owed = owed_by(promise(n, name) for n, name in enumerate(PEOPLE, 1))
        told = list(role_differences(scenery))
        for number, name in enumerate(PEOPLE, 1):
            told += person_differences(owed[number], self.sight(name), scenery)
        return told

    def sight(self, name: str) -> Sight:
        direct = frozenset(self.direct[name] - self.gone)
        if not self.there:
            direct -= {GROUP}
        through = self.linked - self.gone if GROUP in direct else set()
        return Sight(direct, direct | through, frozenset(), False)

    def expected(self) -> set[tuple[DriftKind, str, str]]:
        """Return what has to be told: by kind, person and right, worked out in another way."""
        told: set[tuple[DriftKind, str, str]] = set()
        if not self.there:
            told.add((DriftKind.GROUP_GONE, "", GROUP))
        told |= {
            (DriftKind.GROUP_GONE, "", key)
            for key in self.gone
            if key in KEPT or (key in NESTED and self.there)
        }
        if self.there:
            cut = set(NESTED) - self.linked - self.gone
            told |= {(DriftKind.LINK_CUT, "", key) for key in cut}
            told |= {(DriftKind.STRANGER, who, GROUP) for who in self.strangers}
        for name in PEOPLE:
            told |= self._of(name)
        return told

    def _of(self, name: str) -> set[tuple[DriftKind, str, str]]:
        held = self.direct[name] - self.gone
        told = {(DriftKind.CAME_BACK, name, k) for k in (*NESTED, *OFF) if k in held}
        if self.there and GROUP not in held:
            told.add((DriftKind.TAKEN_OUT, name, GROUP))
        return told | {
            (DriftKind.LOST, name, key)
            for key in KEPT
            if key not in held and key not in self.gone
        }


CHANGES = st.one_of(
    st.tuples(
        st.just("put"), st.sampled_from(PEOPLE), st.sampled_from((*NESTED, *OFF))
    ),
    st.tuples(
        st.just("take"), st.sampled_from(PEOPLE), st.sampled_from((GROUP, *KEPT))
    ),
    st.tuples(st.just("cut"), st.just(""), st.sampled_from(NESTED)),
    st.tuples(st.just("gone"), st.just(""), st.sampled_from((*NESTED, *KEPT))),
    st.tuples(st.just("no role"), st.just(""), st.just("")),
    st.tuples(st.just("stranger"), st.sampled_from(("eve", "dot")), st.just("")),
)


def change(place: Place, what: str, who: str, right: str) -> None:
    if what == "put":
        place.direct[who].add(right)
    elif what == "take":
        place.direct[who].discard(right)
    elif what == "cut":
        place.linked.discard(right)
    elif what == "gone":
        place.gone.add(right)
    elif what == "stranger":
        place.strangers.add(who)
    else:
        place.there = False


@given(st.lists(CHANGES, max_size=12))
def test_whatever_others_change_each_difference_is_told_exactly_once(
    changes: list[tuple[str, str, str]],
) -> None:
    place = Place()
    for each in changes:
        change(place, *each)
    rows = {one.mark: one for one in place.found()}
    told = [(one.kind, one.who, one.key) for one in rows.values()]
    assert sorted(told) == sorted(place.expected())


def test_a_loss_that_a_later_plan_accepted_is_owed_no_more() -> None:
    first = promise(1, "ada")
    second = Promise(
        *(2, 2, 2, 1, "ada", (seen("mail"),), {}, frozenset(), frozenset({"wiki"}))
    )
    owed = owed_by([first, second])[1]
    assert owed.sees.keys() == {"mail", "post", "scan"}


def test_a_right_that_a_later_plan_gave_directly_did_not_come_back() -> None:
    second = Promise(
        *(2, 2, 2, 1, "ada", (seen("mail"),), {}, frozenset({"mail"}), frozenset())
    )
    owed = owed_by([promise(1, "ada"), second])[1]
    assert "mail" not in owed.removed
