from rich.table import Table

from superb_lite.cli.progress import LineConsole, stderr, stdout


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
