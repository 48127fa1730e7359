"""Where an encoder of an entry comes from, what it costs, and how its results are repeated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from superb_lite.errors import NAME_LIMIT, one_line
from superb_lite.results.cost import Cost, quantity
from superb_lite.results.pretraining import Curve
from superb_lite.results.result import Result
from superb_lite_leaderboard.entry import Measured
from superb_lite_leaderboard.names import public_name
from superb_lite_leaderboard.views.repeat import Repeat, repeat

Fact = tuple[str, str]
"""(what, value), for people."""

MIB = 2**20


@dataclass(frozen=True)
class OfEncoder:
    """An encoder of an entry."""

    modality: str
    name: str
    """Without paths."""
    tasks: tuple[str, ...]
    """Those that it was evaluated on."""
    facts: tuple[Fact, ...]
    """What it is, and where it was evaluated."""
    cost: tuple[Fact, ...]
    """Empty where it was not measured."""
    pretraining: tuple[Fact, ...]
    """Empty where nobody knows, or there was none."""
    curve: Curve
    """(step, training loss)."""
    validation_curve: Curve
    repeat: Repeat


def of_encoder(results: Sequence[tuple[Result, Measured]]) -> OfEncoder:
    """Of the results of one encoder, at least one."""
    first = results[0][0]
    of_training = first.pretraining
    return OfEncoder(
        modality=first.modality,
        name=public_name(first.encoder),
        tasks=tuple(result.task for result, _ in results),
        facts=_facts([result for result, _ in results]),
        cost=_cost([result for result, _ in results]),
        pretraining=_pretraining(first),
        curve=() if of_training is None else of_training.curve,
        validation_curve=() if of_training is None else of_training.validation_curve,
        repeat=repeat([result for result, _ in results], own_code=any(measured.own_code for _, measured in results)),
    )


def settings_of(result: Result) -> tuple[Fact, ...]:
    """What decided the numbers of a result, and what its bytes are known by."""
    chosen = [f"seed {seed.seed}: {_short(seed.chosen)}" for seed in result.seeds]
    return (
        ("protocol", f"{result.protocol} {_short(result.settings)}"),
        ("chosen on validation", "; ".join(chosen)),
        ("seconds", f"{result.seconds:.1f}"),
        ("data SHA-256", result.data_sha256),
        ("predictions SHA-256", result.predictions_sha256),
        ("result SHA-256", result.checksum()),
    )


LONGEST = 400
"""Characters of settings that are shown."""


def _short(value: object) -> str:
    return one_line(json.dumps(value, ensure_ascii=False), LONGEST)


def _facts(results: Sequence[Result]) -> tuple[Fact, ...]:
    first = results[0]
    machine, memory = first.machine, first.machine.memory
    known = first.architecture
    found = [("encoder hash", first.encoder_hash)]
    if known is not None:
        untrained = ", weights as they were drawn" if known.untrained else ""
        found += [
            ("class", one_line(known.name, NAME_LIMIT) + untrained),
            ("configuration SHA-256", known.config_sha256),
        ]
    found += [("dtype", first.dtype)] if first.dtype else []
    found.append(("device", f"{machine.device}{'' if first.deterministic else ' (may differ in the last digits)'}"))
    size = "" if memory is None else f", {memory / MIB / 1024:.0f} GiB"
    found.append(
        ("machine", f"{machine.cpu}, {machine.cores} cores, {machine.threads} threads{size}; {machine.system}")
    )
    found.append(("versions", ", ".join(f"{name} {version}" for name, version in first.versions.items())))
    codes = dict.fromkeys(result.code_sha256 for result in results if result.code_sha256)
    found += [("code SHA-256", ", ".join(codes))] if codes else []
    found += [("revision", first.revision)] if first.revision else []
    return tuple((what, one_line(value, LONGEST)) for what, value in found)


def _cost(results: Sequence[Result]) -> tuple[Fact, ...]:
    cost = Cost.overall([result.cost for result in results if result.cost is not None])
    if cost is None:
        return ()
    found = [
        ("parameters", cost.parameters, ""),
        ("parameters, active", cost.active_parameters, ""),
        ("FLOPs an item", cost.flops, ""),
        ("items a second", cost.items_per_second, ""),
        ("peak memory", cost.peak_memory, "B"),
    ]
    facts = [(what, f"{quantity(value)}{unit}") for what, value, unit in found if value is not None]
    where = [cost.device or "", f"{cost.threads} threads" if cost.threads else ""]
    timed = f"{', '.join(filter(None, where))}, batches of {cost.batch_size}"
    return (*facts, *([("timed on", one_line(timed, LONGEST))] if cost.items_per_second is not None else []))


def _pretraining(result: Result) -> tuple[Fact, ...]:
    known = result.pretraining
    if known is None:
        return ()
    found = [
        ("objective", known.objective),
        ("budget", known.budget),
        ("pretraining seed", known.seed),
        ("steps", None if known.steps is None else f"{known.steps:,}"),
        ("items seen", None if known.items is None else f"{known.items:,}"),
        ("seconds", None if known.seconds is None else f"{known.seconds:,.0f}"),
        ("final loss", None if known.final_loss is None else f"{known.final_loss:.4g}"),
        ("corpora", ", ".join(known.corpora) if known.corpora else None),
        ("corpus SHA-256", known.corpus_sha256),
        ("superb-lite", known.version),
    ]
    return tuple((what, one_line(value, LONGEST)) for what, value in found if value is not None)
