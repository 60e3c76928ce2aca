"""How the desk is run: its numbers, and the basics the team agreed on."""
