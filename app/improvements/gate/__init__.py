"""The gate: what an iteration has shown, its verdict, and which decisions are open."""
