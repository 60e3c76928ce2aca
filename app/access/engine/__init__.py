"""The engine that moves people, in the worker or in the foreground: values in, values out.

- ``runner``: one wave, from its first person to its last, up or down
- ``mover``: a batch of people up, ``undoer``: a batch of people down
- ``back``: what of the way down is decided by values alone
- ``sight``: what is seen of a person in the live directory, held against the plan
- ``journal``: every change of the directory, intent first; it alone holds the database
- ``eyes``: how the directory stands against steps; ``steps``: what steps are by their values
- ``batches``: who travels together
- ``taking``: what roles and the read model take over once changes are in place
- ``errand``: what the worker was sent to do, and whether that is still what is asked for
- ``rows``: what the journal is asked, and what it notes, of waves, switches and steps
"""
