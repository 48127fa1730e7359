"""The command that converts a file works as it is shown, wherever the file lies."""

import shlex
from pathlib import Path

from superb_lite.paths import pickle_refusal


def test_a_shell_reads_the_command_as_one_path_each() -> None:
    said = pickle_refusal(Path("my models/$(x) it's.pt"))
    command = said.split("`")[1]
    words = ["superb-lite", "convert", "my models/$(x) it's.pt", "--to", "safetensors", "--out"]
    assert shlex.split(command) == [*words, "my models/$(x) it's.safetensors"]
