"""Rungs: planned, started, looked at, decided and frozen, carried over to the next one."""
