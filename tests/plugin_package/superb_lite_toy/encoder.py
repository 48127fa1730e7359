"""Each bit as itself."""

import torch

from superb_lite.encoders.encoder import Encoder, Features


class BitEncoder(Encoder):
    modality = "bits"

    def __init__(self, sign=1):
        super().__init__()
        self.sign = sign

    def config(self):
        return {"sign": self.sign}

    def length(self, item):
        return len(item)

    def collate(self, items):
        longest = max(map(len, items))
        bits = torch.tensor([[int(b) for b in item.ljust(longest, "0")] for item in items])
        return {"bits": bits, "length": torch.tensor([len(i) for i in items]), "item": torch.arange(len(items))}

    def forward(self, batch):
        position = torch.arange(batch["bits"].shape[1], device=batch["bits"].device)
        return Features(
            layers=(self.sign * batch["bits"].float()[..., None],),
            mask=position < batch["length"][:, None],
            item=batch["item"],
            spans=torch.stack([position, position + 1], dim=1).expand(len(batch["item"]), -1, -1),
        )


def flipped(argument):
    """The factory behind `flipped-bits:FACTOR`."""
    return BitEncoder(sign=-int(argument or 1))
