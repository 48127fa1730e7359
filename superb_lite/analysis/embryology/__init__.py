"""embryology: when, while an encoder is pretrained, is what learnt? (Chiang et al. 2020, arXiv:2010.02480)"""
