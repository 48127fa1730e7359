"""lora: low-rank adapters of an encoder are trained with a head (Hu et al. 2022, LoRA, section 4.1), by peft.

Of each linear map W that features depend on, what is added to it is learnt: (alpha / rank) B A, with B zero at first,
so that training begins at the encoder as it is. W itself stays. Maps are found by type and use, and all of them are
adapted, as in Dettmers et al. 2023 (QLoRA, section 4): attention alone does not come near full fine-tuning.
"""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, foreign_errors
from superb_lite.features.batches import to_device
from superb_lite.forms import Form
from superb_lite.heads.problem import Problem
from superb_lite.imports import optional
from superb_lite.protocols.base import RULE, recorded
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneRule, FinetuneSettings


@dataclass(frozen=True)
class LoraSettings:
    """What the adapters are; the rank is that of Hu et al. 2022 for RoBERTa (appendix D.1)."""

    rank: int = 8

    alpha: float = 16.0
    """What an adapter adds is multiplied by alpha / rank."""

    dropout: float = 0.05
    """Of an adapter's input, while it is trained."""


RULE_OF_RATES = FinetuneRule(
    ours=FinetuneSettings(learning_rates=(3e-3, 1e-2)),
    small=FinetuneSettings(learning_rates=(1e-3, 3e-3), epochs=10, patience=3),
    large=FinetuneSettings(learning_rates=(3e-4, 1e-3), epochs=10, patience=3),
)
"""Rates are larger than those of whole encoders: Hu et al. adapt RoBERTa at 4e-4 and 5e-4, where Liu et al. 2019
fine-tune it at 1e-5 to 3e-5. Validation agrees for small encoders of ours: a text-bert of a minute has 0.41, 0.55, 0.64
and 0.63 on clue-lite/pos at 1e-3, 3e-3, 1e-2 and 3e-2, and on clue-lite/sentiment 0.72, 0.71, 0.70 and 0.66 (means over
two draws of labels)."""


class Lora(Finetune):
    """As `Finetune`, with adapters in the place of the encoder's weights.

    settings, adapters: those of every encoder; settings of None: each encoder's own, by `RULE_OF_RATES`.
    """

    name: ClassVar[str] = "lora"
    any_encoder: ClassVar[bool] = False
    rule = RULE_OF_RATES

    def __init__(self, settings: FinetuneSettings | None = None, adapters: LoraSettings | None = None) -> None:
        super().__init__(settings)
        self.adapters = adapters or LoraSettings()

    def settings(self, form: Form, encoder: Encoder) -> dict[str, Any]:
        _peft()
        found, adapters = super().settings(form, encoder), recorded(self.adapters)
        rule = {RULE: {**found[RULE], **adapters}} if RULE in found else {}
        return {**found, **adapters, "peft": importlib.metadata.version("peft"), **rule}

    def trainable(self, encoder: Encoder) -> bool:
        """As of `Finetune`; what has no parameters is refused later, as all that has no linear maps."""
        super().trainable(encoder)
        return True

    def prepared(self, encoder: Encoder, problem: Problem, number: int) -> Encoder:
        """A copy whose weights are frozen, with adapters that are not."""
        made = super().prepared(encoder, problem, number)
        example = problem.train[number][0]
        targets = linear_maps(made, problem.data.items[example.items[0]])
        if not targets:
            raise SuperbLiteError(
                f"protocol 'lora' adapts linear maps, and no feature of this {type(encoder).__name__} depends on any: "
                "use finetune, or frozen"
            )
        peft = _peft()
        config = peft.LoraConfig(
            r=self.adapters.rank,
            lora_alpha=self.adapters.alpha,
            lora_dropout=self.adapters.dropout,
            target_modules="|".join(re.escape(f"{_INSIDE}.{name}") for name in targets),
        )
        # peft reads `config` of what it is given as a description, which it is not of an encoder.
        with foreign_errors("protocol 'lora': peft refused the encoder"):
            peft.inject_adapter_in_model(config, nn.ModuleDict({_INSIDE: made}))
        return made


_INSIDE = "encoder"


def _peft() -> Any:
    return optional("peft", package="peft", extra="lora", purpose="protocol 'lora'")


def linear_maps(encoder: Encoder, item: Any) -> list[str]:
    """The names of the linear modules that encoding an item calls.

    Not those of a head or a decoder that no feature needs, nor those of which another module only reads the weight, as
    `nn.MultiheadAttention` does, since an adapter would change nothing there.
    """
    called: set[nn.Module] = set()
    kinds: tuple[type[nn.Module], ...] = (nn.Linear, *_of_transformers())
    modules = {name: module for name, module in encoder.named_modules() if isinstance(module, kinds)}
    hooks = [m.register_forward_pre_hook(lambda module, _: called.add(module)) for m in modules.values()]
    try:
        # With gradients: without them, torch computes some layers without calling their parts.
        with torch.enable_grad():
            encoder.eval()(to_device(encoder.collate([item]), encoder.device))
    finally:
        for hook in hooks:
            hook.remove()
    return [name for name, module in modules.items() if module in called]


def _of_transformers() -> tuple[type[nn.Module], ...]:
    """GPT-2 and its kin call a linear map Conv1D."""
    try:
        from transformers.pytorch_utils import Conv1D
    except ImportError:
        return ()
    return (Conv1D,)
