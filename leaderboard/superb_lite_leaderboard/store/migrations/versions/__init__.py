"""Revisions: each is called by the schema version that it leads to, and never changes once boards of it exist."""
