"""The engine that moves people, in the worker or in the foreground: values in, values out.

- ``runner``: one wave, from its first person to its last, up or down
- ``mover``: one person up, ``undoer``: one person down
- ``sight``: what is seen of a person in the live directory, held against the plan
- ``journal``: every change of the directory, intent first; it alone holds the database
- ``rows``: what the journal is asked, and what it notes, of waves, switches and steps
"""
