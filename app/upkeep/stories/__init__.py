"""The demo company: what happened in it stands in TOML files and is told by one player."""
