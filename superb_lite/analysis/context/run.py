"""`context`: encoders and words in, a section out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from superb_lite import plugins
from superb_lite.analysis.context.measure import Measured, measure, refuse_split, split_words
from superb_lite.analysis.context.section import make_section
from superb_lite.analysis.context.words import OWN, Word, named_word, own_word, table_words
from superb_lite.analysis.findings import Section
from superb_lite.analysis.kept import Kept
from superb_lite.analysis.plain import safe_name
from superb_lite.encoders.encoder import Encoder
from superb_lite.errors import SuperbLiteError, one_line
from superb_lite.features.store import Progress
from superb_lite.tasks.occurrences import ContextSource, Occurrence

NameProgress = Callable[[str], Progress]
"""Called with the name of an encoder when it begins; returns what is to be called with (done, total)."""


def context(
    encoders: Mapping[str, Encoder],
    *,
    static: Mapping[str, Encoder] | None = None,
    twins: Mapping[str, Encoder] | None = None,
    words: Sequence[str] = (),
    sentences: Path | None = None,
    pieces: bool = False,
    command: str,
    kept: Path,
    feature_dir: Path | None = None,
    batch_size: int = 32,
    progress: NameProgress | None = None,
) -> Section:
    """Ask encoders that differ in their pretraining seed about words in context.

    Args:
        encoders: by the names that messages and the section call them.
        static: controls whose first layer is looked at, such as CBOW; pretraining seeds of one thing.
        twins: the random twins of all encoders, in their order; without any, gaps are compared with 0.
        words: which ones; without any, all of the registered sources, and the neighbours of things as well.
        sentences: a person's own ones, in which `words` stand (one word); built-in ones with it are not looked at.
        pieces: take the mean of the pieces of a word that a tokeniser splits, instead of refusing it.
        command: what makes the section again.
        kept: a directory for what was computed.
        feature_dir: where features are kept; None: nowhere.
        progress: told about each encoder as it begins.

    Raises:
        SuperbLiteError: encoders of several modalities, a modality without sources, a word that is not there, has too
            few sentences or is split, and an encoder that does not say where its positions lie.
    """
    static = static or {}
    modality = _modality({**encoders, **static})
    sources = plugins.contexts(modality)
    if not sources and sentences is None:
        raise SuperbLiteError(f"no package registers words in context for {modality} (superb_lite.contexts)")
    chosen, things = _chosen(words, sentences, modality, sources)
    said = _own_sentences(words[0], sentences, sources) if sentences is not None else []
    chosen, notes = _whole({**encoders, **static}, chosen, named=bool(words), pieces=pieces)
    keep = Kept(kept, tuple(sorted({source.load.partition(".")[0] for source in sources})))

    def ask(name: str, encoder: Encoder, things: Sequence[Occurrence]) -> Measured:
        return measure(
            encoder,
            chosen,
            things,
            name=name,
            kept=keep,
            feature_dir=feature_dir,
            batch_size=batch_size,
            progress=None if progress is None else progress(name),
        )

    seeds = [ask(name, encoder, things) for name, encoder in encoders.items()]
    if len({measured.depth for measured in seeds}) > 1:
        raise SuperbLiteError("the encoders differ in their number of layers: give pretraining seeds of one thing")
    untrained = [ask(name, encoder, ()) for name, encoder in (twins or {}).items()]
    controls = [ask(name, encoder, ()) for name, encoder in static.items()]
    kinds = _kinds(sources)
    used = {word.source for word in chosen} | ({kinds.title} if kinds and things else set())
    return make_section(
        words=chosen,
        things=things,
        maps=chosen if words else (),
        encoders=tuple(encoders),
        seeds=seeds,
        twins=untrained,
        own=sentences is not None,
        static={f"static: {', '.join(map(_short, static))}": controls} if controls else {},
        command=command,
        modality=modality,
        variant=safe_name(modality, *words, *([OWN] if sentences is not None else [])),
        notes=[*said, *notes, *(source.note for source in sources if source.note and source.title in used)],
        settings={"pieces": pieces, "words": list(words), "sentences": None if sentences is None else sentences.name},
    )


def _modality(encoders: Mapping[str, Encoder]) -> str:
    found = {name: encoder.modality for name, encoder in encoders.items()}
    first, modality = next(iter(found.items()))
    for name, other in found.items():
        if other is None:
            raise SuperbLiteError(f"'{one_line(name, 60)}' takes items of any modality, so it has no words in context")
        if other != modality:
            raise SuperbLiteError(f"'{one_line(first, 60)}' takes {modality} and '{one_line(name, 60)}' takes {other}")
    assert modality is not None
    return modality


def _short(reference: str) -> str:
    """The last part of a path; what else names an encoder stays."""
    return reference.rstrip("/").rpartition("/")[2] if ":" not in reference else reference


def _kinds(sources: Sequence[ContextSource]) -> ContextSource | None:
    return next((source for source in sources if source.kind == "categories"), None)


def _chosen(
    words: Sequence[str], sentences: Path | None, modality: str, sources: Sequence[ContextSource]
) -> tuple[tuple[Word, ...], tuple[Occurrence, ...]]:
    """The words and the things that are looked at."""
    if sentences is not None:
        if len(words) != 1:
            raise SuperbLiteError("--sentences goes with one --word, which stands in each of them")
        return (own_word(words[0], sentences, modality),), ()
    if words:
        return tuple(named_word(name, sources) for name in dict.fromkeys(words)), ()
    kinds = _kinds(sources)
    return table_words(sources), kinds.occurrences() if kinds else ()


def _own_sentences(name: str, path: Path, sources: Sequence[ContextSource]) -> list[str]:
    """What is said where sentences are a person's own: they take the place of those that are built in."""
    built_in = {each.word for source in sources if source.kind != "categories" for each in source.occurrences()}
    rest = f", in the place of the built-in ones with '{name}'" if name in built_in else ""
    return [f"The sentences are those of {path.name}{rest}."]


def _whole(
    encoders: Mapping[str, Encoder], words: tuple[Word, ...], *, named: bool, pieces: bool
) -> tuple[tuple[Word, ...], list[str]]:
    """The words that every encoder has as one position, and what is said of the others."""
    if pieces:
        return words, ["The vector of a word that a tokeniser splits is the mean of its pieces."]
    split: set[tuple[str, str]] = set()
    for name, encoder in encoders.items():
        if named:
            for word in words:
                refuse_split(word, encoder, name=name)
        else:
            split |= set(split_words(encoder, words, name=name))
    if not split:
        return words, []
    left = tuple(word for word in words if word.key not in split)
    if not left:
        raise SuperbLiteError("the tokeniser splits every word of the table: --pieces takes the mean of their pieces")
    out = ", ".join(word.name for word in words if word.key in split)
    return left, [f"Left out, since a tokeniser splits them (--pieces takes the mean): {out}."]
