"""Write a revision file from the difference between the models and a fresh database of the newest
revision.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app.core import schema
from app.core.db import Database


def main() -> int:
    """Take the message from the command line."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.stderr.write('Say what changes: make revision MESSAGE="owner of a role"\n')
        return 2
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'fresh.db'}")
        schema.upgrade(database)
        schema.revision(database, message)
        database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
