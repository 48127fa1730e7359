import sys

import pytest
from rich.table import Table

from superb_lite.cli import main
from superb_lite.cli.listing import Kind, list_
from superb_lite.cli.progress import LineConsole, stderr, stdout
from superb_lite_leaderboard.store.leaderboard import Leaderboard


def test_names_do_not_reach_the_terminal_as_commands(capsys):
    console = LineConsole(force_terminal=True, color_system="truecolor", width=60, highlight=False)
    table = Table("head\x1b[31m")
    table.add_row("a\x1b]0;title\x07b", "[bold]name[/x]")
    console.print("one\x1b[2J\ntwo \u202e", table)
    shown = capsys.readouterr().out
    for text in ("one\\x1b[2J", "two \\u202e", "a\\x1b]0;title\\x07b", "head\\x1b[31m", "[bold]name[/x]"):
        assert text in shown
    assert "\x1b[2J" not in shown
    assert "\x1b]0" not in shown


def test_everything_that_is_printed_goes_through_it():
    assert isinstance(stderr, LineConsole)
    assert isinstance(stdout(), LineConsole)


def test_a_listed_name_is_shown_as_it_is_written(monkeypatch, capsys):
    names = ["[bold]a[/x]", ":smile:", "b\x1b[2J"]
    monkeypatch.setattr("superb_lite.cli.listing.rows", lambda kind: [{"name": name} for name in names])
    list_(Kind.encoders)
    assert capsys.readouterr().out.split() == ["name", "[bold]a[/x]", ":smile:", "b\\x1b[2J"]


class Written:
    """An encoder that writes any format."""

    modality = "image"
    formats = ("x",)

    def to(self, device):
        return self

    def convert(self, to, out):
        return out


@pytest.mark.parametrize(
    "command",
    [
        ["pretrain", "text-bert", "--out", "{out}"],
        ["chart", "results.json", "--out", "{out}.svg"],
        ["convert", "raw:pixels", "--to", "x", "--out", "{out}"],
        ["features", "raw:pixels", "--items", "vision-lite/mnist-5", "--out", "{out}"],
        ["leaderboard", "export", "{out}", "--board", "{tmp}/board.sqlite"],
    ],
)
def test_a_path_that_is_printed_is_one_line(monkeypatch, capsys, tmp_path, command):
    monkeypatch.setattr("superb_lite.pretraining.run.pretrain", lambda *arguments, **options: None)
    monkeypatch.setattr("superb_lite.charts.figure.save_figure", lambda figure, out: None)
    monkeypatch.setattr("superb_lite.charts.ceilings.ceiling_chart", lambda results: None)
    monkeypatch.setattr("superb_lite.results.files.read_results", lambda path: [])
    monkeypatch.setattr("superb_lite.encoders.references.load_encoder", lambda *arguments, **options: Written())
    monkeypatch.setattr("superb_lite.encoders.encoder.Convertible", Written)
    monkeypatch.setattr("superb_lite.features.export.read_items", lambda *arguments: {})
    monkeypatch.setattr("superb_lite.features.export.export_features", lambda model, found, out, **options: out)
    Leaderboard(tmp_path / "board.sqlite").create()
    out = tmp_path / "a\x1b[2J\nb"
    monkeypatch.setattr(sys, "argv", ["superb-lite", *(word.format(out=out, tmp=tmp_path) for word in command)])
    main()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{tmp_path}/a\\x1b[2J\\nb")
