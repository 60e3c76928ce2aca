"""The period of a metric changes although it has values: shown first, and taken back."""
