"""Complaints: who said what, ranked, heard again, answered, made into an improvement."""
