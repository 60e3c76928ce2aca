"""Improvements climb the ladder: register, backlog, iterations, measures, findings, decisions,
business case.
"""
