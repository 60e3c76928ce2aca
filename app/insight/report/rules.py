"""The first report: what the rights of a directory look like, and with whom to begin."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.core.figures import people as people_counted
from app.core.figures import percent
from app.core.said import Grouped, digits, nsaid, said
from app.directory.rules import Graph, PersonRow

FEWEST_RIGHTS = 2
"""A role of one right saves nothing: from so many rights on, a set is worth a role."""

SIZES = (
    (1, 1, "nobody"),
    (2, 2, "1 other"),
    (3, 5, "2–4 others"),
    (6, 10, "5–9 others"),
    (11, 10**9, said("10 or more")),
)
"""How many people share exactly the same rights: from, to, and what it is called on the chart."""


@dataclass(frozen=True, slots=True)
class Twins:
    """People who hold exactly the same rights directly, and those rights; people by name."""

    rights: frozenset[int]
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """With whom to begin: the largest set of twins, and one of them, whose move changes nothing."""

    twins: Twins
    first: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was counted. ``holders`` are the people with rights who could share them with somebody.

    These are all but service accounts, disabled people and people in a role. Grants in role groups
    are counted apart.
    """

    people: int
    disabled: int
    services: int
    groups: int
    roles: int
    grants: int
    role_grants: int
    holders: int
    twins: int
    twin_sets: int
    largest: int
    ownerless: int
    disabled_holders: int
    disabled_grants: int
    leftovers: int
    leftover_groups: int
    values: int
    nested: int
    unused: int
    most: int
    most_person: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: a number of how many, what it counts, and what to know about it."""

    key: str
    value: int
    of: int | None
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart: so many people share their exact rights with so many others."""

    label: str
    people: int


def plain_rights(graph: Graph) -> dict[int, frozenset[int]]:
    """Return the rights each person holds directly, memberships in role groups left out."""
    return graph.once("plain rights", _plain_rights)


def _plain_rights(graph: Graph) -> dict[int, frozenset[int]]:
    roles = frozenset(right.id for right in graph.rights.values() if right.is_role)
    return {
        person: rights - roles if rights & roles else rights
        for person, rights in graph.direct.items()
    }


def twin_sets(graph: Graph, left_out: Collection[int] = ()) -> list[Twins]:
    """Return the sets of people with exactly the same rights, the largest first, single people as
    sets of one.

    Left out are service accounts, disabled people, people without rights, people in a role, and
    ``left_out``.
    """
    apart = frozenset(left_out)
    return graph.once(("twins", apart), lambda graph: _twin_sets(graph, apart))


def _twin_sets(graph: Graph, left_out: frozenset[int]) -> list[Twins]:
    sets: dict[frozenset[int], list[PersonRow]] = {}
    for person_id, rights in plain_rights(graph).items():
        person = graph.people[person_id]
        in_role = len(graph.direct[person_id]) > len(rights)
        if rights and not (
            person.service or person.disabled or in_role or person_id in left_out
        ):
            sets.setdefault(rights, []).append(person)
    found = [Twins(rights, _by_name(people)) for rights, people in sets.items()]
    return sorted(
        found,
        key=lambda twins: (
            -len(twins.people),
            -len(twins.rights),
            graph.people[twins.people[0]].uid,
        ),
    )


def propose(
    graph: Graph,
    protected: Collection[int] = (),
    roles: Collection[frozenset[int]] = (),
) -> Proposal | None:
    """Return the largest set of at least two people with at least two rights in common and none
    besides, if any; ``roles`` are the rights of roles there are already, whose people move there.
    """
    useful = (
        twins
        for twins in twin_sets(graph, protected)
        if len(twins.people) > 1
        and len(twins.rights) >= FEWEST_RIGHTS
        and twins.rights not in roles
    )
    best = next(useful, None)
    return Proposal(best, best.people[0]) if best else None


def count(graph: Graph, ownerless: int) -> Numbers:
    """Count what the report tells; ``ownerless`` is the number of rights nobody answers for."""
    return replace(graph.once("numbers", _counted), ownerless=ownerless)


def _counted(graph: Graph) -> Numbers:
    plain = plain_rights(graph)
    sets = twin_sets(graph)
    shared = [twins for twins in sets if len(twins.people) > 1]
    off = [person.id for person in graph.people.values() if person.disabled]
    rights = graph.rights.values()
    most = max(plain, key=lambda person: (len(plain[person]), -person), default=None)
    grants = sum(map(len, plain.values()))
    all_grants = sum(map(len, graph.direct.values()))
    nested = sum(map(len, graph.children.values()))
    return Numbers(
        people=len(graph.people),
        disabled=len(off),
        services=sum(person.service for person in graph.people.values()),
        groups=len(graph.rights),
        roles=sum(right.is_role for right in rights),
        grants=grants,
        role_grants=all_grants - grants,
        holders=sum(len(twins.people) for twins in sets),
        twins=sum(len(twins.people) for twins in shared),
        twin_sets=len(shared),
        largest=max((len(twins.people) for twins in shared), default=0),
        ownerless=0,
        disabled_holders=sum(bool(plain[person]) for person in off),
        disabled_grants=sum(len(plain[person]) for person in off),
        leftovers=sum(right.dangling for right in rights),
        leftover_groups=sum(right.dangling > 0 for right in rights),
        values=all_grants
        + nested
        + sum(right.dangling + right.placeholders + right.others for right in rights),
        nested=nested,
        unused=sum(
            not (right.is_role or graph.members[right.id] or graph.children[right.id])
            for right in rights
        ),
        most=len(plain[most]) if most is not None else 0,
        most_person=most,
    )


def lines(graph: Graph, numbers: Numbers, proposal: Proposal | None) -> list[Line]:
    """Return the ten lines of the report."""
    n, plain = numbers, numbers.groups - numbers.roles
    by_whom = graph.people.get(n.most_person) if n.most_person is not None else None
    most = by_whom.name if by_whom and n.most else ""
    return [
        _people_line(n),
        _groups_line(n),
        _grants_line(n),
        _twins_line(n),
        Line("ownerless", n.ownerless, plain, said("rights that nobody answers for")),
        _off_line(n),
        _vanished_line(n),
        _unused_line(n, plain),
        Line("most", n.most, plain, said("rights of the person who has most"), most),
        _proposed(graph, n, proposal),
    ]


def _people_line(n: Numbers) -> Line:
    accounts = nsaid(
        "%(number)s service account", "%(number)s service accounts", n.services
    )
    off = said(
        "%(disabled)s with the account off, %(accounts)s",
        disabled=Grouped(n.disabled),
        accounts=accounts,
    )
    return Line("people", n.people, None, "people", off)


def _groups_line(n: Numbers) -> Line:
    roles = nsaid("%(number)s role", "%(number)s roles", n.roles)
    among = said("%(roles)s among them", roles=roles) if n.roles else ""
    return Line("groups", n.groups, None, "rights (groups)", among)


def _grants_line(n: Numbers) -> Line:
    average = (
        said("%(value)s for each person", value=digits(f"{n.grants / n.people:.1f}"))
        if n.people
        else ""
    )
    in_roles = (
        said("; %(role_grants)s more in roles", role_grants=Grouped(n.role_grants))
        if n.role_grants
        else ""
    )
    label = said("rights given directly")
    return Line("grants", n.grants, None, label, average + in_roles)


def _twins_line(n: Numbers) -> Line:
    sets = said(
        "%(sets)s, the largest of %(largest)s",
        sets=nsaid("%(number)s set", "%(number)s sets", n.twin_sets),
        largest=people_counted(n.largest),
    )
    label = said("people share exactly their rights with somebody")
    return Line("twins", n.twins, n.holders, label, sets if n.twin_sets else "")


def _off_line(n: Numbers) -> Line:
    by_whom = said(
        "by %(disabled_holders)s of %(accounts)s",
        disabled_holders=Grouped(n.disabled_holders),
        accounts=nsaid(
            "%(number)s such account", "%(number)s such accounts", n.disabled
        ),
    )
    label = said("rights held by accounts that are off")
    held, shown = n.disabled_grants, by_whom if n.disabled else ""
    return Line("disabled", held, n.grants, label, shown)


def _vanished_line(n: Numbers) -> Line:
    groups = nsaid("%(number)s group", "%(number)s groups", n.leftover_groups)
    where = said("in %(groups)s", groups=groups) if n.leftovers else ""
    label = said("member values that stand for nobody")
    return Line("vanished", n.leftovers, n.values, label, where)


def _unused_line(n: Numbers, plain: int) -> Line:
    inside = nsaid(
        "%(number)s group stands inside another group",
        "%(number)s groups stand inside another group",
        n.nested,
    )
    return Line("unused", n.unused, plain, said("rights that nobody holds"), inside)


def _proposed(graph: Graph, numbers: Numbers, proposal: Proposal | None) -> Line:
    label = said("people the first role would fit with no change at all")
    if proposal is None:
        return Line(
            "first",
            0,
            numbers.people,
            label,
            said("no two people hold the same two rights and nothing else"),
        )
    first = graph.people[proposal.first].name
    note = said(
        "%(rights)s; begin with %(first)s",
        rights=nsaid(
            "%(number)s right", "%(number)s rights", len(proposal.twins.rights)
        ),
        first=first,
    )
    return Line("first", len(proposal.twins.people), numbers.people, label, note)


def bars_of(graph: Graph) -> list[Bar]:
    """Return the bars of a whole directory, counted once."""
    return graph.once("bars", lambda graph: bars(twin_sets(graph)))


def bars(sets: Collection[Twins]) -> list[Bar]:
    """Return how many people share their exact rights with nobody, with one other, and so on."""
    people = {label: 0 for _, _, label in SIZES}
    for twins in sets:
        size = len(twins.people)
        label = next(label for low, high, label in SIZES if low <= size <= high)
        people[label] += size
    return [Bar(label, number) for label, number in people.items()]


def chart_sentence(drawn: Collection[Bar]) -> str:
    """Return what the chart shows, in one sentence."""
    total = sum(bar.people for bar in drawn)
    alone = next((bar.people for bar in drawn if bar.label == SIZES[0][2]), 0)
    if not total:
        return said("Nobody holds any right yet.")
    share = percent((total - alone) / total)
    return said(
        "%(value)s of %(total)s (%(share)s) hold exactly the same "
        "rights as somebody else.",
        value=Grouped(total - alone),
        total=people_counted(total),
        share=share,
    )


def _by_name(people: Collection[PersonRow]) -> tuple[int, ...]:
    return tuple(
        person.id
        for person in sorted(
            people, key=lambda person: (person.name.casefold(), person.uid)
        )
    )


def as_json(
    graph: Graph, numbers: Numbers, proposal: Proposal | None, called: Mapping[int, str]
) -> dict[str, object]:
    """Return the report for machines; people by uid, rights by their names in ``called``."""
    n = numbers
    most = (
        graph.people[n.most_person].uid
        if n.most_person is not None and n.most
        else None
    )
    twins = proposal.twins if proposal else Twins(frozenset(), ())
    return {
        "people": n.people,
        "groups": n.groups,
        "grants": n.grants,
        "role_grants": n.role_grants,
        "twins": {"people": n.twins, "sets": n.twin_sets, "largest": n.largest},
        "ownerless": n.ownerless,
        "disabled": {
            "people": n.disabled,
            "holding": n.disabled_holders,
            "grants": n.disabled_grants,
        },
        "vanished": {"values": n.leftovers, "groups": n.leftover_groups},
        "nested": n.nested,
        "unused": n.unused,
        "most_rights": {"person": most, "rights": n.most},
        "first_role": {
            "rights": sorted(called[right] for right in twins.rights),
            "people": [graph.people[person].uid for person in twins.people],
        },
        "first_person": graph.people[proposal.first].uid if proposal else None,
    }
