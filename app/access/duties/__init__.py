"""Named duties, like the head of a department, say go or no-go to a wave by a link of their own."""
