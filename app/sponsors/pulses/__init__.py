"""A few questions to a few people: asked by link, answered without a name, read when it closes."""
