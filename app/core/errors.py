"""The few ways a sentence of a user can fail; mapped once to a page and once to an exit code."""

from __future__ import annotations


class RungError(Exception):
    """Something a person must hear of in one sentence.

    ``exit_code`` and ``status`` say it to shells and browsers.
    """

    exit_code = 1
    status = 409

    def __init__(
        self, message: str, *, field: str = "", details: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details


class Refused(RungError):
    """The rules say no; the message says why and what to do."""


class Invalid(RungError):
    """A field holds something that cannot be used; ``field`` names it."""

    status = 422


class NotFound(RungError):
    """There is no such thing, or it is not for this operator."""

    status = 404


class Forbidden(RungError):
    """The operator lacks a permission."""

    status = 403


class Conflict(RungError):
    """Others changed what this builds on; a person has to decide."""

    exit_code = 3


class Away(RungError):
    """A directory or the database cannot be reached; nothing was lost."""

    exit_code = 4
    status = 503
