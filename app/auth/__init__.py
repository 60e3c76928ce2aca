"""Who may do what: the marks every route carries, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import g
from flask_login import current_user

from app.auth.queries import SignedIn, operators_with
from app.auth.rules import NAMES

__all__ = [
    "SignedIn",
    "current_operator",
    "current_operator_name",
    "current_permissions",
    "fresh",
    "is_known",
    "is_machine",
    "is_signed",
    "is_unattended",
    "machine",
    "operators_with",
    "permission_of",
    "permissions_of",
    "public",
    "requires",
    "signed",
    "signed_in_only",
    "unattended",
    "wants_fresh",
]

View = TypeVar("View", bound=Callable[..., Any])
EVERYONE = "everyone"
ANY_OPERATOR = "any operator"


def requires(permission: str, *others: str) -> Callable[[View], View]:
    """Mark a view as open to operators with ``permission``, or with one of the others. Stands below
    the route decorator.
    """
    for each in (permission, *others):
        if each not in (*NAMES, ANY_OPERATOR):
            raise ValueError(f"there is no permission {each!r}")
    return lambda view: _mark(
        _mark(view, "rung_permission", permission), "rung_others", others
    )


def signed_in_only(view: View) -> View:
    """Mark a view as open to every operator, whatever he may do: his own account."""
    return requires(ANY_OPERATOR)(view)


def public(view: View) -> View:
    """Mark a view as open to everyone, signed in or not."""
    return _mark(view, "rung_permission", EVERYONE)


def signed(view: View) -> View:
    """Mark a view for programs that sign what they send: no operator, no form token; the view
    checks the signature.
    """
    return _mark(public(view), "rung_signed", True)


def machine(permission: str) -> Callable[[View], View]:
    """Mark a view for programs: opened by a token with this scope, whose operator has this
    permission; by no cookie.
    """
    return lambda view: _mark(requires(permission)(view), "rung_machine", True)


def is_machine(view: Callable[..., Any]) -> bool:
    """Tell whether a view is for programs with a token."""
    return bool(getattr(view, "rung_machine", False))


def fresh(view: View) -> View:
    """Mark a view whose POST asks for the password again when it was not given within the last 15
    minutes.
    """
    return _mark(view, "rung_fresh", True)


def unattended(view: View) -> View:
    """Mark a view that pages ask on their own, say every few seconds: nobody need sit there."""
    return _mark(view, "rung_unattended", True)


def is_unattended(view: Callable[..., Any]) -> bool:
    """Tell whether a view is asked without anybody at the keyboard."""
    return bool(getattr(view, "rung_unattended", False))


def _mark(view: View, name: str, value: Any) -> View:
    setattr(view, name, value)
    return view


def permission_of(view: Callable[..., Any]) -> str | None:
    """Return the mark of a view: a permission, ``everyone``, ``any operator``, or None when it was
    forgotten.
    """
    return getattr(view, "rung_permission", None)


def permissions_of(view: Callable[..., Any]) -> tuple[str | None, ...]:
    """Return the marks of a view of which one is enough."""
    return (permission_of(view), *getattr(view, "rung_others", ()))


def is_signed(view: Callable[..., Any]) -> bool:
    """Tell whether a view is for programs that sign what they send."""
    return bool(getattr(view, "rung_signed", False))


def wants_fresh(view: Callable[..., Any]) -> bool:
    """Tell whether a view asks for the password again."""
    return bool(getattr(view, "rung_fresh", False))


def current_operator() -> SignedIn | None:
    """Return the operator of this request, or None when nobody is signed in."""
    user = (
        current_user._get_current_object()
    )  # each look through the proxy asks the request anew
    return cast(SignedIn, user) if user.is_authenticated else None


def is_known() -> bool:
    """Tell whether somebody is signed in as far as this request already knows: it never asks the
    database, so it is also for pages shown when that is gone.
    """
    return "_login_user" in g and current_operator() is not None


def current_permissions() -> tuple[str, ...]:
    """Return what the operator of this request may do: nothing when nobody is signed in."""
    operator = current_operator()
    return operator.permissions if operator else ()


def current_operator_name() -> str:
    """Return the name of the signed-in operator, as the audit trail records it."""
    operator = current_operator()
    if operator is None:
        raise RuntimeError("nobody is signed in: the route lacks a permission")
    return operator.name
