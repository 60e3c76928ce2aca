"""The connected directory: connecting it, checking it, reading it, and the read model of its
groups.
"""
