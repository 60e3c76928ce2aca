"""What the plan of a wave does to the questions that applications really ask."""
