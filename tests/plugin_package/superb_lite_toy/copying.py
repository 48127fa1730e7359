"""An objective and an architecture for texts, from outside."""

import torch
from torch import nn
from torch.nn import functional as F

from superb_lite.pretraining.objective import Objective
from superb_lite_text.token_encoder import TokenEncoder


class ScaledEncoder(TokenEncoder):
    """The embeddings of tokens, times a number that is learnt."""

    def __init__(self, tokenizer, *, width=128, max_length=256, scale=1.0):
        super().__init__(tokenizer, width=width, max_length=max_length)
        self.scale = nn.Parameter(torch.tensor(scale))

    def config(self):
        return {
            "tokenizer": self.tokenizer.specification,
            "width": self.embedding.embedding_dim,
            "max_length": self.max_length,
        }

    def forward(self, batch):
        return self.features(batch, [self.scale * self.embedding(batch["token"])])


class Copying(Objective):
    """Guess each token from its own embedding, to which noise was added."""

    def __init__(self, *, encoder: TokenEncoder, noise: float = 0.1, learning_rate: float = 1e-2, seed: int = 0):
        super().__init__(encoder=encoder, learning_rate=learning_rate, warmup_share=0.0, weight_decay=0.0, seed=seed)
        self.noise = noise
        self.output = nn.Linear(encoder.embedding.embedding_dim, len(encoder.tokenizer))

    def training_step(self, batch, batch_idx):
        embedded = self.encoder.embedding(batch["token"])
        scores = self.output(embedded + self.noise * torch.randn_like(embedded))
        loss = F.cross_entropy(scores.flatten(0, 1), batch["token"].flatten())
        self.log("loss", loss)
        return loss
