"""From draft to published to the end: publish, retire, merge and split services."""
