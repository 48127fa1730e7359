"""The options of `pretrain`: arguments of objective, encoder, corpus and Trainer, by their full or short names."""

from __future__ import annotations

import argparse
import inspect
import re
import typing
from collections.abc import Iterable, Sequence
from typing import Any

from jsonargparse import Namespace
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI

from superb_lite import plugins
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, foreign_errors, near_names
from superb_lite.imports import resolve
from superb_lite.modality import EncoderSpec, ObjectiveSpec
from superb_lite.pretraining.arguments import named_encoder
from superb_lite.pretraining.recipes import Recipe

FREE = frozenset(
    {
        "data.workers",
        "trainer.callbacks",
        "trainer.default_root_dir",
        "trainer.enable_model_summary",
        "trainer.enable_progress_bar",
        "trainer.log_every_n_steps",
        "trainer.logger",
        "trainer.profiler",
    }
)
"""Options that a resumed run may change: they decide no number of it."""


def choose_encoder(spec: ObjectiveSpec, arguments: Sequence[str]) -> tuple[EncoderSpec, list[str]]:
    """What `named_encoder` finds.

    Raises `SuperbLiteError` where that does, and for an architecture that the objective cannot train.
    """
    chosen, rest = named_encoder(spec, arguments)
    needed = typing.get_type_hints(resolve(spec.objective).__init__).get("encoder", Encoder)
    if not issubclass(resolve(chosen.encoder), needed):
        known = [e for e in plugins.architectures().values() if e.modality == spec.modality]
        fitting = ", ".join(e.name for e in known if issubclass(resolve(e.encoder), needed))
        raise SuperbLiteError(f"objective '{spec.name}' cannot train '{chosen.name}': choose among {fitting}")
    return chosen, rest


def full_names(arguments: Sequence[str], options: Iterable[str]) -> list[str]:
    """The arguments with the full names of options that are written short.

    `--layers` and `--model.layers` are short for `--model.encoder.layers`: the parts of a short name, the last one
    among them, stand in this order in the full one. Only options of the model and of the data have short names.

    Args:
        options: the full names, such as "--model.encoder.layers".

    Raises `SuperbLiteError` for a short name of several options, and for an option given under two names.
    """
    known = set(options)
    parts = {option: option.removeprefix("--").split(".") for option in known}
    shortened = {option: name for option, name in parts.items() if name[0] in ("model", "data")}

    def full(argument: str) -> str:
        option, equals, value = argument.partition("=")
        if not option.startswith("--") or option in known:
            return argument
        short = option.removeprefix("--").split(".")
        found = sorted(name for name, its in shortened.items() if its[-1] == short[-1] and _is_within(short, its))
        if len(found) > 1:
            raise SuperbLiteError(f"{option} is short for {' and '.join(found)}: write which one is meant")
        name = found[0] if found else option
        return f"{name}{equals}{value}"

    written: dict[str, str] = {}
    named = [full(argument) for argument in arguments]
    for argument, name in zip(arguments, named, strict=True):
        option, name = argument.partition("=")[0], name.partition("=")[0]
        if name in known and written.setdefault(name, option) != option:
            raise SuperbLiteError(f"{written[name]} and {option} are one option, {name}: give it once")
    return named


def _is_within(short: Sequence[str], full: Sequence[str]) -> bool:
    """Whether all of `short` stands in `full` in the same order."""
    remaining = iter(full)
    return all(part in remaining for part in short)


def short_names(options: Sequence[str]) -> list[str]:
    """The short forms that stand for one option only: `--width` and `--model.width` for `--model.encoder.width`."""
    meant: dict[str, list[str]] = {}
    for option in options:
        group, *rest = option.removeprefix("--").split(".")
        if rest and group in ("model", "data"):
            for short in dict.fromkeys((f"--{rest[-1]}", f"--{group}.{rest[-1]}")):
                meant.setdefault(short, []).append(option)
    return [short for short, found in meant.items() if len(found) == 1 and short not in options]


def unknown_option(name: str, options: Sequence[str]) -> SuperbLiteError:
    """The error for an option that there is not. It offers options of a similar name, or last part of the name.

    The initials of a last part are near it, too: `--lr` may mean `--learning_rate`.
    """
    single = [option for option in options if not any(other.startswith(f"{option}.") for other in options)]
    names = [*single, *short_names(options)]
    last = name.removeprefix("--").rpartition(".")[2]
    ending = {option: option.removeprefix("--").rpartition(".")[2] for option in names}
    initials = [option for option, end in ending.items() if "".join(word[:1] for word in end.split("_")) == last]
    (closest,) = near_names(last, ending.values(), count=1) or ("",)
    near = initials or [option for option, end in ending.items() if end == closest] or near_names(name, names)
    if not near:
        return SuperbLiteError(f"unknown pretraining option '{name}': --print_config shows all {len(single)}")
    shown = sorted(near, key=lambda option: (option.count(".") != name.count("."), len(option)))[:3]
    return SuperbLiteError(f"unknown pretraining option '{name}': did you mean {' or '.join(map(repr, shown))}?")


_TYPES = {"int": "whole number", "float": "number"}


def _in_words(error: argparse.ArgumentError) -> str:
    """What is wrong with the arguments, without the words of the library that reads them."""
    words = " ".join(str(error).split())
    if wrong := re.search(r"Parser key \"([\w.]+)\".*Expected a <class '(int|float)'>\. Got value: (.*)", words):
        return f"--{wrong[1]} {wrong[3]}: must be a {_TYPES[wrong[2]]}"
    if stray := re.match(r"unrecognized arguments: (\S+)", words):
        return f"'{stray[1]}' is not an option: options begin with --"
    return words


def option_names(parser: Any) -> list[str]:
    """Every option of a parser by its full name."""
    return [name for action in parser._actions for name in action.option_strings if name.startswith("--")]


def build_cli(
    spec: ObjectiveSpec,
    encoder: EncoderSpec,
    arguments: Sequence[str],
    *,
    recipe: Recipe,
    trainer_defaults: dict[str, Any],
    make: bool = True,
) -> LightningCLI:
    """The corpus, the encoder, the objective and the Trainer that the arguments describe, made in this order.

    Args:
        recipe: what holds where the arguments say nothing.
        trainer_defaults: what holds where neither does.
        make: False only reads the arguments.

    Raises `SuperbLiteError` for an option that is unknown or has a wrong value.
    """
    encoder_class = resolve(encoder.encoder)
    taken = inspect.signature(encoder_class).parameters

    class Parser(LightningArgumentParser):
        def add_lightning_class_args(self, lightning_class: Any, nested_key: str, *rest: Any, **more: Any) -> Any:
            if nested_key != "model":
                return super().add_lightning_class_args(lightning_class, nested_key, *rest, **more)
            # Nested groups are made from the inside out, so the objective gets the encoder.
            added = self.add_class_arguments(
                lightning_class, "model", skip={"encoder"}, fail_untyped=False, sub_configs=True
            )
            return added + self.add_class_arguments(
                encoder_class, "model.encoder", fail_untyped=False, sub_configs=True
            )

    class Cli(LightningCLI):
        def add_arguments_to_parser(self, parser: Any) -> None:
            for source, target in spec.links:
                if not target.startswith("model.encoder.") or target.rpartition(".")[2] in taken:
                    parser.link_arguments(source, target, apply_on="instantiate")
            parser.link_arguments("seed_everything", "model.seed")
            parser.link_arguments("seed_everything", "data.seed")

        def parse_arguments(self, parser: Any, args: Any) -> None:
            known.extend(option_names(parser))
            first = recipe.arguments(known, encoder=encoder.name == spec.encoder)
            super().parse_arguments(parser, [*first, *full_names(args, known)])

        def instantiate_classes(self) -> None:
            if not make:
                return
            with foreign_errors(f"objective '{spec.name}' cannot be built"):
                try:
                    super().instantiate_classes()
                except ValueError as error:  # from a constructor that refuses the value of an option
                    raise SuperbLiteError(f"objective '{spec.name}': {error}") from error

    known: list[str] = []
    try:
        return Cli(
            resolve(spec.objective),
            resolve(spec.data),
            args=list(arguments),
            run=False,
            seed_everything_default=0,
            save_config_callback=None,
            parser_class=Parser,
            parser_kwargs={"exit_on_error": False, "allow_abbrev": False},
            trainer_defaults=trainer_defaults,
        )
    except argparse.ArgumentError as error:
        if unknown := re.match(r"unrecognized arguments: (--[\w.]+)", str(error)):
            raise unknown_option(unknown[1], known) from None
        raise SuperbLiteError(f"objective '{spec.name}': {_in_words(error)}") from None
    except ValueError as error:  # from links that name no option
        raise SuperbLiteError(f"objective '{spec.name}': {error}") from None


def all_options(config: Namespace) -> dict[str, str | int | float | bool | None]:
    """Every option that decides a number, by its full name, as plain values."""
    flat = sorted(vars(config.as_flat()).items())
    return {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in flat
        if not any(name == free or name.startswith(f"{free}.") for free in FREE)
    }


def recorded_options(config: Namespace) -> dict[str, str | int | float | bool | None]:
    """The options of the model and of the data as they were used, for the checkpoint."""
    return {name: value for name, value in all_options(config).items() if name.startswith(("model.", "data."))}
