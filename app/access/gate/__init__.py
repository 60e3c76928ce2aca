"""The gate of a wave: what speaks for going on, what against it, and what somebody decides."""
