"""The package in tests/plugin_package, registered the way an installed one is, and broken ones beside it."""

import json
import os
import tomllib
from pathlib import Path

import pytest

from tests.forked_python import forked_python

PACKAGE = Path(__file__).parents[1] / "plugin_package"
ROOT = Path(__file__).parents[2]


def install(folder, name, groups):
    """What pip leaves behind of a package's metadata."""
    information = folder / f"{name}-0.1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
    lines = []
    for group, points in groups.items():
        lines += [f"[{group}]", *(f"{key} = {target}" for key, target in points.items())]
    (information / "entry_points.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture
def site(tmp_path):
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    install(tmp_path / "site", "superb_lite_toy", project["entry-points"])
    return tmp_path / "site"


def python(site, code):
    """Run code in a process of its own that finds the packages of `site`; of these and of ours nothing is loaded."""
    path = os.pathsep.join([*map(str, (ROOT, site, PACKAGE)), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    done = forked_python().run("-c", code, cwd=ROOT, environment=environment)
    assert done.returncode == 0, done.stderr
    return done


LIST = """
import json
from superb_lite.cli.listing import rows
print(json.dumps({kind: rows(kind) for kind in ("modalities", "tasks", "encoders", "objectives")}))
"""


def test_a_package_adds_a_modality_a_task_set_and_an_encoder(site):
    listed = json.loads(python(site, LIST).stdout)
    assert "bits" in [row["name"] for row in listed["modalities"]]
    assert "bits-lite/most" in [row["name"] for row in listed["tasks"]]
    assert {"name": "raw:bits", "modality": "bits"} in listed["encoders"]
    assert {"name": "flipped-bits", "modality": "any"} in listed["encoders"]


EVALUATE = """
import json
from superb_lite import SuperbLiteError, evaluate
found = []
for reference in {references}:
    try:
        (result,) = evaluate(reference, {task!r}, protocol={protocol!r}, seeds=1)
        found.append(result.summary())
    except SuperbLiteError as error:
        found.append(str(error))
print(json.dumps(found))
"""


def evaluated(site, references, task, protocol=None):
    """Summaries, or error messages, of encoders on a task."""
    code = EVALUATE.format(references=references, task=task, protocol=protocol)
    return json.loads(python(site, code).stdout)


def test_its_encoders_are_evaluated_on_its_task(site):
    references = ["raw:bits", "flipped-bits:3", "majority", "raw:characters"]
    *rows, majority, other = evaluated(site, references, "bits-lite/most")
    for row, reference in zip(rows, references, strict=False):
        assert (row["encoder"], row["task"], row["normalised"]) == (reference, "bits-lite/most", None)
        assert row["score"] > 0.85 > majority["score"]
    assert other == "'raw:characters' takes text, but 'bits-lite/most' is a task of modality bits"


@pytest.mark.slow
def test_its_protocol_its_form_and_its_metric_are_used_with_what_is_built_in(site):
    for protocol in ("frozen", "centroid"):
        bits, majority = evaluated(site, ["raw:bits", "majority"], "bits-lite/balance", protocol)
        assert (bits["protocol"], list(bits["metrics"])) == (protocol, ["sign_accuracy"])
        assert bits["score"] > 0.85 > majority["score"]
    (built_in,) = evaluated(site, ["raw:bits"], "bits-lite/most", "centroid")
    assert built_in["score"] > 0.85
    (finetuned, incontext, unknown) = (
        evaluated(site, ["raw:bits"], "bits-lite/balance", protocol)[0]
        for protocol in ("finetune", "incontext", "centroids")
    )
    assert finetuned["score"] > 0.85  # an encoder without parameters: its head alone is trained
    assert incontext == "protocol 'incontext' does not go with form 'balance' (task 'bits-lite/balance')"
    assert unknown == "unknown protocol 'centroids': did you mean 'centroid'?"


WRONG = """
import dataclasses, json
from superb_lite import SuperbLiteError, evaluate, plugins
(task,) = plugins.tasks("bits-lite/balance")
found = []
for changes in {changes}:
    try:
        evaluate("raw:bits", dataclasses.replace(task, **changes))
    except SuperbLiteError as error:
        found.append(str(error))
print(json.dumps(found))
"""


def test_a_task_with_an_unknown_or_unfitting_form_or_metric_is_refused_in_one_line(site):
    changes = [{"form": "balanse"}, {"metrics": ("sign_acuracy",)}, {"metrics": ("accuracy",)}]
    form, metric, unfitting = json.loads(python(site, WRONG.format(changes=changes)).stdout)
    assert form == "task 'bits-lite/balance': unknown form 'balanse': did you mean 'balance'?"
    assert metric.startswith("task 'bits-lite/balance': unknown metric 'sign_acuracy': did you mean 'sign_accuracy'")
    assert unfitting == (
        "task 'bits-lite/balance': metric 'accuracy' scores predictions of kind choice and class, but form 'balance' "
        "predicts 'sign'"
    )


ASK = """
import json
from superb_lite import SuperbLiteError
from superb_lite.protocols import protocol
found = []
for name in ("misnamed", "another", "lost"):
    try:
        protocol(name)
    except SuperbLiteError as error:
        found.append(str(error))
print(json.dumps(found))
"""


def test_a_protocol_that_is_none_is_refused_when_it_is_asked_for(site):
    install(
        site,
        "broken",
        {
            "superb_lite.protocols": {
                "misnamed": "superb_lite_toy.protocols:Centroid",
                "another": "superb_lite_toy.forms:Balance",
                "lost": "no_such_package:Protocol",
            }
        },
    )
    misnamed, another, lost = json.loads(python(site, ASK).stdout)
    start = "cannot load protocol plugin 'misnamed' (superb_lite_toy.protocols:Centroid): expected a Protocol named"
    assert misnamed.startswith(start)
    assert another.startswith("cannot load protocol plugin 'another' (superb_lite_toy.forms:Balance): expected a Prot")
    assert lost.startswith("cannot load protocol plugin 'lost' (no_such_package:Protocol): ModuleNotFoundError")


def test_broken_packages_are_one_line_each_and_stop_no_other(site):
    install(
        site,
        "broken",
        {
            "superb_lite.modalities": {"gone": "no_such_package:MODALITY", "nobody": "superb_lite_toy:NOBODY"},
            "superb_lite.tasksets": {"misnamed": "superb_lite_toy:BITS_LITE", "wrong": "superb_lite_toy:MODALITY"},
            "superb_lite.encoders": {"lost": "no_such_package:make", "odd": "builtins:str"},
        },
    )
    done = python(site, LIST)
    listed = json.loads(done.stdout)
    assert "bits" in [row["name"] for row in listed["modalities"]]
    assert "bits-lite/most" in [row["name"] for row in listed["tasks"]]
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    for line, words in zip(
        lines,
        (
            "gone (no_such_package:MODALITY): ModuleNotFoundError",
            "nobody (superb_lite_toy:NOBODY): AttributeError",
            "misnamed (superb_lite_toy:BITS_LITE): TypeError: expected a TaskSet named 'misnamed'",
            "wrong (superb_lite_toy:MODALITY): TypeError: expected a TaskSet",
        ),
        strict=True,
    ):
        assert line.startswith(f"superb-lite: skipped plugin {words}")
    lost, odd = evaluated(site, ["lost", "odd"], "bits-lite")
    assert lost.startswith("cannot load encoder plugin 'lost' (no_such_package:make): ModuleNotFoundError")
    assert odd == "encoder plugin 'odd' returned str, not a superb_lite.Encoder"


PRETRAIN = """
import sys
from pathlib import Path
from superb_lite import cli, load_encoder
folder = Path({folder!r})
(folder / "text.txt").write_text("天地玄黄，宇宙洪荒。\\n" * 20, encoding="utf-8")
for name, options in (("text-cbow", []), ("text-scaled", ["--model.encoder", "text-scaled", "--scale", "0.5"])):
    places = ["--out", str(folder / name), "--data", str(folder / "text.txt"), "--trainer.accelerator", "cpu"]
    sys.argv = ["superb-lite", "pretrain", "text-copying", *places, "--width=8", "--noise=0.2", *options]
    try:
        cli.main()
    except SystemExit as end:
        assert not end.code, end.code
    encoder = load_encoder(folder / name)
    told = encoder.pretraining
    print(type(encoder).__name__, told["objective"], told["steps"], told["options"]["model.noise"],
          told["options"].get("model.encoder.scale"), encoder.embedding.embedding_dim)
"""


@pytest.mark.slow
def test_its_objective_trains_an_encoder_of_ours_and_its_own_on_a_corpus_of_ours(site, tmp_path):
    done = python(site, PRETRAIN.format(folder=str(tmp_path)))
    lines = [line for line in done.stdout.splitlines() if "Encoder" in line]
    assert lines == ["CbowEncoder text-copying 3 0.2 None 8", "ScaledEncoder text-copying 3 0.2 0.5 8"]


STRAY = """
from superb_lite.modality import EncoderSpec, ObjectiveSpec
WORLD = EncoderSpec("of-nowhere", "nowhere", "module:Class")
SPEC = ObjectiveSpec("loose", "text", "speech-masked", "module:Class", "module:Class", {})
"""


def test_an_architecture_without_its_modality_and_an_objective_without_its_encoder_are_left_out(site):
    (site / "stray.py").write_text(STRAY)
    install(
        site,
        "broken",
        {
            "superb_lite.architectures": {"of-nowhere": "stray:WORLD", "text-tiny": "stray:WORLD"},
            "superb_lite.objectives": {"loose": "stray:SPEC", "wrong": "superb_lite_toy:BITS"},
        },
    )
    done = python(site, LIST)
    listed = json.loads(done.stdout)
    assert "text-bert" in [row["name"] for row in listed["objectives"]]
    assert not {"loose", "wrong"} & {row["name"] for row in listed["objectives"]}
    assert "random:of-nowhere" not in [row["name"] for row in listed["encoders"]]
    words = sorted(line.partition(": skipped plugin ")[2] for line in done.stderr.splitlines())
    assert len(words) == 4
    assert words[0] == "loose: modality 'text' has no architecture 'speech-masked'"
    assert words[1] == "of-nowhere: there is no modality 'nowhere'"
    assert words[2].startswith("text-tiny (stray:WORLD): TypeError: expected an EncoderSpec named 'text-tiny'")
    assert words[3].startswith("wrong (superb_lite_toy:BITS): TypeError: expected an ObjectiveSpec named 'wrong'")


REGISTRIES = """
import json
from superb_lite.errors import UnknownNameError
from superb_lite.forms import FORMS
from superb_lite.metrics import METRICS
from superb_lite.protocols import PROTOCOLS
found = {}
for registry, names in (
    (PROTOCOLS, ("frozen", "centroid")), (FORMS, ("classify", "balance")), (METRICS, ("accuracy", "sign_accuracy"))
):
    for name in names:
        try:
            thing = registry[name]
            found[name] = thing.name if registry is METRICS else type(thing).__module__
        except UnknownNameError:
            found[name] = "unknown"
print(json.dumps(found))
"""


def test_a_name_that_is_taken_twice_is_refused_and_the_built_in_one_stays(site):
    install(
        site,
        "thief",
        {
            "superb_lite.modalities": {"text": "superb_lite_toy:MODALITY", "bits": "superb_lite_toy:MODALITY"},
            "superb_lite.tasksets": {"vision-lite": "superb_lite_toy:BITS_LITE"},
            "superb_lite.encoders": {
                "timm": "superb_lite_toy.encoder:flipped",
                "random": "superb_lite_toy.encoder:flipped",
                "majority": "superb_lite_toy.encoder:flipped",
            },
            "superb_lite.architectures": dict.fromkeys(("text-bert", "majority", "hf"), "superb_lite_toy:BITS"),
            "superb_lite.objectives": {"text-bert": "superb_lite_toy:BITS"},
            "superb_lite.protocols": dict.fromkeys(("frozen", "centroid"), "superb_lite_toy.protocols:Centroid"),
            "superb_lite.forms": dict.fromkeys(("classify", "balance"), "superb_lite_toy.forms:Balance"),
            "superb_lite.metrics": dict.fromkeys(
                ("accuracy", "sign_accuracy"), "superb_lite_toy.metrics:SIGN_ACCURACY"
            ),
        },
    )
    done = python(site, LIST)
    listed = json.loads(done.stdout)
    assert "text" in [row["name"] for row in listed["modalities"]]
    assert {"name": "random:text-bert", "modality": "text"} in listed["encoders"]
    assert "bits" not in [row["name"] for row in listed["modalities"]]
    assert "vision-lite/mnist-5" in [row["name"] for row in listed["tasks"]]
    assert sorted(line.partition(": skipped plugin ")[2] for line in done.stderr.splitlines()) == [
        "bits (superb_lite.modalities) of superb-lite-toy, thief: the name is taken twice, so nobody gets it",
        "hf (superb_lite.architectures) of thief: the name is reserved",
        "majority (superb_lite.architectures) of thief: the name is reserved",
        "majority (superb_lite.encoders) of thief: the name is reserved",
        "random (superb_lite.encoders) of thief: the name is reserved",
        "raw:bits: there is no modality 'bits'",
        "text (superb_lite.modalities) of thief: the name is taken twice, which superb-lite itself has",
        "text-bert (superb_lite.architectures) of thief: the name is taken twice, which superb-lite itself has",
        "text-bert (superb_lite.objectives) of thief: the name is taken twice, which superb-lite itself has",
        "timm (superb_lite.encoders) of thief: the name is taken twice, which superb-lite itself has",
        "vision-lite (superb_lite.tasksets) of thief: the name is taken twice, which superb-lite itself has",
    ]
    done = python(site, REGISTRIES)
    assert json.loads(done.stdout) == {
        "frozen": "superb_lite.protocols.frozen",
        "centroid": "unknown",
        "classify": "superb_lite.forms.classify",
        "balance": "unknown",
        "accuracy": "accuracy",
        "sign_accuracy": "unknown",
    }
    own, nobody = "which superb-lite itself has", "so nobody gets it"
    assert {line.partition(": skipped plugin ")[2] for line in done.stderr.splitlines()} == {
        f"frozen (superb_lite.protocols) of thief: the name is taken twice, {own}",
        f"centroid (superb_lite.protocols) of superb-lite-toy, thief: the name is taken twice, {nobody}",
        f"classify (superb_lite.forms) of thief: the name is taken twice, {own}",
        f"balance (superb_lite.forms) of superb-lite-toy, thief: the name is taken twice, {nobody}",
        f"accuracy (superb_lite.metrics) of thief: the name is taken twice, {own}",
        f"sign_accuracy (superb_lite.metrics) of superb-lite-toy, thief: the name is taken twice, {nobody}",
    }


def command_line(site, *arguments):
    """`superb-lite` with the packages of `site`: (exit code, standard output, standard error)."""
    code = f"import sys; from superb_lite.cli import main; sys.argv = ['superb-lite', *{arguments!r}]; main()"
    path = os.pathsep.join([*map(str, (ROOT, site, PACKAGE)), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = forked_python().run("-c", code, cwd=ROOT, environment={**os.environ, "PYTHONPATH": path})
    return done.returncode, done.stdout, done.stderr


def test_a_package_adds_a_command_and_a_group_of_commands(site):
    code, out, err = command_line(site, "--help")
    assert (code, err) == (0, "")
    assert "count-ones   Count the ones in strings of bits." in out
    assert "bits         What can be done with strings of bits." in out
    assert "  evaluate " in out
    assert command_line(site, "count-ones", "1101", "0001", "--share") == (0, "0.75\n0.25\n", "")
    assert command_line(site, "bits", "flip", "1101") == (0, "0010\n", "")
    code, out, err = command_line(site, "count-onse")
    assert (code, out) == (2, "")
    assert "Did you mean 'count-ones'?" in err


def test_broken_commands_are_one_line_each_and_the_others_run(site):
    install(
        site,
        "broken_commands",
        {
            "superb_lite.commands": {
                "lost": "no_such_package:command",
                "odd": "superb_lite_toy:MODALITY",
                "evaluate": "superb_lite_toy.commands:count_ones",
            }
        },
    )
    taken = "superb-lite: skipped plugin evaluate (superb_lite.commands) of broken-commands: the name is taken twice"
    code, out, err = command_line(site, "--help")
    assert code == 0
    assert "count-ones" in out
    assert "  evaluate     Evaluate an encoder on tasks" in out
    assert [line.split(":")[1] for line in err.splitlines()] == [
        " skipped plugin evaluate (superb_lite.commands) of broken-commands",
        " skipped command",
        " skipped command",
    ]
    assert "cannot load command plugin 'lost' (no_such_package:command): ModuleNotFoundError" in err
    assert "command plugin 'odd' is not a command" in err
    code, out, err = command_line(site, "count-ones", "11")
    assert (code, out) == (0, "2\n")
    assert len(err.splitlines()) == 1
    assert err.startswith(taken)
    code, out, err = command_line(site, "lost")
    assert (code, out) == (2, "")
    assert "cannot load command plugin 'lost'" in err.splitlines()[-1]
