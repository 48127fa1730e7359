"""Does an encoder that was pretrained on language help on strings that are none?

Kao & Lee 2021 (Is BERT a Cross-Disciplinary Knowledge Learner?, arXiv:2103.07162) map the symbols of DNA, of proteins
and of music to words at random, fine-tune a BERT on them, and compare it with the same BERT whose embeddings are drawn
anew, with one whose weights all are, and with models that were pretrained on such sequences.
"""
