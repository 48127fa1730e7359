"""The local leaderboard: a store of entries, their ranking, and what is shown of it.

board.py: what the core board ranks by. store.py: `Leaderboard`, entries in a database. database.py: which database a
name stands for. models.py, rows.py: its tables, and their rows as values. migration.py: boards of an older schema.
submission.py: what may be stored. submitted_files.py: result files, checked first. ranking.py: scores, intervals and
rank intervals. page.py: one HTML file. table.py: the same for a terminal. commands/: run, submit, leaderboard.
"""
