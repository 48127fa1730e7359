"""Encoders: raw items in, the features of every layer out."""
