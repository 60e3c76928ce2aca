"""Pairs of rights that nobody should hold together: reported, never enforced."""
