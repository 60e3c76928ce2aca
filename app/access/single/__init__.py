"""Rights given and taken one by one, without a role: planned, approved and undone like a wave."""
