"""A transformer to be read in one sitting, shared by the text and the speech modality: encoder and decoder.

By default pre-norm blocks (Xiong et al. 2020, arXiv:2002.04745) with multi-head attention (Vaswani et al. 2017) and,
instead of position embeddings, a learned bias per head and relative distance (Shaw et al. 2018; the scalar form of T5,
Raffel et al. 2020, section 2.1), so that no input is too long. Without the bias and with post-norm it is the
transformer of 2017, which BERT has.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

INIT_STD = 0.06


@dataclass(frozen=True)
class TransformerConfig:
    """The shape of a transformer.

    Attributes:
        layers: how many blocks there are.
        width: of a position (D).
        heads: of the attention; the width is a multiple of it.
        hidden: width of the feed-forward layer.
        max_distance: relative distances beyond it share one bias.
        relative: there is a bias by relative distance.
        post_norm: norms follow the sums instead of preceding the layers.
        causal: no position sees a later one.
        cross: every block also reads a second sequence.
        dropout: of what each layer adds and of the attention's weights, while training.
        init_std: standard deviation of every linear map's weights at the start.
        checkpointing: what a block computes is thrown away and computed again for its gradient (Chen et al. 2016,
            arXiv:1604.06174): less memory, a third more time, the same gradients.
    """

    layers: int = 2
    width: int = 128
    heads: int = 4
    hidden: int = 512
    max_distance: int = 32
    relative: bool = True
    post_norm: bool = False
    causal: bool = False
    cross: bool = False
    dropout: float = 0.0
    init_std: float = INIT_STD
    checkpointing: bool = False

    def __post_init__(self) -> None:
        for name, value in self.shape().items():
            if value < 1:
                raise ValueError(f"{name} {value}: it must be at least 1")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout {self.dropout}: it must be at least 0 and less than 1")
        if not self.init_std > 0:
            raise ValueError(f"init_std {self.init_std}: it must be more than 0")

    def shape(self) -> dict[str, int]:
        """layers, width, heads and hidden, as keyword arguments."""
        return {"layers": self.layers, "width": self.width, "heads": self.heads, "hidden": self.hidden}

    def described(self) -> dict[str, int | float]:
        """The shape, and `init_std` where it is another one, as a checkpoint's configuration holds them."""
        return {**self.shape(), **({} if self.init_std == INIT_STD else {"init_std": self.init_std})}


class RelativePositionBias(nn.Module):
    """A learned scalar for each head and clipped distance, added to the attention logits.

    Heads start out as previous-position, next-position, local and global attention. In runs of a minute this decides
    whether a masked model learns to look at context at all (docs/architecture.md has the figures).
    """

    def __init__(self, heads: int, max_distance: int) -> None:
        super().__init__()
        self.max_distance = max_distance
        distance = torch.arange(-max_distance, max_distance + 1, dtype=torch.float32)
        starts = [
            4.0 * (distance == -1).float(),  # previous
            4.0 * (distance == 1).float(),  # next
            -0.3 * distance.abs(),  # local
            torch.zeros_like(distance),  # global
        ]
        self.bias = nn.Parameter(torch.stack([starts[h % 4] for h in range(heads)]))  # (H, 2 * max_distance + 1)

    def forward(self, queries: int, keys: int) -> Tensor:
        """(H, Q, K): the bias depends on how far a key is behind a query. The queries are the last of the keys."""
        query = torch.arange(keys - queries, keys, device=self.bias.device)
        key = torch.arange(keys, device=self.bias.device)
        distance = (key[None, :] - query[:, None]).clamp(-self.max_distance, self.max_distance)
        return self.bias[:, distance + self.max_distance]


class BlockCache:
    """The keys and values (B, H, T, D / H) of the positions that one block has read so far."""

    def __init__(self) -> None:
        self.read: tuple[Tensor, Tensor] | None = None

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add those of further positions; returns all."""
        if self.read is not None:
            keys, values = torch.cat([self.read[0], keys], dim=2), torch.cat([self.read[1], values], dim=2)
        self.read = keys, values
        return self.read

    def repeat(self, rows: int) -> None:
        """Let one row that was read be the beginning of several."""
        if self.read is not None:
            keys, values = self.read
            self.read = keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1)


class KeyValueCache:
    """What a causal transformer has read so far. length: in positions."""

    def __init__(self, transformer: Transformer) -> None:
        self.blocks = [BlockCache() for _ in transformer.blocks]
        self.length = 0


Memory = tuple[Tensor, Tensor | None]
"""What a decoder's blocks read, (B, S, D), and what they see of it: (B, S) or (B, T, S); None: all."""


class Attention(nn.Module):
    """Multi-head self-attention on `scaled_dot_product_attention`."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.heads, self.causal, self.dropout = config.heads, config.causal, config.dropout
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor, bias: Tensor | None, past: BlockCache | None = None) -> Tensor:
        """(B, T, D) -> (B, T, D). past: earlier positions, which are attended to as well.

        bias: added to the logits, or boolean, what is seen; None: everything, or everything before.
        """
        q, k, v = _split(self.qkv(x), 3, self.heads)
        if past is not None:
            k, v = past.extend(k, v)
        dropout = self.dropout if self.training else 0.0
        causal = bias is None and self.causal
        y = F.scaled_dot_product_attention(q, k, v, bias, dropout, is_causal=causal)  # (B, H, T, D / H)
        out: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return out


class CrossAttention(nn.Module):
    """Multi-head attention of one sequence to another."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.heads, self.dropout = config.heads, config.dropout
        self.q = nn.Linear(config.width, config.width)
        self.kv = nn.Linear(config.width, 2 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, x: Tensor, memory: Tensor, memory_mask: Tensor | None) -> Tensor:
        """(B, T, D), (B, S, D) and what of it is seen, (B, S) or (B, T, S) or None: all of it, -> (B, T, D)."""
        (q,) = _split(self.q(x), 1, self.heads)
        k, v = _split(self.kv(memory), 2, self.heads)
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, None if memory_mask is None else _per_query(memory_mask), dropout)
        out: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return out


def _later(queries: int, keys: int, x: Tensor) -> Tensor:
    """(Q, K) bool, which keys come after a query. The queries are the last of the keys."""
    return torch.ones(queries, keys, dtype=torch.bool, device=x.device).triu(keys - queries + 1)


def _per_query(mask: Tensor) -> Tensor:
    """(B, S), the same for all queries, or (B, T, S) -> (B, 1, 1 or T, S)."""
    return mask[:, None, None] if mask.ndim == 2 else mask[:, None]


def _split(x: Tensor, parts: int, heads: int) -> tuple[Tensor, ...]:
    """(B, T, parts * D) -> `parts` tensors (B, H, T, D / H)."""
    return tuple(x.unflatten(2, (parts, heads, -1)).permute(2, 0, 3, 1, 4))


class Block(nn.Module):
    """x + attention(norm(x)); in a decoder, x + cross-attention(norm(x)); then x + feed-forward(norm(x)).

    With post-norm, norm(x + attention(x)) and so on.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.post_norm = config.post_norm
        self.norm1 = nn.LayerNorm(config.width)
        self.attention = Attention(config)
        if config.cross:
            self.cross_norm = nn.LayerNorm(config.width)
            self.cross_attention = CrossAttention(config)
        self.norm2 = nn.LayerNorm(config.width)
        self.mlp = nn.Sequential(
            nn.Linear(config.width, config.hidden), nn.GELU(), nn.Linear(config.hidden, config.width)
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self,
        x: Tensor,
        bias: Tensor | None,
        memory: Memory | None = None,
        past: BlockCache | None = None,
    ) -> Tensor:
        """As `Attention.forward`. memory: what cross-attention reads, and its mask."""
        if self.post_norm:
            x = self.norm1(x + self.dropout(self.attention(x, bias, past)))
            if memory is not None:
                x = self.cross_norm(x + self.dropout(self.cross_attention(x, *memory)))
            x = self.norm2(x + self.dropout(self.mlp(x)))
            return x
        x = x + self.dropout(self.attention(self.norm1(x), bias, past))
        if memory is not None:
            x = x + self.dropout(self.cross_attention(self.cross_norm(x), *memory))
        x = x + self.dropout(self.mlp(self.norm2(x)))
        return x


class Transformer(nn.Module):
    """(B, T, D) embeddings -> one (B, T, D) tensor per layer, input first."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"width {config.width} is not a multiple of heads {config.heads}")
        self.config = config
        self.position = RelativePositionBias(config.heads, config.max_distance) if config.relative else None
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.Identity() if config.post_norm else nn.LayerNorm(config.width)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=config.init_std)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor, mask: Tensor | None, memory: Memory | None = None) -> tuple[Tensor, ...]:
        """The last layer is normalised, the others are as the residual stream has them (with post-norm, all are).

        mask: (B, T) bool, the real positions; or (B, T, T), what each position sees; None where there is no padding,
            or none that a causal transformer could see. memory: what a decoder's blocks read.
        """
        seen = self._seen(mask, x)
        bias = seen if self.position is None else self._with_bias(seen, x)
        layers = [x]
        for block in self.blocks:
            layers.append(self._through(block, layers[-1], bias, memory))
        layers[-1] = self.norm(layers[-1])
        return tuple(layers)

    def _seen(self, mask: Tensor | None, x: Tensor) -> Tensor | None:
        """(B, 1, T, T) bool, what each position sees. None where nothing but what is later is hidden: attention has
        fast kernels for that."""
        if mask is None:
            return None
        length = x.shape[1]
        # A row without any real position would make softmax NaN, so every position may see itself.
        seen = _per_query(mask) | torch.eye(length, dtype=torch.bool, device=x.device)
        return seen & ~_later(length, length, x) if self.config.causal else seen

    def _with_bias(self, seen: Tensor | None, x: Tensor) -> Tensor:
        """(B, H, T, T): the bias by relative distance, minus infinity where nothing is seen."""
        length = x.shape[1]
        bias = self._bias(length, length, x)
        if seen is None and self.config.causal:
            seen = ~_later(length, length, x)
        if seen is not None:
            bias = bias.masked_fill(~seen, float("-inf"))
        return bias.to(x.dtype).expand(x.shape[0], -1, -1, -1)

    def _through(self, block: nn.Module, x: Tensor, bias: Tensor | None, memory: Memory | None) -> Tensor:
        if self.config.checkpointing and self.training and torch.is_grad_enabled():
            again: Tensor = checkpoint(block, x, bias, memory, use_reentrant=False)
            return again
        made: Tensor = block(x, bias, memory)
        return made

    def scale_outputs(self, factor: float) -> None:
        """Let every layer add less at first, 1/sqrt(2 x layers) of it in GPT-2 (Radford et al. 2019, section 2.3), or
        nothing, so that the blocks start as the identity (Zhang et al. 2019, Fixup, arXiv:1901.09321, section 3). An
        objective does this before training; an encoder that stays untrained is random.
        """
        for name, module in self.blocks.named_modules():
            if isinstance(module, nn.Linear) and name.endswith((".out", ".mlp.2")):
                with torch.no_grad():
                    module.weight.mul_(factor) if factor else module.weight.zero_()

    def _bias(self, queries: int, keys: int, x: Tensor) -> Tensor:
        """(1, H or 1, Q, K), zero without a relative bias."""
        if self.position is None:
            return torch.zeros(1, 1, queries, keys, device=x.device)
        bias: Tensor = self.position(queries, keys)[None]
        return bias

    def extend(self, x: Tensor, cache: KeyValueCache) -> Tensor:
        """The last layer (B, T, D) of T more positions of a causal transformer; the cache gets them. No padding."""
        if not self.config.causal:
            raise ValueError("only a causal transformer can be extended: later positions would change earlier ones")
        new, old = x.shape[1], cache.length
        later = _later(new, old + new, x)
        bias = self._bias(new, old + new, x).masked_fill(later, float("-inf")).to(x.dtype)
        for block, past in zip(self.blocks, cache.blocks, strict=True):
            x = block(x, bias, past=past)
        cache.length += new
        read: Tensor = self.norm(x)
        return read
