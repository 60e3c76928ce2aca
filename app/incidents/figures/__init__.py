"""Figures of the desk: median times, bounces, and how they change week by week."""
