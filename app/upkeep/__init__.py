"""Keeping Rung itself running: server and worker, set-up, backup and restore, and what the doctor
finds.
"""
