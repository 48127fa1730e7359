"""The commands that repeat the results of an encoder to the same digits, as far as anybody can know them.

A result says how it was measured, but its encoder's name is text that somebody chose. A command is offered only where
that text is a registered name whose class the result confirms, or where the checkpoint said how it was pretrained, so
that nothing of this machine's folders is in it and no stranger writes a command for others.
"""

from __future__ import annotations

import inspect
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.imports import resolve
from superb_lite.modality import ObjectiveSpec
from superb_lite.pretraining.recipes import Recipe, find_recipe
from superb_lite.results.result import Result
from superb_lite_leaderboard.names import public_name

OPTION = re.compile(r"(model|data)(\.[a-z][a-z0-9_]*)+")
WORD = re.compile(r"[\w.+-]+", re.ASCII)
HUB_ARGUMENT = re.compile(r"[\w.-]+(/[\w.-]+)?(,[a-z_]+=[\w.-]+)*", re.ASCII)
"""NAME or ORGANISATION/NAME, and options; a path of a machine is none of it."""


@dataclass(frozen=True)
class Repeat:
    """How the results of one encoder are measured again."""

    modality: str
    encoder: str
    """Without paths."""
    lines: tuple[str, ...]
    """Commands for a shell, in their order; none where nobody knows them."""
    same_digits: bool
    """Whether they give the same digits, with the versions and on the kind of machine that the results say."""
    note: str
    """One line: on what that hangs, or why there is no command."""


def repeat(results: Sequence[Result], *, own_code: bool = False) -> Repeat:
    """The commands for results of one encoder. own_code: somebody's own code computed the features."""
    first = results[0]
    shown = public_name(first.encoder)
    found = _source(first, own_code=own_code)
    if isinstance(found, str):
        return Repeat(first.modality, shown, (), False, found)
    before, reference, doubt = found
    lines = (*before, *_evaluations(reference, results))
    inexact = doubt or ("" if all(r.deterministic for r in results) else _NOT_DETERMINISTIC)
    versions = ", ".join(
        f"{name} {first.versions[name]}" for name in ("superb-lite", "torch") if name in first.versions
    )
    note = inexact or f"the same digits with {versions or 'the same versions'} on such a processor: {first.machine.cpu}"
    return Repeat(first.modality, shown, lines, not inexact, note)


_NOT_DETERMINISTIC = "close, not the same digits: kernels of an accelerator add in another order each time"

Found = tuple[tuple[str, ...], str, str]
"""Commands that come first, the encoder's reference after them, and why the digits may differ (empty: they do not)."""


def _source(result: Result, *, own_code: bool) -> Found | str:
    """Where the encoder comes from, or why nobody knows."""
    reference, known = result.encoder, plugins.architectures()
    scheme, _, argument = reference.partition(":")
    if own_code or scheme == "py":
        return "its features were computed by somebody's own code, which is not here"
    if reference == "majority":
        return (), reference, ""
    if scheme == "raw" and reference in known:
        return ((), reference, "") if _is(result, known[reference].encoder) else _OTHER
    name, colon, seed = argument.partition(":")
    if scheme == "random" and name in known:
        fits = _is(result, known[name].encoder) and (not colon or (seed.isascii() and seed.isdigit()))
        return ((), reference, "") if fits else _OTHER
    if scheme in plugins.encoder_factories():
        if argument and not HUB_ARGUMENT.fullmatch(argument):
            return "its weights are files of the machine that it was evaluated on"
        return (), reference, ""
    return _pretrained(result)


_OTHER = "its name is that of a registered encoder, but it was another one that was evaluated"


def _is(result: Result, target: str) -> bool:
    """Whether the result is of a class "module:Class", wherever that is imported from."""
    return result.architecture is None or result.architecture.name.rpartition(":")[2] == target.rpartition(":")[2]


def _pretrained(result: Result) -> Found | str:
    known = result.pretraining
    unknown = "nobody said how its weights came about"
    if result.architecture is not None and result.architecture.untrained:
        return "it is the untrained twin of a checkpoint that is not here"
    if known is None or known.objective not in plugins.objectives() or known.budget is None or known.seed is None:
        return unknown
    spec = plugins.objective(known.objective)
    try:
        recipe = find_recipe(spec, known.budget)
    except SuperbLiteError:
        return unknown
    encoder = _trained(spec, result)
    if encoder is None:
        return unknown
    out = "-".join([known.objective, known.budget, str(known.seed)])
    words = ["superb-lite", "pretrain", known.objective, "--budget", known.budget, "--out", out]
    words += ["--seed_everything", str(known.seed)] if known.seed else []
    words += ["--trainer.max_steps", str(known.steps)] if known.steps not in (None, recipe.steps) else []
    words += [] if encoder == spec.encoder else ["--model.encoder", encoder]
    if known.options is None:
        return (
            (shlex.join(words),),
            f"./{out}",
            "close, perhaps not the same digits: options beside the recipe's are unknown",
        )
    doubt = ""
    for option, value in _beside_recipe(spec, encoder, recipe, known.options):
        if OPTION.fullmatch(option) and (not isinstance(value, str) or WORD.fullmatch(value)):
            words.append(f"--{option}={value if isinstance(value, str) else json.dumps(value)}")
        else:
            doubt = f"not the same digits: {option} is not known"
    return (shlex.join(words),), f"./{out}", doubt


def _trained(spec: ObjectiveSpec, result: Result) -> str | None:
    """The registered name of the architecture of a result, the objective's own first."""
    known = plugins.architectures()
    names = [spec.encoder, *(name for name, each in known.items() if each.modality == spec.modality)]
    return next((name for name in names if name in known and _is(result, known[name].encoder)), None)


def _beside_recipe(
    spec: ObjectiveSpec, encoder: str, recipe: Recipe, options: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """The recorded options that a command has to name: neither the recipe nor a constructor says the same."""
    defaults: dict[str, Any] = {}
    for prefix, target in (
        ("data.", spec.data),
        ("model.", spec.objective),
        ("model.encoder.", plugins.architectures()[encoder].encoder),
    ):
        try:
            parameters = inspect.signature(resolve(target)).parameters.values()
        except (SuperbLiteError, TypeError, ValueError):
            continue  # then its options are written out
        defaults |= {f"{prefix}{each.name}": each.default for each in parameters}
    known = {f"--{name}" for name in options}
    for argument in recipe.arguments(_settable(recipe, known), encoder=encoder == spec.encoder):
        name, _, value = argument.removeprefix("--").partition("=")
        defaults[name] = _read(value)
    for name, value in options.items():
        if name.endswith(".seed") or (name in defaults and defaults[name] == value):
            continue
        yield name, value


def _settable(recipe: Recipe, known: set[str]) -> set[str]:
    """The names of all options of a recipe, so that it can be flattened without its parser."""

    def flat(options: Mapping[str, Any], prefix: str) -> Iterator[str]:
        for key, value in options.items():
            if isinstance(value, Mapping):
                yield from flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}"

    return known | set(flat(recipe.options, "--"))


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _evaluations(reference: str, results: Sequence[Result]) -> Iterator[str]:
    """One command for each protocol, number of seeds and device."""
    groups: dict[tuple[str, int, str], list[str]] = {}
    for result in results:
        protocol = "" if _default_protocol(result.task) == result.protocol else result.protocol
        device = result.machine.device.partition(":")[0]
        groups.setdefault((protocol, len(result.seeds), device), []).append(result.task)
    for (protocol, seeds, device), tasks in groups.items():
        words = ["superb-lite", "evaluate", reference]
        words += [word for task in tasks for word in ("--tasks", task)]
        words += ["--protocol", protocol] if protocol else []
        yield shlex.join([*words, "--seeds", str(seeds), "--device", device])


def _default_protocol(task: str) -> str:
    owner = plugins.tasksets().get(task.split("/")[0])
    return next((known.protocols[0] for known in owner or () if known.name == task), "")
