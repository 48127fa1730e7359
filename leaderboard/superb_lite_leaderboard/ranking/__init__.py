"""From results to scores, intervals and ranks."""
