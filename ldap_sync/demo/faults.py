"""What can go wrong on the way to a directory, scripted by tests: lost answers, odd codes, cut and
hidden reads.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from enum import Enum

from ldap_sync.dn import fold


class Fault(Enum):
    """What a server does to one request."""

    DROP_REQUEST = "hang up before doing it"
    DROP_ANSWER = "do it, then hang up"
    ANSWER = "answer with a code, without doing it"


@dataclass(slots=True)
class Planned:
    """A fault that befalls one request of a kind after ``countdown`` more of them."""

    operation: str
    countdown: int
    fault: Fault
    code: int = 0
    text: str = ""


class Faults:
    """A script of misfortune for a demo directory; every method may be called while it runs.

    Operations are called bind, search, modify, add, delete, rename, compare and extended; each page
    is one search.
    """

    def __init__(self) -> None:
        self.size_limit: int | None = None
        """How many entries any search may return, over all its pages."""
        self.cut_search_after: int | None = None
        """After how many entries of an answer the connection breaks."""
        self.delay = 0.0
        """Seconds every request waits."""
        self.seen: Counter[str] = Counter()
        """How many requests of each operation came in."""
        self._lock = threading.Lock()
        self._planned: list[Planned] = []
        self._hidden: dict[tuple[str, str], frozenset[str]] = {}

    def drop_request(self, operation: str = "modify", nth: int = 1) -> None:
        """Hang up on the ``nth`` request from now without doing it."""
        self._plan(Planned(operation, nth, Fault.DROP_REQUEST))

    def drop_answer(self, operation: str = "modify", nth: int = 1) -> None:
        """Do the ``nth`` request from now, then hang up without an answer."""
        self._plan(Planned(operation, nth, Fault.DROP_ANSWER))

    def answer(
        self, code: int, text: str = "", operation: str = "modify", nth: int = 1
    ) -> None:
        """Answer the ``nth`` request from now with a result code, without doing it."""
        self._plan(Planned(operation, nth, Fault.ANSWER, code, text))

    def hide(self, group: str, values: tuple[str, ...], reader: str) -> None:
        """Keep DN values of an entry from whoever is bound as ``reader``, as an access rule would,
        without a word.
        """
        with self._lock:
            self._hidden[fold(reader), fold(group)] = frozenset(map(fold, values))

    def clear(self) -> None:
        """Be a good server again; what was counted stays."""
        with self._lock:
            self.size_limit = self.cut_search_after = None
            self.delay = 0.0
            self._planned.clear()
            self._hidden.clear()

    def strike(self, operation: str) -> Planned | None:
        """Count a request and return what shall befall it."""
        with self._lock:
            self.seen[operation] += 1
            struck = None
            for planned in [
                each for each in self._planned if each.operation == operation
            ]:
                planned.countdown -= 1
                if planned.countdown == 0:
                    self._planned.remove(planned)
                    struck = struck or planned
            return struck

    def hidden(self, reader: str, entry: str) -> frozenset[str]:
        """Return the folded DN values of an entry that a reader must not see, both given by folded
        DN.
        """
        return self._hidden.get((reader, entry), frozenset())

    def _plan(self, planned: Planned) -> None:
        with self._lock:
            self._planned.append(planned)
