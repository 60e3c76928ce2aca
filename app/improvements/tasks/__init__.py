"""Tasks: what is to be done, by whom, until when; the first of them is the next step."""
