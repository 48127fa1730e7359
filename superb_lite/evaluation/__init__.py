"""Evaluation: an encoder on tasks, scored."""
