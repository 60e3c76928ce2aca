"""How a role fits people: covered, missing, extra; whom it fits without any change."""
