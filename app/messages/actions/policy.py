"""The policy of informing: a new version for every change, the old ones stay."""

from __future__ import annotations

from app.core.acting import Acting
from app.core.changes import Change, demand_revision
from app.core.errors import Invalid
from app.messages.queries.policy import newest_policy
from app.messages.rules.policy import InformNumbers, content_of, problem_of
from app.models.messages import InformPolicy


def save_policy(
    act: Acting,
    numbers: InformNumbers,
    text: str,
    *,
    began_at: int | None = None,
) -> InformPolicy:
    """Put a new version into force; ``began_at`` is the one it was written from.

    Raises ``Invalid``, ``Conflict``.
    """
    field, problem = problem_of(numbers)
    if problem:
        raise Invalid(problem, field=field)
    newest = newest_policy(act.session)
    demand_revision(newest.id if newest else 0, began_at)
    change = Change(about=InformPolicy)
    policy = change.add(
        act.session,
        InformPolicy(
            content=content_of(numbers),
            text=text.strip(),
            created_at=act.now,
            created_by=act.by,
        ),
    )
    if newest is not None:
        change.before["content"] = newest.content
    change.record(
        act, policy, "policy.save", f"Policy of informing, version {policy.id}"
    )
    return policy
