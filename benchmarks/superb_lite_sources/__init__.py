"""Embedded data: what well-kept packages ship, read and partitioned once.

Pretraining corpora and task sets both draw from here, each from its own part, so that nothing that is tested was ever
pretrained on.
"""
