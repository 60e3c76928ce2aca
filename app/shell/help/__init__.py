"""The documentation inside the product, and what the words of Rung mean."""
