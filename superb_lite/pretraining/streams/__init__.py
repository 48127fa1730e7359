"""Corpora that are streamed: larger than a memory or a disk."""
