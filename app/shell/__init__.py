"""The shell around the rooms: guard, headers, faults, navigation, and what every template knows."""
