"""Arm a wave: its window, what stops it, a notice to its people, and all that is checked before."""
