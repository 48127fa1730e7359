"""The local leaderboard: a store of entries, their ranking, and what is shown of it.

The rooms, from the ground up; each imports those above it in this list:

board.py, entry.py      boards and columns; tiers, results and entries as values
plausibility.py, own_data.py, checks.py   what may stand on a board
ranking/                scores, intervals, rank intervals and groups
store/                  `Leaderboard`: entries in a database with migrations, predictions beside it
submission/             what is handed in: result files, manifests, bundles, reruns; cards
views/                  what a reader sees, as values
terminal/, pages/, server/   views in a terminal, as HTML, over HTTP
commands/               run, submit, leaderboard
"""
