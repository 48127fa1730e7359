"""The package examples/superb_lite_motion: how long it is, and what it reads."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import numpy as np
import pytest

from superb_lite.errors import BadItemError, SuperbLiteError

EXAMPLE = Path(__file__).parents[2] / "examples" / "superb_lite_motion"
MODALITY = ("__init__.py", "recordings.py", "encoders.py", "masked.py", "corpus.py")
TASKS = ("direction.py", "appliance.py", "activity.py", "speaker.py", "beat.py")
DATA = ("sktime_files.py", "tasks.py")


def code_lines(text: str) -> int:
    """Lines of Python that hold code: no blank lines, comments and docstrings."""
    nodes = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Expr)]
    strings = [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    prose = {line for n in strings for line in range(n.lineno, (n.end_lineno or n.lineno) + 1)}
    empty = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in empty]
    return len({line for t in tokens for line in range(t.start[0], t.end[0] + 1)} - prose)


def lines_of(*names: str) -> int:
    return sum(code_lines((EXAMPLE / "superb_lite_motion" / name).read_text(encoding="utf-8")) for name in names)


def test_lines_are_counted_without_prose():
    assert code_lines('"""Prose,\ntwo lines."""\n\nx = [\n    1,  # one\n]\n# no code\n"""Prose."""\n') == 3


def test_a_modality_takes_at_most_150_lines_and_a_task_30_and_the_guide_says_so():
    assert lines_of(*MODALITY) <= 150
    assert max(lines_of(name) for name in TASKS) <= 30
    known = {*MODALITY, *TASKS, *DATA}
    assert {path.name for path in (EXAMPLE / "superb_lite_motion").glob("*.py")} == known
    guide = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for name in known:
        assert f"| `{name}` | {lines_of(name)} |" in guide
    assert f"**{lines_of(*MODALITY)}**" in guide


@pytest.fixture
def package(sktime, monkeypatch):
    """The package on the path, with the files of the stand-in."""
    monkeypatch.syspath_prepend(sktime)
    monkeypatch.syspath_prepend(EXAMPLE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2:3:a", "line 2: channels of one length are needed"),
        ("1,?:3,4:a", r"line 2: .*'\?'"),
        ("1,nan:a", "line 2' must have .* without NaN"),
        ("a", "line 2' must be a float32 array"),
    ],
)
def test_a_line_that_is_no_recording_is_named(package, tmp_path, text, words):
    from superb_lite_motion.sktime_files import read_ts

    path = tmp_path / "own.ts"
    path.write_text(f"@data\n{text}\n")
    with pytest.raises(SuperbLiteError, match=f"own.ts.*{words}"):
        read_ts(path)


def test_a_file_with_a_mark_of_byte_order_comments_and_windows_line_ends_is_read(package, tmp_path):
    from superb_lite_motion.sktime_files import read_ts

    path = tmp_path / "own.ts"
    path.write_bytes("\ufeff# made\r\n@data\r\n\r\n1,2,3:4,5,-6:walks \r\n7.5:8:runs\r\n".encode())
    (first, walks), (second, runs) = read_ts(path)
    np.testing.assert_array_equal(first, np.array([[1, 4], [2, 5], [3, -6]], np.float32))
    np.testing.assert_array_equal(second, np.array([[7.5, 8]], np.float32))
    assert (walks, runs, first.dtype) == ("walks", "runs", np.float32)


@pytest.mark.parametrize(
    "item",
    [
        "text",
        np.zeros((4, 2)),
        np.zeros(4, np.float32),
        np.zeros((0, 2), np.float32),
        np.zeros((4, 0), np.float32),
        np.zeros((4, 33), np.float32),
        np.full((4, 2), np.nan, np.float32),
    ],
)
def test_what_is_no_recording_is_refused_by_name(package, item):
    from superb_lite_motion.recordings import check_item

    check_item("right", np.zeros((1, 32), np.float32))
    with pytest.raises(BadItemError, match="recording 'wrong'"):
        check_item("wrong", item)


def test_quarters_of_a_beat_follow_each_other_and_begin_at_the_peaks(package):
    from superb_lite_motion import beat
    from superb_lite_motion.sktime_files import TRAINED, heart

    data = beat.load(None)
    _, peaks = heart()
    assert [len(data.train), len(data.test)] == [10, 10]
    assert max(int(e.id) for e in data.train) + beat.WINDOW == TRAINED == min(int(e.id) for e in data.test)
    for example in (*data.train, *data.test):
        for unit in example.label:
            middle = int(example.id) + unit.start + beat.UNIT // 2
            before, after = peaks[peaks <= middle][-1], peaks[peaks > middle][0]
            assert unit.label == int(4 * (middle - before) / (after - before))


def test_currents_are_scaled_and_none_is_both_learnt_from_and_tested(package, monkeypatch):
    from superb_lite_motion import sktime_files

    train, test = (sktime_files.currents(part) for part in ("TRAIN", "TEST"))
    for _, recording, _ in (*train, *test):
        assert np.abs(recording).max() == 1
        assert len(recording) <= sktime_files.SWITCHED_ON
    assert len(test) == 11 * 13
    # The same current in another unit, and after what is read of it, is the same one.
    cases = {"TRAIN": [("a", 2.0, 0), ("b", 3.0, 0)], "TEST": [("c", 4.0, 0), ("d", -1.0, 1)]}
    wave = np.concatenate([np.ones(200), np.zeros(9)]).astype(np.float32)[:, None]
    monkeypatch.setattr(
        sktime_files,
        "labelled",
        lambda _, part, labels: [(name, wave * np.float32(k), c) for name, k, c in cases[part]],
    )
    assert [name for name, _, _ in sktime_files.currents("TEST")] == ["d"]


def test_each_stretch_is_shown_both_ways_and_what_is_cut_from_one_recording_is_one_cluster(package):
    from superb_lite_motion import direction

    data = direction.load(None)
    for part, vowels in ((data.train, 270), (data.test, 360)):
        assert len(part) == 2 * (3 * 10 * 5 + vowels + 11 * 13)
        assert len({example.cluster for example in part}) == 3 * 10 + vowels + 11 * 13
        for forwards, backwards in zip(part[::2], part[1::2], strict=True):
            assert (forwards.cluster, forwards.label, backwards.label) == (backwards.cluster, 0, 1)
            np.testing.assert_array_equal(data.items[backwards.items[0]], data.items[forwards.items[0]][::-1])


def test_hidden_patches_are_told_apart_as_a_slow_loop_does_it(package, monkeypatch):
    import torch
    from superb_lite_motion.encoders import PatchEncoder
    from superb_lite_motion.masked import MaskedPatches
    from superb_lite_motion.recordings import pack, positions

    encoder = PatchEncoder(width=8, layers=1, heads=2, hidden=16)
    objective = MaskedPatches(encoder=encoder, mask_rate=0.5, temperature=0.3).eval()
    monkeypatch.setattr(objective, "log", lambda *_: None)
    rng = np.random.default_rng(0)
    batch = pack([rng.standard_normal((length, 2)).astype(np.float32) for length in (9, 30, 17)])
    torch.manual_seed(3)
    loss = objective.training_step(batch, 0)
    torch.manual_seed(3)
    drawn = torch.rand(3, 8) < 0.5
    mask, _ = positions(batch, encoder.patch)
    patches = encoder.embed(batch)
    places = [(row, at) for row in range(3) for at in range(8) if drawn[row, at] and mask[row, at]]
    seen = patches.clone()
    for row, at in places:
        seen[row, at] = objective.hidden
    context = encoder.transformer(seen, mask)[-1]
    losses = []
    for place in places:
        expected = objective.expect(context[place])
        cosines = torch.stack([torch.cosine_similarity(expected, patches[other], dim=0) for other in places]) / 0.3
        losses.append(torch.logsumexp(cosines, dim=0) - cosines[places.index(place)])
    torch.testing.assert_close(loss, torch.stack(losses).mean())


def test_an_encoder_tells_channels_apart_and_pads_them_away(package):
    import torch
    from superb_lite_motion.encoders import PatchEncoder, StatisticsEncoder

    rng = np.random.default_rng(0)
    one, other = (rng.standard_normal(shape).astype(np.float32) for shape in ((13, 2), (2500, 5)))
    for encoder in (PatchEncoder().eval(), StatisticsEncoder()):
        alone = encoder(encoder.collate([one]))
        beside = encoder(encoder.collate([other, one]))
        row = beside.item == 1
        for layer, padded in zip(alone.layers, beside.layers, strict=True):
            torch.testing.assert_close(padded[row][beside.mask[row]], layer[0], rtol=1e-4, atol=1e-5)
        exchanged = encoder(encoder.collate([one[:, ::-1].copy()]))
        assert not torch.allclose(exchanged.layers[0], alone.layers[0], atol=1e-3)
