"""Scaling: one objective at several sizes, amounts of data and steps, and what a larger run should give."""
