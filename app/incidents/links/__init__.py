"""Incidents beside improvements and role waves: links, and what those rooms ask of incidents."""
