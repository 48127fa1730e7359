"""shots: what language models answer after a few solved examples, by their size and by the steps of their
pretraining (Brown et al. 2020, GPT-3, figures 1.2 and 1.3)."""
