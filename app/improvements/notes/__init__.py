"""Notes, costs and benefits: what stands beside an improvement."""
