"""Templates: what came with Rung, one's own, and starting from one."""
