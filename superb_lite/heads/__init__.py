"""Heads: what is trained on features, or together with an encoder."""
