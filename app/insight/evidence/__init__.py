"""Evidence for who looks from outside: who held what, what changed and why, sealed."""
