"""Experiments on encoders, each with a question of its own, behind `superb-lite analyze`."""
