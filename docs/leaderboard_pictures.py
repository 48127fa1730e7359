"""Pictures of the leaderboard's views for the docs: `make pictures`, after `make demo`.

Needs Chromium (Debian's, or the one of `playwright install chromium`).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, Page, sync_playwright

from superb_lite_leaderboard.pages.export import export
from superb_lite_leaderboard.pages.site import entry_path, pair_path, task_path
from superb_lite_leaderboard.store.leaderboard import Leaderboard

IMAGES = Path(__file__).parent / "images"
WIDTH, HEIGHT, MOST = 1100, 900, 1500
"""In pixels; a picture is as high as its first table needs, within the last two."""


def views(leaderboard: Leaderboard) -> dict[str, str]:
    """The page of each picture."""
    rows = [row for row in leaderboard.standings().rows if row.overall is not None]
    refs = [leaderboard.entry(row.name).ref for row in rows]
    widest = max(rows[0].tasks, key=lambda key: rows[0].tasks[key].normalised or 0.0)
    return {
        "leaderboard": "index.html",
        "leaderboard-entry": entry_path(refs[0]),
        "leaderboard-compare": pair_path(refs[0], refs[1]),
        "leaderboard-task": task_path(widest),
        "leaderboard-scatter": "scatter.html",
    }


def picture(page: Page, address: str, path: Path) -> None:
    """The beginning of a page, down to the end of its first table."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    table = page.locator("table").first.bounding_box() if page.locator("table").count() else None
    end = HEIGHT if table is None else table["y"] + table["height"] + 24
    clip: FloatRect = {"x": 0, "y": 0, "width": WIDTH, "height": min(max(HEIGHT, end), MOST)}
    page.screenshot(path=path, animations="disabled", full_page=True, clip=clip)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", type=Path, default=Path("superb-lite-out/board.sqlite"))
    parser.add_argument("--out", type=Path, default=IMAGES)
    arguments = parser.parse_args()
    if not arguments.board.exists():
        parser.error(f"no board at '{arguments.board}': make one with `superb-lite run`")
    leaderboard = Leaderboard(arguments.board)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        site = export(leaderboard, directory).parent
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, path in views(leaderboard).items():
            picture(page, (site / path).as_uri(), arguments.out / f"{name}.png")
            print(arguments.out / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
