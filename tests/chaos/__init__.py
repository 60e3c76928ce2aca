"""Chaos: people are moved and moved back while workers, servers, connections and disks fail.

- ``places``: the directories, each with a company and a proxy before it
- ``lives``: workers that stop at chosen points of their work and wait for what befalls them
- ``misfortunes``: what befalls them, drawn by a seed
- ``scenario``: one wave up and down under misfortune, and what must hold afterwards
- ``tally``: what was counted, and the page that tells it

``python -m tests.chaos --faults 10000`` runs it outside of pytest.
"""
