"""One of the processes of `rung serve`, started anew after it died: loaded from the disk, with the
open port handed on.
"""

from __future__ import annotations

import socket
import sys
from typing import NoReturn

from flask import Flask

from app.core.parts import parts
from app.upkeep import processes, supervisor
from app.upkeep.worker_commands import work_beside


def be(app: Flask) -> NoReturn:
    """Be the part that the arguments of this program name, until told."""
    processes.give_back_large_buffers()
    name, ends, *ports = sys.argv[1:]
    listeners = [socket.socket(fileno=int(number)) for number in ports]
    with app.app_context(), supervisor.running(parts().settings):
        works = supervisor.works(app, listeners, parts().settings, work_beside)
        processes.run(works[name], int(ends))
