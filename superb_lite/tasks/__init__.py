"""Tasks: what is measured, as plain values."""
