"""Designs, curves and sections of made-up runs, and the command on tiny ones."""

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from torch import nn

from superb_lite.analysis.scaling import law, measured
from superb_lite.analysis.scaling.curves import LOSS, curves_of
from superb_lite.analysis.scaling.design import Design, Size, numbers
from superb_lite.analysis.scaling.measured import Run, Runner, parameters_of
from superb_lite.analysis.scaling.section import section_of
from superb_lite.errors import SuperbLiteError
from tests.superb_lite.toy_tasks import ToyEncoder

DESIGN = Design(widths=(8, 16, 32), data=(0.1, 1.0), steps=(10, 30, 90), check="steps")
TINY = ["--heads=2", "--layers=1", "--batch_size=2", "--trainer.accelerator=cpu"]


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    """What intervals hold is tested with the law; here they only have to be there."""
    monkeypatch.setattr(law, "RESAMPLES", 60)


def loss_of(size: Size) -> float:
    return 1 + 10 * size.width**-0.8 + 5 * size.steps**-0.5 + 0.3 / size.data**0.1


def made_up(design=DESIGN, **changes):
    sizes = [*design.sizes(), *([design.larger()] if design.check else [])]
    return [
        Run(
            **{
                "size": size,
                "seed": seed,
                "parameters": 12 * size.width**2,
                "items": 4 * size.steps,
                "flops": 72.0 * size.width**2 * size.steps,
                "loss": loss_of(size) + 0.001 * seed,
                "checkpoint": Path("nowhere"),
                "scores": {"toy/task": 0.9 - 0.1 * loss_of(size)},
                **changes,
            }
        )
        for size in sizes
        for seed in range(design.seeds)
    ]


def test_one_factor_changes_while_the_others_are_at_their_largest():
    assert list(DESIGN.sizes()) == [
        Size(8, 1.0, 90),
        Size(16, 1.0, 90),
        Size(32, 1.0, 90),
        Size(32, 0.1, 90),
        Size(32, 1.0, 10),
        Size(32, 1.0, 30),
    ]
    assert len(list(Design(widths=(8, 16), data=(0.1, 1.0), steps=(1, 2), grid=True).sizes())) == 8
    assert next(Design(widths=(), data=(1.0,), steps=(1, 2, 4)).sizes()) == Size(None, 1.0, 4)


def test_the_larger_run_is_ten_times_as_large():
    assert DESIGN.larger() == Size(32, 1.0, 900)
    by_width = Design(widths=(8, 16, 32), data=(1.0,), steps=(10,), check="width").larger()
    assert by_width.width == 104
    assert (by_width.width / 32) ** 2 == pytest.approx(10, rel=0.06)
    assert Design(widths=(), data=(0.01, 0.03, 0.1), steps=(10,), check="data").larger().data == pytest.approx(1)


def test_curves_follow_one_factor_and_the_frontier_of_operations():
    found = {(curve.measure, curve.axis): curve for curve in curves_of(DESIGN, made_up(), {"toy/task": False})}
    widths = found[LOSS, "parameters"]
    assert list(widths.levels) == [12.0 * width**2 for width in (8, 16, 32)]
    assert widths.levels[768.0] == tuple(loss_of(Size(8, 1.0, 90)) + 0.001 * seed for seed in range(3))
    assert list(found[LOSS, "items seen"].levels) == [40.0, 120.0, 360.0]
    assert found[LOSS, "share of the data"].law is None
    costs = found[LOSS, "training FLOPs"]
    assert all(a[0] > b[0] for a, b in zip([*costs.levels.values()], [*costs.levels.values()][1:], strict=False))
    steps = found[LOSS, "items seen"]
    assert steps.checked == (3600.0, tuple(loss_of(Size(32, 1.0, 900)) + 0.001 * seed for seed in range(3)))
    assert steps.fell_in
    assert found["error, toy/task", "parameters"].levels[768.0][0] == pytest.approx(
        0.1 + 0.1 * loss_of(Size(8, 1.0, 90))
    )
    assert widths.checked is None
    assert widths.ten_times == 10 * 12 * 32**2


def test_seeds_of_one_size_are_one_level_though_their_operations_differ():
    runs = [Run(**{**vars(run), "flops": run.flops * (1 + run.seed / 1000)}) for run in made_up()]
    (costs,) = [
        c for c in curves_of(DESIGN, runs, {"toy/task": False}) if (c.measure, c.axis) == (LOSS, "training FLOPs")
    ]
    assert {len(values) for values in costs.levels.values()} == {3}
    assert max(costs.levels) == pytest.approx(72.0 * 32**2 * 90 * 1.001)


def test_a_run_that_is_elsewhere_did_not_fall_in():
    runs = [run if run.size.steps < 900 else Run(**{**vars(run), "loss": run.loss + 0.2}) for run in made_up()]
    (steps,) = [c for c in curves_of(DESIGN, runs, {"toy/task": False}) if (c.measure, c.axis) == (LOSS, "items seen")]
    assert steps.fell_in is False


def section(design=DESIGN, **changes):
    runs = made_up(design, **changes)
    return section_of("text-bert", design, runs, lower_is_better={"toy/task": False}, command="x", settings={})


def test_a_section_has_laws_runs_and_claims():
    found = section()
    laws = {(row["measure"], row["against"]): row for row in found.table("laws").records()}
    assert laws[LOSS, "items seen"]["c"] == pytest.approx(0.5, abs=0.1)
    assert laws[LOSS, "items seen"]["fell_in"] is True
    assert len(found.table("runs").rows) == 7 * 3
    assert [claim.verdict for claim in found.claims if "ten" in claim.claim or "10 times" in claim.claim] == ["holds"]
    assert [claim.verdict for claim in found.claims if "falls with parameters" in claim.claim] == ["holds"]
    for picture in found.pictures:
        assert picture.draw().axes
    json.dumps(found.to_dict())


def test_dearer_runs_that_are_worse_do_not_fall():
    runs = [Run(**{**vars(run), "loss": 10 - run.loss}) for run in made_up()]
    found = section_of("text-bert", DESIGN, runs, lower_is_better={"toy/task": False}, command="x", settings={})
    claims = [claim for claim in found.claims if "falls with training FLOPs" in claim.claim]
    assert [claim.verdict for claim in claims] == ["does not hold"]


def test_an_interval_that_holds_the_largest_fitted_run_foretells_nothing():
    noise = {0: -0.3, 1: 0.3, 2: 0.0}
    runs = [Run(**{**vars(run), "loss": run.loss + noise[run.seed]}) for run in made_up()]
    found = section_of("text-bert", DESIGN, runs, lower_is_better={"toy/task": False}, command="x", settings={})
    (claim,) = [claim for claim in found.claims if "10 times" in claim.claim]
    assert {row["fell_in"] for row in found.table("laws").records() if row["fell_in"] is not None} >= {True}
    assert claim.verdict == "not decided"


def test_one_seed_decides_nothing():
    design = Design(widths=(8, 16, 32), data=(1.0,), steps=(10,), seeds=1)
    found = section(design)
    assert {claim.verdict for claim in found.claims} == {"not decided"}
    assert found.pictures[0].draw().axes


def test_without_a_held_out_part_errors_are_followed():
    found = section(loss=None, flops=None)
    assert {row["measure"] for row in found.table("laws").records()} == {"error, toy/task"}
    assert any("no held-out part" in note for note in found.notes)
    assert any("cannot be counted" in note for note in found.notes)


def test_embeddings_are_no_parameters_of_size():
    model = ToyEncoder(width=3)
    model.table, model.head = nn.Embedding(10, 4), nn.Linear(4, 3)
    model.without_features = ("head.weight", "head.bias")
    assert parameters_of(model) == 3 * 3 + 3


def test_the_feed_forward_layer_grows_along():
    runner = Runner("text-bert", Path("x"), "minute")
    assert runner.arguments_of(Size(32, 0.5, 7), 2) == [
        "--trainer.max_steps=7",
        "--seed_everything=2",
        "--data.share=0.5",
        "--model.encoder.width=32",
        "--model.encoder.hidden=128",
    ]
    given = Runner("text-bert", Path("x"), "minute", ["--hidden=8"])
    assert given.arguments_of(Size(32, 1.0, 7), 2)[-1] == "--model.encoder.width=32"


@pytest.fixture
def text(tmp_path, monkeypatch):
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "work"))
    file = tmp_path / "one.txt"
    file.write_text("the quick brown fox\njumps over the lazy dog\n" * 9, encoding="utf-8")
    return file


def test_the_command_makes_each_run_once(superb_lite_command, text, tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "held_out_loss", lambda module, corpus: 3 + 1 / module.trainer.global_step)
    trained, original = [], measured.pretrain

    def counted(objective, out, **options):
        trained.append(out.name)
        return original(objective, out, **options)

    monkeypatch.setattr(measured, "pretrain", counted)
    steps = ["--steps", "1,2,4", "--seeds", "2", "--hidden=8"]
    command = ["analyze", "scaling", "text-bert", *steps, f"--data.path={text}", *TINY, "--width", "4,8", "--json"]
    code, out, err = superb_lite_command(*command)
    assert code == 0, err
    found = json.loads(out)
    assert len(trained) == 4 * 2 == len(next(t for t in found["tables"] if t["name"] == "runs")["rows"])
    rows = [
        dict(zip(t["columns"], row, strict=True)) for t in found["tables"] if t["name"] == "runs" for row in t["rows"]
    ]
    assert {(row["width"], row["steps"], row["items"]) for row in rows} == {(4, 4, 8), (8, 4, 8), (8, 1, 2), (8, 2, 4)}
    by_steps = {row["steps"]: row["flops"] for row in rows if row["width"] == 8}
    assert by_steps[4] == 4 * by_steps[1] > 0
    assert len({row["parameters"] for row in rows}) == 2
    assert (tmp_path / "work/inside/report.html").exists()
    again, _, _ = superb_lite_command(*command)
    assert (again, len(trained)) == (0, 8)


def test_runs_of_another_recipe_corpus_or_version_are_not_taken_for_these(text, monkeypatch):
    size = Size(None, 1.0, 2)

    def place(**changes):
        return Runner("text-bert", Path("x"), "minute", **changes).path(size, 0)

    first = place()
    assert first == place()
    places = {first, place(corpus_sha256="abc"), place(arguments=["--hidden=8"])}
    recipe = measured.find_recipe(measured.plugins.objective("text-bert"), "minute")
    with monkeypatch.context() as patch:
        patch.setattr(measured, "find_recipe", lambda *_: dataclasses.replace(recipe, options={"trainer": {}}))
        places.add(place())
    monkeypatch.setattr(measured, "versions", lambda: {"superb-lite": "0"})
    assert len(places | {place()}) == 5
    before = Runner("text-bert", Path("x"), "minute", [*TINY, f"--data.path={text}"]).checked([size])
    text.write_text("hens tell a tale of 12 foxes\n" * 9, encoding="utf-8")
    assert len(before.corpus_sha256) == 64
    assert before.checked([size]).path(size, 0) != before.path(size, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--width", "a,b"], "--width 'a,b': give whole numbers with commas between them, such as 1,2,4"),
        (["--steps", "1,1,2"], "--steps '1,1,2': the whole numbers must be different, above 0"),
        (["--data", "0.1,0.5,2"], "--data '0.1,0.5,2': the numbers must be different, above 0 and at most 1"),
        (["--steps", "1,2"], "a power law takes at least three sizes"),
        (["--steps", "1,2,4", "--check", "size"], "--check 'size': width, data or steps"),
        (["--steps", "1,2,4", "--check", "data"], "--check data: 10 times --data 1 is more than there is"),
        (["--steps", "1,2,4", "--seeds", "0"], "--seeds 0: at least 1 pretraining seed is needed"),
        (["--steps", "1,2,4", "--widht", "3"], "unknown pretraining option '--widht': did you mean"),
        (["--steps", "1,2,4", "--width", "4,7", *TINY], "width 7 is not a multiple of heads 2"),
    ],
)
def test_bad_input_is_one_line(superb_lite_command, text, arguments, said):
    code, _, err = superb_lite_command("analyze", "scaling", "text-bert", *arguments)
    assert code == 2
    assert said in err.strip()
    assert "\n" not in err.strip()


def test_a_corpus_without_a_held_out_part_needs_tasks(superb_lite_command, text):
    code, _, err = superb_lite_command("analyze", "scaling", "image-simclr", "--steps", "1,2,4")
    assert (code, err.strip().endswith("has no held-out part for a loss: name tasks with --tasks")) == (2, True)


def test_numbers_are_in_rising_order():
    assert numbers("data", "1, .1,0.3", whole=False, most=1) == (0.1, 0.3, 1.0)
    with pytest.raises(SuperbLiteError):
        numbers("steps", "1.5,2,3", whole=True)


def test_counting_operations_leaves_modes_alone():
    module = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
    module[1].eval()
    module.device = torch.device("cpu")
    module.transfer_batch_to_device = lambda batch, device, index: batch
    module.training_step = lambda batch, index: module(batch).sum()
    module.log = None
    corpus = type("C", (), {"batch": staticmethod(lambda number: torch.ones(3, 2))})
    assert measured.forward_flops(module, corpus) == 2 * 3 * 2 * 2
    assert (module.training, module[1].training) == (True, False)
