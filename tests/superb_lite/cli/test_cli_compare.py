"""`superb-lite compare` on toy encoders and result files."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

from superb_lite import SuperbLiteError, compare, evaluate, plugins
from superb_lite.cli import main
from superb_lite.encoders.encoder import Encoder
from superb_lite.encoders.references import Reference
from superb_lite.heads.linear import ProbeSettings
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.frozen import Frozen
from superb_lite.results.files import write_result_file
from superb_lite.tasks.taskset import TaskSet
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

command = import_module("superb_lite.cli.compare")  # the package has the function under this name

TASKS = TaskSet("toy", (toy_task(classify_data(noise=0.8)), toy_task(tag_data(noise=0.8), form="tag")))


class Half(ToyEncoder):
    """Sees only the first of three features."""

    def forward(self, batch):
        batch["x"][..., 1:] = 0.0
        return super().forward(batch)


class Elsewhere(ToyEncoder):
    modality = "elsewhere"


ENCODERS = {"toy:whole": ToyEncoder, "toy:half": Half, "toy:elsewhere": Elsewhere}


@pytest.fixture
def superb_lite(monkeypatch, capsys, tmp_path):
    """Run a command in this process, with toy tasks and encoders: (exit code, standard output, standard error)."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))
    monkeypatch.setenv("SUPERB_LITE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(plugins, "tasksets", lambda: {"toy": TASKS})

    def decide(reference: str) -> Reference:
        if reference not in ENCODERS:
            raise SuperbLiteError(f"unknown encoder '{reference}'")
        return Reference("plugin", "toy")

    def load(reference: str, *, trust_code: bool = False) -> Encoder:
        return ENCODERS[reference]().eval().requires_grad_(False)

    monkeypatch.setattr("superb_lite.cli.names.decide", decide)
    monkeypatch.setattr("superb_lite.encoders.references.load_encoder", load)
    probe = ProbeSettings(learning_rate=1e-1, weight_decays=(1e-3, 1e-1), steps=50)
    monkeypatch.setitem(PROTOCOLS, "frozen", Frozen(probe))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", "compare", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


def test_two_encoders_are_compared_and_nothing_is_computed_twice(superb_lite, monkeypatch):
    code, out, err = superb_lite("toy:whole", "toy:half", "--seeds", 3)
    assert code == 0, err
    assert "A = toy:whole" in out
    assert "toy/classify frozen" in out
    assert "toy/tag frozen" in out
    assert out.count("A better") == 2
    monkeypatch.setattr(Frozen, "run", lambda *arguments: pytest.fail("computed again"))
    code, out, _ = superb_lite("toy:half", "toy:whole", "--seeds", 3, "--json")
    found = json.loads(out)
    assert found["encoders"] == {"A": "toy:half", "B": "toy:whole"}
    assert [row["task"] for row in found["differences"]] == ["toy/classify", "toy/tag"]
    for row in found["differences"]:
        assert list(row) == ["a", "b", "modality", "task", "protocol", "difference", "ci", "p", "detectable", "verdict"]
        assert row["verdict"] == "B better"
        assert row["ci"][0] < row["difference"] < row["ci"][1] < 0


def test_encoders_are_called_what_is_said(superb_lite, tmp_path):
    arguments = ("toy:whole", "toy:half", "--seeds", 2, "--as", "[red]all", "--as", "a third")
    code, out, err = superb_lite(*arguments)
    assert code == 0, err
    assert "A = [red]all\nB = a third\n" in out
    assert "toy:" not in out
    code, out, _ = superb_lite(*arguments, "--json")
    assert json.loads(out)["encoders"] == {"A": "[red]all", "B": "a third"}
    code, out, err = superb_lite("toy:whole", "toy:half", "--as", "one")
    assert (code, out) == (2, "")
    assert "--as is given 1 time for 2 encoders" in err


@pytest.mark.parametrize("size", ["1", "7"])
def test_the_batch_size_and_the_device_reach_the_encoder(superb_lite, monkeypatch, size):
    seen = []

    def collate(self, items):
        seen.append((len(items), self.device.type))
        return ToyEncoder.collate(self, items)

    monkeypatch.setattr(Half, "collate", collate)
    code, _, err = superb_lite(
        "toy:half", "toy:whole", "--seeds", 1, "--tasks", "toy/tag", "--batch-size", size, "--device", "cpu"
    )
    assert code == 0, err
    sizes = [n for n, _ in seen]
    assert sizes.count(int(size)) > len(sizes) / 2
    assert {device for _, device in seen} == {"cpu"}


def test_the_json_is_what_python_gives(superb_lite, tmp_path):
    results = [evaluate(encoder(), TASKS.tasks[0], seeds=2) for encoder in (ToyEncoder, Half)]
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for (result,), path in zip(results, files, strict=True):
        write_result_file([result], path)
    code, out, _ = superb_lite(*files, "--json")
    assert code == 0
    assert json.loads(out)["differences"] == [d.to_dict() for d in compare(*results)]


def test_files_are_called_as_their_encoders(superb_lite, tmp_path):
    (tmp_path / "sub").mkdir()
    files = [tmp_path / "a.json", tmp_path / "b.json", tmp_path / "sub" / "c.json"]
    for encoder, name, path in zip((ToyEncoder, Half, Half), ("my toy", "half", "half"), files, strict=True):
        (result,) = evaluate(encoder(), TASKS.tasks[0], seeds=1)
        write_result_file([result.model_copy(update={"encoder": name})], path)
    code, out, err = superb_lite(*files[:2])
    assert code == 0, err
    assert "A = my toy\nB = half\n" in out
    assert "one evaluation seed: seed variance unknown" in out
    assert "same encoder" not in out
    code, out, _ = superb_lite(*files, "--json")
    assert json.loads(out)["encoders"] == {"A": "my toy", "B": f"half ({files[1]})", "C": f"half ({files[2]})"}
    assert "B and C are the same encoder\n" in superb_lite(*files)[1]
    assert "A = one" in superb_lite(*files[:2], "--as", "one", "--as", "two")[1]


def test_one_encoder_given_twice_is_said(superb_lite):
    code, out, err = superb_lite("toy:half", "toy:half", "--tasks", "toy/tag", "--seeds", 2)
    assert code == 0, err
    assert "A and B are the same encoder" in out
    assert "one evaluation seed" not in out


def test_an_encoder_is_evaluated_on_what_the_file_holds(superb_lite, tmp_path):
    (result,) = evaluate(Half(), TASKS.tasks[1], seeds=2)
    (tmp_path / "results").mkdir()
    write_result_file([result], tmp_path / "results" / "half.json")
    code, out, err = superb_lite(tmp_path / "results", "toy:whole", "--seeds", 2)
    assert code == 0, err
    assert "toy/tag frozen" in out
    assert "B better" in out
    assert "classify" not in out


def test_three_encoders_are_compared_in_pairs(superb_lite):
    code, out, err = superb_lite("toy:whole", "toy:half", "toy:whole", "--tasks", "toy/tag", "--seeds", 2)
    assert code == 0, err
    assert all(pair in out for pair in ("A − B", "A − C", "B − C"))
    assert "undecided" in out  # an encoder with itself
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("toy:whole",), "at least two"),
        (("toy:whole", "toy:elsewhere"), "'toy:elsewhere' takes elsewhere"),
        (("toy:whole", "toy:nowhere"), "unknown encoder 'toy:nowhere'"),
        (("toy:whole", "toy:half", "--tasks", "toy/tga"), "'toy/tga'"),
        (("toy:whole", "toy:half", "--protocol", "frozn"), "'frozn'"),
        (("toy:whole", "toy:half", "--seeds", "0"), "--seeds 0"),
        (("toy:whole", "{file}", "--protocol", "finetune"), "holds no result of these tasks and this protocol"),
        (("toy:whole", "{bad}"), "bad.json"),
        (("toy:whole", "{file}", "--seeds", "2", "--tasks", "toy/tag"), "holds no result of these tasks"),
    ],
)
def test_what_is_refused_is_one_line_and_exit_2(superb_lite, tmp_path, arguments, words):
    (result,) = evaluate(Half(), TASKS.tasks[0], seeds=2)
    write_result_file([result], tmp_path / "good.json")
    (tmp_path / "bad.json").write_text("{ no")
    names = {"file": str(tmp_path / "good.json"), "bad": str(tmp_path / "bad.json")}
    code, out, err = superb_lite(*(argument.format(**names) for argument in arguments))
    assert (code, out) == (2, "")
    assert err.startswith("superb-lite: ")
    assert err.count("\n") == 1, err
    assert words in err


def test_results_on_other_data_are_refused(superb_lite, tmp_path):
    (one,) = evaluate(ToyEncoder(), TASKS.tasks[0], seeds=2)
    (other,) = evaluate(ToyEncoder(), toy_task(classify_data(noise=0.8, seed=9)), seeds=2)
    write_result_file([one], tmp_path / "a.json")
    write_result_file([other], tmp_path / "b.json")
    code, _, err = superb_lite(tmp_path / "a.json", tmp_path / "b.json")
    assert code == 2
    assert "cannot be compared on 'toy/classify' (frozen): other data" in err


def test_the_name_of_an_encoder_is_never_a_directory_of_results(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    operands = ("majority", "raw:pixels", "text-bert", "hf:name", "other", "./majority", "raw:pixels/", "a.json")
    for operand in operands[:-1]:
        Path(operand).mkdir(exist_ok=True)
        (Path(operand) / "found.json").write_text("{}")
    Path("a.json").write_text("{}")
    taken = [operand for operand in operands if command._are_results(operand)]
    assert taken == ["other", "./majority", "a.json"]
