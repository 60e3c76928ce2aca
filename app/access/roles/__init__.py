"""Roles: a named set of rights with an owner, in versions."""
