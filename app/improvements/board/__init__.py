"""The board and the list: all improvements at once, what needs attention, what drifted."""
