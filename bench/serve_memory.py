"""How much memory ``rung serve`` takes. Run ``python -m bench.serve_memory``.

Starts it with the demo company and prints what each of its processes takes (PSS in MB, what they
share counted in part): after the start with one page opened, after six sign-ins, after a load
(those six ask for the queue, an incident, the first page, and send comments, for some seconds
each), and after a walk over 250 pages. How many processes are to answer may follow, two unless
said.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import OpenerDirector

from bench.serving import Ask, ServedRung, asked, children, pss, served

PEOPLE = 6
SECONDS = 6.0
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def main(web: int = 2) -> None:
    """Print a line after each stage."""
    with TemporaryDirectory() as folder, served(Path(folder), web, people=0) as rung:
        tell("the start", rung)
        rung.let_in(PEOPLE)
        tell(f"{PEOPLE} sign-ins", rung)
        for page in ("/desk", "/desk/1", "/"):
            print(f"  {page}: {rung.asked(page, SECONDS)}", flush=True)
        comments = [commenting(each, rung.address) for each in rung.clients]
        print(f"  comment: {asked(comments, SECONDS)}", flush=True)
        tell("the load", rung)
        walked = rung.walk()
        tell(f"{walked} pages", rung)


def tell(what: str, rung: ServedRung) -> None:
    """Print what all processes take together, and each: who watches, works, answers."""
    each = [pss(pid) / 1000 for pid in (rung.pid, *sorted(children(rung.pid)))]
    parts = " + ".join(f"{taken:.0f}" for taken in each)
    print(f"{sum(each):.0f} MB after {what}: {parts}", flush=True)


def commenting(client: OpenerDirector, address: str) -> Ask:
    """Return what adds a comment to an incident, and reads the page that answers."""
    page = client.open(f"{address}/desk/1").read().decode()
    token = TOKEN.search(page)
    assert token is not None
    form = urlencode({"csrf_token": token[1], "say-text": "Looked at it"}).encode()
    return lambda: client.open(f"{address}/desk/1/note", form).read()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
