"""An app behind a real web server in a thread, for tests that drive a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import Flask
from waitress import create_server


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on loopback and yield its address; the server ends with the block."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)

    def run() -> None:
        with suppress(
            OSError
        ):  # closed from the other thread, the loop may still wait on the closed sockets
            server.run()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)
