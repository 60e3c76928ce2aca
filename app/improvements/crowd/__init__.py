"""Many people of a rung at once: counted, asked by site, team or group, moved, taken back."""
