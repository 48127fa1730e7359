"""Pretraining: objectives, corpora, and what runs them."""
