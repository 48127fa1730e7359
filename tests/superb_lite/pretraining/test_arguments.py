from __future__ import annotations

import os
from pathlib import Path

import pytest

from superb_lite import plugins
from superb_lite.errors import SuperbLiteError
from superb_lite.pretraining.arguments import named_encoder


@pytest.mark.parametrize(
    "arguments",
    [["--config", "{pipe}"], ["--config={pipe}"], ["-c", "{pipe}"], ["-c{pipe}"], ["--model.encoder", "{pipe}"]],
)
def test_a_pipe_is_no_file_of_options(tmp_path: Path, arguments: list[str]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SuperbLiteError, match=r"cannot read '.*pipe': it is a pipe, not a file"):
        named_encoder(plugins.objective("text-bert"), [word.format(pipe=pipe) for word in arguments])


def test_files_and_directories_and_what_is_neither_stay(tmp_path: Path) -> None:
    (tmp_path / "options.yaml").write_text("data: {batch_size: 3}\n", encoding="utf-8")
    arguments = ["--config", f"{tmp_path}/options.yaml", f"--data.path={tmp_path}", "--x", "1", "y" * 5000, "a\0"]
    spec, rest = named_encoder(plugins.objective("text-bert"), arguments)
    assert (spec.name, rest) == ("text-bert", arguments)
