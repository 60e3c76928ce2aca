"""Spread: how many have it, when all will, and how often predictions come true."""
