import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from superb_lite.cli import main

ROOT = Path(__file__).parents[3]
KEYS = {
    "modalities": {"name", "item", "objectives", "baselines"},
    "objectives": {"name", "modality", "budgets", "summary"},
    "encoders": {"name", "modality"},
    "tasks": {
        "name",
        "version",
        "modality",
        "language",
        "form",
        "metrics",
        "protocols",
        "description",
        "source",
        "licence",
    },
    "tasksets": {"name", "tasks", "description"},
}
SOME = {
    "modalities": {"text", "speech", "image"},
    "objectives": {"text-bert", "speech-masked", "image-simclr"},
    "encoders": {"raw:log-mel", "raw:pixels", "raw:characters", "majority", "random:text-bert"},
    "tasks": {"clue-lite/pos", "clue-lite/ner", "clue-lite/sentiment", "superb-lite/ks", "vision-lite/texture"},
    "tasksets": {"clue-lite", "glue", "clue", "squad", "drcd", "superb-lite", "vision-lite"},
}


@pytest.fixture
def superb_lite(monkeypatch, capsys, tmp_path):
    """Run a command in this process: (exit code, standard output, standard error)."""
    monkeypatch.setenv("SUPERB_LITE_OUT", str(tmp_path / "workspace"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["superb-lite", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as error:
            code = error.code or 0
        return code, *capsys.readouterr()

    return run


@pytest.mark.parametrize("kind", KEYS)
def test_list(superb_lite, kind):
    code, out, _ = superb_lite("list", kind, "--json")
    rows = json.loads(out)
    assert code == 0
    assert {row["name"] for row in rows} >= SOME[kind]
    assert all(set(row) >= KEYS[kind] for row in rows)
    code, out, _ = superb_lite("list", kind)
    assert code == 0
    assert all(name in out for name in SOME[kind])


EVALUATE = (
    "evaluate",
    "majority",
    "--tasks",
    "clue-lite/sentiment",
    "--tasks",
    "clue-lite/sentiment",
    "--seeds",
    3,
    "--limit",
    40,
)


def test_evaluate_json_has_the_documented_keys_and_nothing_else_on_standard_output(superb_lite):
    code, out, _ = superb_lite(*EVALUATE, "--json")
    assert code == 0
    (row,) = json.loads(out)
    assert list(row) == [
        "encoder",
        "task",
        "task_version",
        "protocol",
        "score",
        "ci",
        "metrics",
        "normalised",
        "seeds",
        "n_test",
        "seconds",
        "predictions_sha256",
        "recomputed_items",
        "cost",
    ]
    assert (row["encoder"], row["task"], row["protocol"]) == ("majority", "clue-lite/sentiment", "frozen")
    assert row["ci"][0] <= row["score"] <= row["ci"][1]
    assert row["metrics"] == {"accuracy": row["score"]}
    assert [set(seed) for seed in row["seeds"]] == [{"seed", "score"}] * 3
    assert [seed["seed"] for seed in row["seeds"]] == [0, 1, 2]
    assert row["n_test"] == 40
    assert len(row["predictions_sha256"]) == 64


def test_evaluate_prints_a_table(superb_lite, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    code, out, err = superb_lite(*EVALUATE)
    assert code == 0
    assert "clue-lite/sentiment" in out
    assert "95% interval" in out
    assert "clue-lite/sentiment" in err  # the line that says it is done


def refused(superb_lite, words, *arguments):
    """Exit code 2, nothing on standard output, and one line on standard error that holds `words`."""
    code, out, err = superb_lite(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("superb-lite: ")
    assert err.count("\n") == 1, err
    assert words in err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("evaluate raw:charcters --tasks clue-lite/pos", "'raw:charcters': did you mean 'raw:characters'"),
        ("evaluate raw:characters --tasks clue-lite/poss", "'clue-lite/poss': did you mean 'clue-lite/pos'"),
        ("evaluate raw:characters --protocol frozn", "'frozn': did you mean 'frozen'"),
        ("evaluate raw:characters --tasks superb-lite/ks", "'superb-lite/ks' is a task of modality speech"),
        ("evaluate raw:characters --task clue-lite", "--task (Possible options: --as, --tasks)"),
        ("evaluate raw:characters --seeds many", "--seeds"),
        ("evaluate raw:characters --seeds 0 --tasks clue-lite/pos", "--seeds 0"),
        ("evaluate raw:characters --device warp --tasks clue-lite/pos", "'warp'"),
        ("evaluate text-bert", "pretrain it, or use 'random:text-bert'"),
        ("evaluate majority", "--tasks"),
        ("evaluate", "'encoder'"),
        ("evaluatte majority", "Did you mean 'evaluate'?"),
        ("list taskz", "'kind': 'taskz' is not one of modalities, objectives, encoders, tasks, tasksets; did you mean"),
        ("list task", "tasksets; did you mean 'tasks'?"),
        ("list", "'kind'. Choose from: modalities, objectives, encoders, tasks, tasksets\n"),
        ("evaluate raw:pixels --layers 3", "Invalid value for '--layers': '3' is not one of mix, each\n"),
        ("evaluate raw:pixels --batch-size x", "Invalid value for '--batch-size': 'x' is not a whole number\n"),
        ("generate text-gpt --temperature x", "Invalid value for '--temperature': 'x' is not a number\n"),
        ("evaluate raw:pixels vision-lite/digits-5", "'vision-lite/digits-5' is a task: write --tasks vision-lite/"),
        ("evaluate raw:pixels raw:log-mel", "Got unexpected extra argument (raw:log-mel)\n"),
        ("pretrain text-brt", "'text-brt': did you mean 'text-bert'"),
        ("pretrain text-bert --model.widht 3", "'--model.widht': did you mean '--model.width'"),
        ("pretrain text-bert --data /no/such/file", "'/no/such/file' does not exist"),
        ("submit majority --name x", "'majority' has no modality of its own"),
        ("submit raw:characters random:text-bert --name x", "an entry holds one encoder a modality"),
        ("submit raw:characters", "--name"),
        ("calibrate clue-lit", "'clue-lit': did you mean 'clue-lite'"),
        ("leaderboard sho", "Did you mean 'show'?"),
        ("run --modality txt", "'txt': did you mean 'text'"),
    ],
)
def test_what_is_refused_is_one_line_and_exit_2(superb_lite, command, words):
    refused(superb_lite, words, *command.split())


def test_no_file_but_a_calibration_file_is_added_to(superb_lite, tmp_path):
    for text in ("no json", "[]", '{"tasks": 3, "how": ""}'):
        (tmp_path / "notes.json").write_text(text)
        refused(
            superb_lite,
            "notes.json' is not a calibration file",
            *f"calibrate clue-lite --out {tmp_path}/notes.json".split(),
        )
        assert (tmp_path / "notes.json").read_text() == text


def test_floors_and_rules_are_written_without_an_encoder(superb_lite, tmp_path):
    file = tmp_path / "calibration.json"
    code, _, err = superb_lite("calibrate", "glue-lite/pronoun", "--floors", "--out", str(file))
    assert code == 0, err
    sheet = json.loads(file.read_text())["tasks"]["glue-lite/pronoun"]["protocols"]["frozen"]
    assert (sheet["floor"], sheet["ceiling"]) == ({"accuracy": 0.5}, {"accuracy": 1.0})
    refused(superb_lite, "1 untrained encoders are too few", "calibrate", "glue-lite/pronoun", "--untrained", "1")


def test_a_directory_that_cannot_be_made_is_one_line(superb_lite, tmp_path):
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "out"
    refused(superb_lite, str(out), "pretrain", "text-bert", "--out", out)
    refused(superb_lite, str(out), "run", "--out", out)
    refused(superb_lite, str(out), "leaderboard", "export", out)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_directory_is_one_line(superb_lite, tmp_path):
    tmp_path.chmod(0o500)
    refused(superb_lite, "read-only", "pretrain", "text-bert", "--out", tmp_path)
    refused(superb_lite, str(tmp_path), "run", "--out", tmp_path)
    tmp_path.chmod(0o700)


def test_an_interrupt_is_one_line_and_exit_130(superb_lite, monkeypatch):
    def interrupt(*arguments, **keywords):
        raise KeyboardInterrupt

    monkeypatch.setattr("superb_lite.encoders.references.load_encoder", interrupt)
    code, out, err = superb_lite("evaluate", "majority")
    assert (code, out) == (130, "")
    assert err == "superb-lite: interrupted; what was finished is kept, the same command goes on\n"


def test_a_full_disk_is_one_line(superb_lite, monkeypatch):
    def full(*arguments, **keywords):
        raise OSError(28, "No space left on device", "/here/x.json")

    monkeypatch.setattr("superb_lite.encoders.references.load_encoder", full)
    refused(superb_lite, "No space left on device: /here/x.json", "evaluate", "majority")


@pytest.mark.parametrize("arguments", [(), ("leaderboard",)])
def test_a_command_alone_gives_its_help(superb_lite, arguments):
    code, _, err = superb_lite(*arguments)
    assert code == 2
    assert err.startswith("Usage: superb-lite")


def test_every_help_text_has_an_example(superb_lite):
    code, out, _ = superb_lite("--help")
    assert code == 0
    for command in (
        "list",
        "pretrain",
        "evaluate",
        "features",
        "compare",
        "submit",
        "leaderboard show",
        "leaderboard export",
        "calibrate",
        "run",
        "doctor",
        "verify",
        "table",
        "chart",
        "curves",
        "cache clear",
    ):
        assert command.split()[0] in out
        code, text, _ = superb_lite(*command.split(), "--help")
        assert code == 0
        assert f"Example: superb-lite {command}" in " ".join(text.split())


@pytest.mark.slow
def test_the_same_command_in_fresh_processes_with_empty_caches_gives_the_same_hash(tmp_path):
    found = []
    for number in (1, 2):
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONHASHSEED": str(number),
            "SUPERB_LITE_CACHE": str(tmp_path / f"cache-{number}"),
            "SUPERB_LITE_OUT": str(tmp_path / f"out-{number}"),
        }
        command = [
            "evaluate",
            "random:text-bert",
            "--tasks",
            "clue-lite/sentiment",
            "--seeds",
            "1",
            "--limit",
            "50",
            "--json",
        ]
        done = subprocess.run(
            [sys.executable, "-c", "from superb_lite.cli import main; main()", *command],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=True,
        )
        (row,) = json.loads(done.stdout)
        cost = row.pop("cost")
        counted = {key: cost[key] for key in ("parameters", "active_parameters", "flops")}
        found.append({**row, "seconds": None, **counted})
    assert found[0] == found[1]
