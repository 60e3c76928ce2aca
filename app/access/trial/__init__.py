"""Rights beyond the roles, switched off for some days to see whether anybody misses them."""
