"""Roles and waves for programs: read and planned by key, approved by people alone."""
