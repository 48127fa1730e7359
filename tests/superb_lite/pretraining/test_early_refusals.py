"""What is refused before torch is imported."""

import subprocess
import sys

import pytest

CODE = """
import sys
from superb_lite.cli import main
try:
    main()
finally:
    print("torch" in sys.modules)
"""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--data", "nope"], "--data 'nope' does not exist"),
        (["--resume"], "nothing to resume"),
        (["--budget", "week"], "no recipe for the budget 'week'"),
        (["--trainer.max_steps", "0"], "--trainer.max_steps is 0"),
        (["--out", "taken"], "already holds a finished checkpoint"),
    ],
)
def test_a_run_that_cannot_begin_is_refused_at_once(tmp_path, options, words):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "config.json").write_text("{}")
    command = [sys.executable, "-c", CODE, "pretrain", "text-bert", "--out", "new", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == "False\n"


def test_what_an_objective_needs_is_public():
    import superb_lite
    from superb_lite.pretraining.corpus import Corpus
    from superb_lite.pretraining.objective import Objective

    assert (superb_lite.Objective, superb_lite.Corpus) == (Objective, Corpus)
