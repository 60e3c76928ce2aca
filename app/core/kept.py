"""Values that many pages use and that cost much to make: kept in the process, each good for as long
as a stamp in the database stands.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class KeptValues:
    """The few values used last, by key; whoever asks with another stamp gets a new one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, tuple[str, Any]] = OrderedDict()
        self._making = threading.RLock()  # one value may be made of others

    def get(self, key: Hashable, stamp: str, make: Callable[[], T]) -> T:
        """Return the value of ``key`` as of ``stamp``; two who ask at once wait for one making."""
        with self._making:
            known = self._values.get(key)
            if known and known[0] == stamp:
                self._values.move_to_end(key)
                found: T = known[1]
                return found
            made = make()
            self._values[key] = stamp, made
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            return made
