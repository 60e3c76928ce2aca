"""Incidents without ping-pong: intake, queue, hand-overs, restoration, clocks, mass incidents."""
