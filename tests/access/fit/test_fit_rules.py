from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.access.fit.rules import count_draft, fit_of, fits
from tests.access.worlds import right, world


def named_fits(here, *rights: str, role_group: int | None = None):
    ids = frozenset(here.rights[name] for name in rights)
    back = {number: name for name, number in here.people.items()}
    return [
        (back[fit.person_id], fit) for fit in fits(here.graph, ids, role_group, False)
    ]


def test_people_are_sorted_zero_change_first_then_by_what_would_change():
    here = world(
        {"ada": "mail post wiki", "ben": "mail", "cyd": "mail post", "dot": "other"}
    )
    assert [name for name, _ in named_fits(here, "mail", "post")] == [
        "cyd",
        "ada",
        "ben",
    ]


def test_covered_missing_and_extra_are_told_apart():
    here = world({"ada": "mail wiki"}, post=right("post"))
    (_, fit) = named_fits(here, "mail", "post")[0]
    assert (
        here.named(fit.covered),
        here.named(fit.missing),
        here.named(fit.extra),
    ) == (
        {"mail"},
        {"post"},
        {"wiki"},
    )


def test_what_comes_through_nesting_is_covered_if_the_application_follows_it():
    here = world({"ada": "team mail"}, nested=[("team", "post")])
    (_, fit) = named_fits(here, "mail", "post")[0]
    assert not fit.missing


def test_what_comes_through_nesting_is_missing_if_the_application_does_not_look_there():
    here = world({"ada": "team mail"}, nested=[("team", "post")], lens="unknown")
    (_, fit) = named_fits(here, "mail", "post")[0]
    assert here.named(fit.missing) == {"post"}


def test_role_groups_are_never_extras():
    here = world({"ada": "mail clerk"}, clerk=right("clerk", is_role=True))
    ((_, fit),) = named_fits(here, "mail", role_group=here.rights["clerk"])
    assert not fit.extra and fit.in_role and fit.zero_change


def test_a_draft_counts_whom_it_covers_fully_and_whom_with_one_exception():
    here = world(
        {
            "ada": "mail post",
            "ben": "mail post wiki",
            "cyd": "mail post wiki erp",
            "dot": "mail",
        }
    )
    counted = count_draft(
        here.graph.direct, frozenset({here.rights["mail"], here.rights["post"]})
    )
    assert counted.fully == (here.people["ada"],) and counted.with_one_exception == (
        here.people["ben"],
    )


def test_an_empty_draft_covers_nobody():
    here = world({"ada": "mail"})
    assert count_draft(here.graph.direct, frozenset()).fully == ()


rights = st.sets(st.sampled_from("abcdef"), max_size=6)


@given(rights, rights.filter(bool))
def test_fit_splits_role_and_person_without_remainder(held: set[str], wanted: set[str]):
    here = world(
        {"ada": " ".join(sorted(held))}, **{name: right(name) for name in wanted}
    )
    ids = frozenset(here.rights[name] for name in wanted)
    fit = fit_of(here.graph, ids, here.people["ada"], None, False)
    assert fit.covered | fit.missing == ids and not fit.covered & fit.missing
    assert fit.covered | fit.extra == here.graph.direct[here.people["ada"]]
