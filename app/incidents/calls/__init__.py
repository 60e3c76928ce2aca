"""Calls: what the telephone system tells, who it is, what is open for them, and a new report."""
