"""Roll-outs: the desk at the table, which calls are expected, what came, who has it."""
