"""The plan of a wave: who is asked what, what changes for whom, and how it is written down."""
