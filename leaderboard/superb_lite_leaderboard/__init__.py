"""The local leaderboard: a store of entries, their ranking, and what is shown of it.

The rooms, from the ground up; each imports those above it in this list:

board.py     the boards that are built in, and what their columns mean
entry.py     the nouns: tiers, results and entries as values
checks.py    what may stand on a board
ranking/     scores, intervals and rank intervals
store/       `Leaderboard`: entries in a database, predictions beside it
submission/  what is handed in, checked first
pages/       HTML
table.py     the same for a terminal
commands/    run, submit, leaderboard
"""
