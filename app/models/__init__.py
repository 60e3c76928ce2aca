"""The tables of all rooms, one file or folder a room.

They lie below every room: what any room may read.
"""
